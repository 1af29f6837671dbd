"""The traps of stock Faust for which its bookkeeping decides nothing here.

docs/architecture.md, "What Faust does, and what is replaced", has them in words.

Each of these tests asserts behaviour that is known to be bad, of Faust as it comes. One that fails says that an upgrade
has changed it: read the transport's text again before the pin is moved.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import faust.streams
import mode
import pytest
from faust.exceptions import ValueDecodeError
from faust.transport.producer import ProducerBuffer

from support.stock_faust import FIRST, PART, Stock, until

COUNT = 200
_QUIET_S = 0.5  # in which nothing more happens

Handle = Callable[[list[Any]], None]


async def each(stream: Any, handle: Handle) -> None:
    async for event in stream.events():
        handle([event])


async def taken(stream: Any, handle: Handle) -> None:
    async for events in stream.take_events(50, 0.05):
        handle(events)


async def taken_unacked(stream: Any, handle: Handle) -> None:
    async for events in stream.noack_take(50, 0.05):
        handle(events)
        for event in events:
            event.ack()


async def taken_one_by_one(stream: Any, handle: Handle) -> None:
    async for events in stream.noack_take(1, 0.05):
        handle(events)


FAILURES: list[tuple[Any, Any, int, int | None]] = [  # loop, supervisor, events processed, next offset committed
    (each, mode.OneForOneSupervisor, COUNT - 1, FIRST + COUNT),
    (taken, mode.OneForOneSupervisor, COUNT - 50, FIRST + COUNT),
    (taken_unacked, mode.OneForOneSupervisor, COUNT - 50, None),  # stuck: the lag never falls again
    (each, mode.CrashingSupervisor, 0, FIRST + 1),
    (taken, mode.CrashingSupervisor, 0, FIRST + COUNT),
    (taken_one_by_one, mode.CrashingSupervisor, 0, FIRST + COUNT),  # of 200, one was delivered
]


@pytest.mark.parametrize(("loop", "supervisor", "processed", "committed"), FAILURES)
def test_one_error_that_leaves_an_agent_commits_what_was_never_processed(
    loop: Any, supervisor: Any, processed: int, committed: int | None
) -> None:
    async def run() -> None:
        stock, done, failed = Stock(), [], []

        def handle(events: list[Any]) -> None:
            if not failed:
                failed.extend(events)
                raise ValueError
            done.extend(events)

        async with stock.agent(lambda stream: loop(stream, handle), supervisor_strategy=supervisor) as channel:
            stock.put(channel.queue, COUNT)
            await until(lambda: len(failed) + len(done) + stock.acked >= 2 * COUNT, _QUIET_S)
            assert len(done) == processed
            assert stock.would_commit == committed

    asyncio.run(run())


@pytest.mark.parametrize("loop", [taken, taken_unacked])
def test_a_record_that_does_not_decode_ends_an_agent_that_takes_for_good_and_nobody_is_told(loop: Any) -> None:
    async def run() -> None:
        stock, done = Stock(), []
        async with stock.agent(lambda stream: loop(stream, done.extend)) as channel:
            stock.put(channel.queue, 2)
            await until(lambda: len(done) == 2)
            stock.put(asyncio.Queue(), 1)
            bad = stock.sent[-1]
            bad.ack(stock.consumer, n=1)  # as the conductor does, before it tells the channel
            await channel.on_value_decode_error(ValueDecodeError("bad"), bad)
            stock.put(channel.queue, 7)
            assert not await until(lambda: len(done) > 2, _QUIET_S)
            assert channel.queue.qsize() == 7
            assert stock.would_commit == FIRST + 3

    asyncio.run(run())


@pytest.mark.parametrize(
    ("committed", "acked", "would_commit"),
    [
        (100, [100, 101], 102),
        (100, [101], 102),  # 100 is passed over
        (100, [102], None),
        (None, [50], 51),  # of a fresh group, or after a revocation: 0 to 49 are passed over
    ],
)
def test_the_gap_lists_pass_over_what_was_not_acked(committed: Any, acked: list[int], would_commit: Any) -> None:
    async def run() -> None:
        stock = Stock()
        stock.consumer._committed_offset[PART] = committed
        stock.consumer._acked[PART] = list(acked)
        assert stock.would_commit == would_commit

    asyncio.run(run())


@pytest.mark.parametrize(("compiled", "acked"), [(True, 0), (False, 5)])
def test_what_an_old_generation_left_is_acked_unread_where_faust_is_not_compiled(
    compiled: bool, acked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faust.streams._CStreamIterator is not None
    if not compiled:
        monkeypatch.setattr(faust.streams, "_CStreamIterator", None)

    async def run() -> None:
        stock, done = Stock(), []
        stock.app.consumer_generation_id = 2
        async with stock.agent(lambda stream: each(stream, done.extend)) as channel:
            stock.put(channel.queue, 5)
            assert await until(channel.queue.empty)
            await until(lambda: stock.acked > 0, _QUIET_S)
            assert (done, stock.acked) == ([], acked)

    asyncio.run(run())


def test_a_flush_of_the_producer_gives_up_on_what_is_slow_to_leave() -> None:
    async def run() -> None:
        left = asyncio.Event()

        class Channel:
            async def publish_message(self, *_: Any, **__: Any) -> None:
                await left.wait()

        stock, buffer = Stock(), ProducerBuffer()
        buffer.app = stock.app
        for _ in range(5):
            buffer.put(faust.types.FutureMessage(faust.types.PendingMessage(Channel(), *[None] * 9)))
        await buffer.start()
        await buffer.flush()
        assert buffer.size == 4  # and one on its way
        left.set()
        assert await until(lambda: buffer.size == 0)
        await buffer.stop()

    asyncio.run(run())
