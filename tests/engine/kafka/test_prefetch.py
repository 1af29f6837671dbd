"""What the reader's thread takes for a batch: under a backlog, and while the batch before is applied."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as stock
from faust.types import TP

from saingan.engine.kafka import prefetch
from saingan.engine.kafka.inflating import brought
from support.unstarted_worker import PART, consumer_thread


def assigned(states: Mapping[TP, Any]) -> Any:
    """aiokafka's consumer, as far as it knows its partitions."""
    assignment = SimpleNamespace(tps=list(states), state_value=states.__getitem__)
    return SimpleNamespace(_subscription=SimpleNamespace(subscription=SimpleNamespace(assignment=assignment)))


class Backlog:
    """Partitions of one number, at the broker: times of records, an error for None.

    Of the first, the last ``later`` come after a wait, and ``left`` more do not come in time. Each record is as long as
    ``long`` usual ones.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *times: list[int | None], later: int = 0, left: int = 0, long: int = 0
    ) -> None:
        self._long = long
        self._records = {TP(f"t{stream}", 0): list(of_one) for stream, of_one in enumerate(times)}
        first, *_ = self._records
        self.states = {
            tp: SimpleNamespace(
                has_valid_position=True, position=0, highwater=(end := len(of_one) + left * (tp == first)), lso=end
            )
            for tp, of_one in self._records.items()
        }
        self._later = {first: later}
        self.waited_for: list[TP] = []
        self._consumer = assigned(self.states)
        monkeypatch.setattr(stock.AIOKafkaConsumerThread, "_fetch_records", self._fetch)
        monkeypatch.setattr(prefetch, "_STEP", 2)
        self._thread = consumer_thread()
        self._thread._active = set(self.states)

    async def _fetch(
        self,
        _: Any,
        partitions: set[TP],
        *,
        max_records: int,
        timeout: float,  # noqa: ASYNC109 - Faust's own
    ) -> dict[TP, list[Any]]:
        (tp,) = partitions
        waiting = self._records[tp]
        if waiting and waiting[0] is None:
            raise KafkaError
        if not waiting or self._later.get(tp) == len(waiting):
            assert timeout > 0
            self.waited_for.append(tp)
        taken, self._records[tp] = waiting[:max_records], waiting[max_records:]
        self.states[tp].position += len(taken)
        brought().bytes += len(taken) * self._long * prefetch._TYPICAL
        return {tp: [SimpleNamespace(timestamp=at) for at in taken]} if taken else {}

    def read(self, max_records: int = 100) -> list[list[int]]:
        """The times of what the next batch takes, partition by partition."""
        records = asyncio.run(self._thread._side_by_side(self._consumer, max_records))
        return [[record.timestamp for record in records.get(tp, ())] for tp in self.states]


def test_a_batch_under_a_backlog_holds_what_came_at_about_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Backlog(monkeypatch, [1, 2, 3, 4, 5, 6], [3, 6, 7, 8]).read(max_records=6) == [[1, 2, 3, 4], [3, 6]]


def test_the_next_batch_goes_on_with_the_partition_that_is_furthest_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2, 3, 4, 5, 6], [3, 6, 7, 8])
    assert backlog.read(max_records=6) == [[1, 2, 3, 4], [3, 6]]
    assert backlog.read(max_records=2) == [[5, 6], []]


def test_a_partition_whose_records_are_yet_to_come_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2, 3, 4], [2, 9, 10], later=2)
    assert backlog.read(max_records=6) == [[1, 2, 3, 4], [2, 9]]
    assert backlog.waited_for == [TP("t0", 0)]


def test_a_partition_whose_records_do_not_come_holds_up_no_other_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2], [2, 3, 4, 5, 6], left=9)
    assert backlog.read() == [[1, 2], [2, 3, 4, 5, 6]]
    assert backlog.waited_for == [TP("t0", 0)]


def test_a_partition_that_is_read_to_its_end_or_to_an_open_transaction_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backlog = Backlog(monkeypatch, [1, 2], [1, 2, 3, 4, 5, 6])
    backlog.states[TP("t0", 0)].highwater += 1_000_000  # of a transaction that is open
    assert backlog.read() == [[1, 2], [1, 2, 3, 4, 5, 6]]
    assert not backlog.waited_for


def test_what_was_taken_before_an_error_is_handed_on_for_it_counts_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Backlog(monkeypatch, [1, 2, None], [3, 4, 5]).read() == [[1, 2], [3, 4]]
    with pytest.raises(KafkaError):
        Backlog(monkeypatch, [None], [3]).read()


def test_of_long_records_a_batch_takes_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2, 3, 4, 5, 6, 7, 8], long=4)
    assert backlog.read(max_records=16) == [[1, 2, 3, 4]]
    assert backlog.read(max_records=16) == [[5, 6, 7, 8]]


class Broker:
    """One partition from which Faust's own reading brings these records in turn, an error for None; then nothing.

    Each poll waits until it is let come.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *polls: list[str] | None) -> None:
        self._polls = list(polls)
        self.state = SimpleNamespace(has_valid_position=True, position=0, highwater=0, lso=None)
        self._comes = asyncio.Semaphore(0)
        self.sought: list[int] = []
        self.consumer = assigned({PART: self.state})
        self.consumer._fetcher = SimpleNamespace(wanted=asyncio.Event())
        self.consumer.seek = lambda _, offset: self.sought.append(offset)
        monkeypatch.setattr(stock.AIOKafkaConsumerThread, "_fetch_records", self._fetch)
        monkeypatch.setattr(prefetch, "_PAUSE_S", 0)
        self.thread = consumer_thread()
        self.thread.thread_loop = asyncio.get_running_loop()
        self.thread._ensure_consumer = lambda: self.consumer

    async def _fetch(self, *_: Any, **_waits: Any) -> dict[TP, list[Any]]:
        if not self._polls:
            return {}
        await self._comes.acquire()
        if (poll := self._polls.pop(0)) is None:
            raise KafkaError
        if not poll:
            return {}
        self.state.position += len(poll)
        return {PART: poll}

    async def read(self) -> tuple[list[str], int]:
        """What one batch takes, and up to where: the next poll, unless something was read ahead."""
        if not self.thread._ahead:
            self._comes.release()
        fetched = await self.thread._fetch_records(self.consumer, {PART}, max_records=100, timeout=1)
        return fetched.records.get(PART, []), fetched.positions[PART]

    async def read_ahead(self, polls: int) -> None:
        """Let so many polls come, after which reading ahead ends: with what is left, an empty poll or an error."""
        for _ in range(polls):
            self._comes.release()
        await asyncio.wait({self.thread._reader})


def test_what_comes_while_a_batch_is_applied_is_in_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], ["c", "d"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=2)
        assert await broker.read() == (["b", "c", "d"], 4)

    asyncio.run(run())


def test_what_was_read_ahead_is_taken_once_by_whichever_thread_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], ["c", "d"], [], ["e"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=3)
        taken = await asyncio.to_thread(broker.thread.ahead)
        assert taken == ({PART: ["b", "c", "d"]}, {PART: 4})
        assert broker.thread.ahead() is None
        assert await broker.read() == (["e"], 5)

    asyncio.run(run())


def test_what_was_read_ahead_is_forgotten_where_reading_begins_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], [], ["c"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=2)
        assert broker.thread._ahead
        await broker.thread._rewind({PART: 7})
        assert broker.sought == [7]
        assert (await broker.read())[0] == ["c"]

    asyncio.run(run())


@pytest.mark.parametrize("behind", [0, 3])
def test_records_are_wanted_when_a_batch_is_asked_for_and_while_there_is_a_backlog(
    monkeypatch: pytest.MonkeyPatch, behind: int
) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"])
        wanted = broker.consumer._fetcher.wanted
        broker.state.highwater = 1 + behind
        assert not wanted.is_set()
        assert await broker.read() == (["a"], 1)
        assert wanted.is_set() is (behind > 0)

    asyncio.run(run())


def test_an_error_of_the_reading_comes_after_what_was_read_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], None, ["c"])
        assert (await broker.read())[0] == ["a"]
        await broker.read_ahead(polls=2)
        assert (await broker.read())[0] == ["b"]
        with pytest.raises(KafkaError):
            await broker.read()
        assert (await broker.read())[0] == ["c"]

    asyncio.run(run())
