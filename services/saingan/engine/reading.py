"""The thread that reads from the broker: aiokafka's consumer, and which of its records make the next batch."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import structlog
from aiokafka.consumer import fetcher
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as stock
from faust.types import TP
from mode.utils.futures import maybe_async

from saingan.engine.app import FAUST_LOGGER

_PAUSE_S = 0.002  # between two looks at what has come: each fetch takes the processor from the view
_WAIT_MS = 50  # aiokafka fetches nothing else while the broker waits for news of some partitions; Faust says 1,500
_STEP = 2_000  # records of a partition taken in one go, while several are read side by side
_T = TypeVar("_T")
log = structlog.get_logger(__name__)


class Fetched(NamedTuple):
    records: Mapping[TP, list[Any]]
    positions: Mapping[TP, int]


class _Raw(fetcher.PartitionRecords):  # type: ignore[misc]
    """Hands records on as they are unpacked: copying each into a `ConsumerRecord` costs as much as decoding it."""

    def _consumer_record(self, _tp: TopicPartition, record: Any) -> Any:
        return record


fetcher.PartitionRecords = _Raw


class ConsumerThread(stock.AIOKafkaConsumerThread):  # type: ignore[misc]
    """The thread that owns the aiokafka consumer."""

    logger = FAUST_LOGGER
    _number = -1  # of the partitions that were read last under a backlog

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # Faust offers that only together with its own transactions
        consumer._fetch_max_wait_ms = _WAIT_MS
        return consumer

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ahead: dict[TP, list[Any]] = {}  # read, and not yet handed on
        self._upto: dict[TP, int] = {}  # positions after that
        self._handing = threading.Lock()
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    def ahead(self) -> Fetched | None:
        """What was read ahead, if anything was: for another thread, which else waits until this one has its turn."""
        with self._handing:
            if not self._ahead:
                return None
            records, self._ahead = self._ahead, {}
            return Fetched(records, self._upto)

    async def _fetch_records(
        self, consumer: Any, active_partitions: Any, *, max_records: int, **kwargs: Any
    ) -> Fetched:
        if not self._ahead and self._reader is not None and self._reader.done():
            ended, self._reader = self._reader, None
            ended.result()  # its error, if it met one
        states = _states(consumer)
        backlog = self._reader is None and not self._ahead and _behind(states) > max_records
        if backlog and (fetched := {tp for tp in consumer._fetcher._records if tp in active_partitions}):
            wanted = self._of_one_number(fetched)
            return Fetched(await self._side_by_side(consumer, wanted, states, max_records), _positions(states))
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_on(consumer, active_partitions, max_records, kwargs))
        if not self._ahead:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), kwargs["timeout"])
        return self.ahead() or Fetched({}, _positions(_states(consumer)))

    async def _read_on(
        self, consumer: Any, active_partitions: Any, max_records: int, kwargs: Mapping[str, Any]
    ) -> None:
        """Take records from aiokafka as they come, while the batch before is applied.

        Where some lie with it, it fetches nothing else for a tenth of a second.
        """
        try:
            while (room := max_records - sum(map(len, self._ahead.values()))) > 0:
                fetched = await super()._fetch_records(consumer, active_partitions, max_records=room, **kwargs)
                states = _states(consumer)
                with self._handing:
                    for tp, records in fetched.items():
                        self._ahead.setdefault(tp, []).extend(records)
                    self._upto = _positions(states)
                if not fetched or _behind(states) > max_records:
                    break
                self._news.set()
                await asyncio.sleep(_PAUSE_S)
        finally:
            self._news.set()

    def _of_one_number(self, partitions: set[TP]) -> set[TP]:
        """The partitions of one number, in turn: all streams of some persons."""
        numbers = sorted({tp.partition for tp in partitions})
        self._number = next((number for number in numbers if number > self._number), numbers[0])
        return {tp for tp in partitions if tp.partition == self._number}

    async def _side_by_side(
        self, consumer: Any, partitions: set[TP], states: Mapping[TP, Any], max_records: int
    ) -> dict[TP, list[Any]]:
        """Records of these partitions from about the same time, as far as they are read ahead.

        What is known of a person meets in one batch so, and the person is read, derived and written once.
        """
        records: dict[TP, list[Any]] = {tp: [] for tp in partitions}
        upto = dict.fromkeys(sorted(partitions), 0)  # ms since the epoch
        room = max_records
        while room and upto:
            tp = min(upto, key=lambda tp: upto[tp])
            try:
                fetched = await super()._fetch_records(consumer, {tp}, max_records=min(room, _STEP), timeout=0)
            except KafkaError:
                if room == max_records:
                    raise
                break  # what was taken counts as read; the error comes again
            if got := fetched.get(tp):
                records[tp] += got
                upto[tp] = got[-1].timestamp
                room -= len(got)
            elif states[tp].has_valid_position and states[tp].position >= (states[tp].highwater or 0):
                del upto[tp]
            else:
                break  # the others would run ahead of it
        return records

    async def call_thread(self, fun: Callable[..., Awaitable[_T]], *args: Any, **kwargs: Any) -> _T:
        """Run a coroutine in this thread. Mode's own queue makes six tasks of a call."""
        called = asyncio.run_coroutine_threadsafe(maybe_async(fun(*args, **kwargs)), self.thread_loop)
        return await asyncio.wrap_future(called)

    async def rewind(self, positions: Mapping[TP, int]) -> None:
        """Go on reading at these offsets, where the partition still is ours."""
        await self.call_thread(self._rewind, positions)

    async def _rewind(self, positions: Mapping[TP, int]) -> None:
        with self._handing:
            self._ahead = {}
        for tp, offset in positions.items():
            try:
                self._ensure_consumer().seek(TopicPartition(*tp), offset)
            except IllegalStateError:
                log.info("partition went elsewhere before it was read", topic=tp.topic, partition=tp.partition)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        coordinator = self._ensure_consumer()._coordinator
        if coordinator._performed_join_prepare or coordinator._rejoin_needed_fut.done():
            # A commit that is sent while the group gathers waits behind the request to join, and arrives with a
            # generation that has passed; aiokafka takes the refusal for a sign to join once more, without end.
            return False
        try:
            await self._ensure_consumer().commit(
                {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items()}
            )
        except (KafkaError, IllegalStateError) as error:
            # Only tools that show the lag read these offsets.
            log.info("offsets not committed to Kafka", error=type(error).__name__)
            return False
        return True


def _states(consumer: Any) -> dict[TopicPartition, Any]:
    assignment = consumer._subscription.subscription.assignment
    return {tp: assignment.state_value(tp) for tp in assignment.tps}


def _behind(states: Mapping[TopicPartition, Any]) -> int:
    return sum((state.highwater or 0) - state.position for state in states.values() if state.has_valid_position)


def _positions(states: Mapping[TopicPartition, Any]) -> dict[TP, int]:
    return {TP(*tp): state.position for tp, state in states.items() if state.has_valid_position}
