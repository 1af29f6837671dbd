"""Batches on their way to the broker: a Kafka client in a thread of its own, which takes them from their lanes.

aiokafka, because it sends a batch as a whole, once and in order, for as long as it takes.
"""

import asyncio
import logging
import selectors
import struct
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.codec import lz4_encode
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.record.util import calc_crc32c
from confluent_kafka import KafkaError as Code

from saingan.errors import Fault
from saingan.publish.batch import Batch, Lane
from saingan.settings import Settings

DELIVERY_S: Final = 120
_LINGER_S: Final = 0.02  # a batch waits so long for more
_AGAIN_S: Final = 0.2
_STOP_S: Final = 1.0
# Offset, length, leader's epoch, version of the format, CRC of what follows.
_HEAD: Final = struct.Struct(">qiibI")
# Codec, last offset, first and last time, producer's id, epoch and sequence, number of records.
_BODY: Final = struct.Struct(">hiqqqhii")
_UNCOUNTED: Final = 12  # bytes of the head: offset and length are not in the length
_VERSION: Final = 2
_LZ4: Final = 3

# Whoever asks reports what became of a batch; an agency's program that logs has aiokafka's words too.
logging.getLogger("aiokafka").addHandler(logging.NullHandler())


class Outcome(NamedTuple):
    """What became of a batch.

    Attributes:
        offset: of its first message; -1 where it is not known.
        code: Kafka's, or librdkafka's, for what went wrong; 0 where the broker has it.
    """

    lane: Lane
    batch: Batch
    offset: int
    code: int


class Sender:
    """Delivers what is put into lanes, one batch of a lane at a time; a process that ends does not wait for it.

    A lane ends with a batch that could not be delivered: what lies behind is given up too, as the broker would not take
    it without the one before. To go on, take another sender.

    Attributes:
        under_way: batches that were begun and not heard of.
    """

    def __init__(self, settings: Settings) -> None:
        self.under_way = 0
        self._bootstrap = settings.bootstrap
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._tasks: dict[Lane, asyncio.Task[None]] = {}
        self._ended_lanes: dict[Lane, int] = {}
        self._failure: BaseException | None = None
        # An epoll would be shared with a fork, whose end takes our sockets out of it. Windows has neither.
        selector = getattr(selectors, "PollSelector", selectors.SelectSelector)()
        self._loop = asyncio.SelectorEventLoop(selector)
        self._client: asyncio.Future[AIOKafkaProducer] = self._loop.create_future()
        self._serving = self._loop.create_task(self._serve())
        self._thread = Thread(target=self._run, name="saingan-publisher", daemon=True)
        self._thread.start()

    def begun(self, lane: Lane) -> None:
        """Say that there is one batch more in a lane. Raises `Fault` as `hear` does."""
        self.under_way += 1
        try:
            self._loop.call_soon_threadsafe(self._look_into, lane)
        except RuntimeError:  # the loop is closed
            raise self._ended() from None

    def hear(self, patience_s: float = 0) -> Outcome | None:
        """What became of the next batch; None where nothing is heard in this time.

        Raises:
            Fault: the client could not begin or has ended, or is that of the process that this one is a fork of.
        """
        try:
            outcome = self._outcomes.get(patience_s > 0, patience_s)
        except Empty:
            if not self._thread.is_alive():
                raise self._ended() from None
            return None
        self.under_way -= 1
        return outcome

    def stop(self) -> None:
        """Give up what is under way."""
        if self._thread.is_alive():
            with suppress(RuntimeError):  # the loop was closed in the meantime
                self._loop.call_soon_threadsafe(self._serving.cancel)

    def join(self) -> None:
        """Wait until it has stopped, or almost."""
        self._thread.join(2 * _STOP_S)

    def _ended(self) -> Fault:
        if self._failure is None:
            return Fault("the publisher is that of another process: a fork makes its own")
        return Fault(f"the Kafka client has ended: {type(self._failure).__name__} {self._failure}")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(_result(self._serving))
            except asyncio.CancelledError:
                pass
            except BaseException as error:  # noqa: BLE001 - it is told by `hear`
                self._failure = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error

    async def _serve(self) -> None:
        client = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            # Also how long it keeps a batch whose partition has no leader.
            request_timeout_ms=DELIVERY_S * 1000,
        )
        try:
            async with asyncio.TaskGroup() as self._group:
                await _started(client)
                self._client.set_result(client)
                await self._loop.create_future()  # until it is cancelled
        finally:
            await _stopped(client)

    def _look_into(self, lane: Lane) -> None:
        if lane not in self._tasks:
            self._tasks[lane] = self._group.create_task(self._empty(lane))

    async def _empty(self, lane: Lane) -> None:
        while lane:
            if (early := lane.due(_LINGER_S) - time.monotonic()) > 0:
                await asyncio.sleep(early)
            batch = lane.take()
            offset, code = await self._delivered(lane, batch)
            self._outcomes.put(Outcome(lane, batch, offset, code))
        del self._tasks[lane]

    async def _delivered(self, lane: Lane, batch: Batch) -> tuple[int, int]:
        if lane in self._ended_lanes:
            return -1, self._ended_lanes[lane]
        try:
            async with asyncio.timeout_at(batch.began + DELIVERY_S):
                client = await asyncio.shield(self._client)
                delivery = await client.send_batch(_Ready(batch), lane.topic, partition=lane.partition)
                return (await delivery).offset, 0
        except TimeoutError:
            code = Code.UNKNOWN_TOPIC_OR_PART if self._is_gone(lane.topic) else Code._MSG_TIMED_OUT
        except KafkaError as error:
            code = getattr(error, "errno", Code._FAIL)
        self._ended_lanes[lane] = code
        return -1, code

    def _is_gone(self, topic: str) -> bool:
        """Whether the broker answered, and had no such topic."""
        return self._client.done() and self._client.result().client.cluster.partitions_for_topic(topic) is None


class _Ready:
    """A batch as aiokafka's accumulator asks of its own `BatchBuilder`."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._written = b""

    def record_count(self) -> int:
        return self._batch.count

    def closed(self) -> bool:
        return True

    def _set_producer_state(self, producer_id: int, epoch: int, sequence: int) -> None:
        self._written = written(self._batch, producer_id, epoch, sequence)

    def _build(self) -> bytes:
        return self._written


def written(batch: Batch, producer_id: int, epoch: int, sequence: int) -> bytes:
    """A batch as it goes over the wire, numbered so that the broker knows it when it comes again."""
    at_ms = int(time.time() * 1000)  # the registries' topics have the broker's time
    last = batch.count - 1
    body = _BODY.pack(_LZ4, last, at_ms, at_ms, producer_id, epoch, sequence, batch.count)
    body += bytes(lz4_encode(batch.records(), level=1))
    return _HEAD.pack(0, _HEAD.size - _UNCOUNTED + len(body), -1, _VERSION, calc_crc32c(body)) + body


async def _result(task: asyncio.Task[None]) -> None:
    await task


async def _started(client: Any) -> None:
    while True:
        try:
            await client.start()
        except KafkaConnectionError:  # a broker that begins, or begins again
            await asyncio.sleep(_AGAIN_S)
        else:
            return


async def _stopped(client: Any) -> None:
    try:
        async with asyncio.timeout(_STOP_S):
            await client.stop()
    except TimeoutError:  # it waits for what cannot be delivered
        await client.client.close()
