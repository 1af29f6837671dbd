"""Faust as it comes: a real app, agent, stream and consumer that never meet a broker, fed with messages by hand.

So one sees which of them the consumer's bookkeeping counts as done when an agent fails, and would commit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import faust
from faust.types import TP, ConsumerMessage

PART = TP("t", 0)
FIRST = 100  # committed: the next offset to read
_PATIENCE_S = 5.0


class Stock:
    """An app whose consumer was assigned one partition."""

    def __init__(self) -> None:
        self.app = faust.App("stock", broker="kafka://127.0.0.1:1", web_enabled=False, value_serializer="raw")
        self.app.finalize()
        self.app.consumer_generation_id = 1
        self.app.topics._acking_topics.add(PART.topic)
        self.app.flow_control.resume()
        self.consumer = self.app.consumer
        self.consumer._thread.thread_loop.close()  # of a thread that will not start
        self.consumer._committed_offset[PART] = FIRST
        self.topic = self.app.topic(PART.topic, value_type=bytes, value_serializer="raw")
        self.sent: list[ConsumerMessage] = []

    def put(self, queue: Any, count: int) -> None:
        """Put so many messages into a queue, from where the last ones ended."""
        for offset in range(FIRST + len(self.sent), FIRST + len(self.sent) + count):
            message = ConsumerMessage(*PART, offset, 0.0, 0, None, b"k", b"v", None, tp=PART, generation_id=1)
            message.incref(1)
            self.sent.append(message)
            queue.put_nowait(self.app.create_event(b"k", b"v", None, message))

    @property
    def acked(self) -> int:
        return sum(message.acked for message in self.sent)

    @property
    def would_commit(self) -> int | None:
        """The next offset to read, were it committed now; None for no change."""
        offset: int | None = self.consumer._filter_committable_offsets([PART]).get(PART)
        return offset

    @asynccontextmanager
    async def agent(self, body: Callable[[Any], Awaitable[None]], **options: Any) -> AsyncIterator[Any]:
        """Run an agent, under the supervisor that it gets from Faust; its channel."""
        agent = self.app.agent(self.topic, name="agent", **options)(body)
        await agent.start()
        await until(lambda: bool(agent._actors))
        try:
            yield next(iter(agent._actors)).stream.channel
        finally:
            while left := asyncio.all_tasks() - {asyncio.current_task()}:  # one of Faust's survives the first time
                for task in left:
                    task.cancel()
                await asyncio.wait(left, timeout=0.1)


async def until(probe: Callable[[], bool], patience_s: float = _PATIENCE_S) -> bool:
    """Let the loop run until it holds; whether it came to hold in time."""
    try:
        async with asyncio.timeout(patience_s):
            while not probe():  # noqa: ASYNC110 - Faust sets no event for it
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return True
