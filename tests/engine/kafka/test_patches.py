"""When the broker is asked, and beside what: aiokafka's fetcher with what is other in ours."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.consumer import consumer, fetcher

from saingan.engine.kafka import patches
from support.unstarted_worker import PART


@pytest.mark.parametrize(("size", "waits"), [(1_000, True), (1_000_000, False)])
def test_other_partitions_are_fetched_while_one_that_holds_much_is_read(size: int, waits: bool) -> None:
    held = SimpleNamespace(_records=SimpleNamespace(size_in_bytes=lambda: size))
    result = fetcher.FetchResult(PART, assignment=None, partition_records=held, backoff=60)
    assert (result.calculate_backoff() > 0) is waits


Test = Callable[[Any, "asyncio.Task[Any]"], Awaitable[None]]


def asked(monkeypatch: pytest.MonkeyPatch, test: Test, wait_ms: float = 600_000) -> None:
    """Run a test on a fetcher whose broker answers "asked", and on what it is about to ask."""

    async def answer(*_: Any) -> str:
        return "asked"

    async def run() -> None:
        monkeypatch.setattr(fetcher.Fetcher, "_proc_fetch_request", answer)
        monkeypatch.setattr(patches, "WAIT_MS", wait_ms)
        ours = object.__new__(consumer.Fetcher)
        ours.wanted = asyncio.Event()
        request = asyncio.create_task(ours._proc_fetch_request())
        await asyncio.sleep(0)
        assert not request.done()
        await test(ours, request)

    asyncio.run(run())


def test_the_broker_is_asked_when_records_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wanted(ours: Any, request: Any) -> None:
        ours.wanted.set()
        assert await request == "asked"

    asked(monkeypatch, wanted)


def test_the_broker_is_asked_now_and_then_where_the_logs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_wanted(_: Any, request: Any) -> None:
        assert await request == "asked"

    asked(monkeypatch, not_wanted, wait_ms=1)


def test_a_request_that_nobody_waits_for_any_more_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled(_: Any, request: Any) -> None:
        request.cancel()
        assert await request is False

    asked(monkeypatch, cancelled)
