"""The thread that reads from the broker: aiokafka's consumer, and which of its records make the next batch."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import structlog
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as stock
from faust.types import TP
from mode.utils.futures import maybe_async

from saingan.engine.kafka.faust_app import FAUST_LOGGER
from saingan.engine.kafka.inflating import brought
from saingan.engine.kafka.patches import WAIT_MS

_PAUSE_S = 0.002  # between two looks at what has come: each fetch takes the processor from the view
_FETCH_BYTES = 4 * 1024 * 1024  # of all partitions in one answer; aiokafka keeps all of it until all of it is read
_STEP = 200  # records of a partition taken in one go, while several are read side by side
_TYPICAL = 4096  # bytes of a record: what comes beyond that counts as further records
_REFILL_S = 0.25  # one whose next records have not come by then is left behind
_T = TypeVar("_T")
log = structlog.get_logger(__name__)


class Fetched(NamedTuple):
    records: Mapping[TP, list[Any]]
    positions: Mapping[TP, int]


class ConsumerThread(stock.AIOKafkaConsumerThread):  # type: ignore[misc]
    """The thread that owns the aiokafka consumer."""

    logger = FAUST_LOGGER
    _number = -1  # of the partitions that were read last under a backlog

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # Faust offers that only together with its own transactions
        consumer._fetch_max_wait_ms = WAIT_MS
        consumer._fetch_max_bytes = _FETCH_BYTES
        return consumer

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ahead: dict[TP, list[Any]] = {}  # read, and not yet handed on
        self._begun = 0  # what was brought into memory before that
        self._upto: dict[TP, int] = {}  # positions after that
        self._handing = threading.Lock()
        self._news = asyncio.Event()
        self._taken = asyncio.Event()
        self._full = False  # whether the task that reads ahead waits, or is about to wait, for `_taken`
        self._active: set[TP] = set()  # what may be read
        self._times: dict[TP, int] = {}  # of the last records read under a backlog, ms since the epoch
        self._reader: asyncio.Task[None] | None = None

    def ahead(self) -> Fetched | None:
        """Take the records that were read ahead, if any; another thread may, and need not wait for this loop."""
        with self._handing:
            if not self._ahead:
                return None
            records, self._ahead = self._ahead, {}
            fetched = Fetched(records, self._upto)
        if self._full:
            with suppress(RuntimeError):  # this thread has ended
                self.thread_loop.call_soon_threadsafe(self._taken.set)
        return fetched

    async def _fetch_records(
        self, consumer: Any, active_partitions: Any, *, max_records: int, **kwargs: Any
    ) -> Fetched:
        self._active = set(active_partitions)
        if not self._ahead:
            if self._reader is not None and self._reader.done():
                ended, self._reader = self._reader, None
                ended.result()  # its error, if it met one
            if self._reader is None:
                self._reader = asyncio.create_task(self._read_on(consumer, max_records, kwargs["timeout"]))
            self._news.clear()
            consumer._fetcher.wanted.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), kwargs["timeout"])
        return self.ahead() or Fetched({}, _positions(_states(consumer)))

    async def _read_on(self, consumer: Any, max_records: int, wait_s: float) -> None:
        """Take records from aiokafka as they come, while the batch before is applied."""
        try:
            while True:
                self._taken.clear()
                self._full = True  # before the look, or what is taken after it would not be told
                backlog = sum(self._behind(consumer).values()) > max_records
                if not self._ahead:
                    self._begun = brought().bytes
                room = max_records - _weight(self._ahead, self._begun)
                if room <= 0 or (backlog and self._ahead):
                    try:
                        await asyncio.wait_for(self._taken.wait(), wait_s)
                    except TimeoutError:
                        break  # the view is slow; the next call reads on
                    continue
                self._full = False
                if backlog:
                    fetched = await self._side_by_side(consumer, max_records)
                else:
                    fetched = await self._fetch(consumer, self._active, room, wait_s)
                if not fetched:
                    break
                self._keep(consumer, fetched)
                if self._behind(consumer):
                    await asyncio.sleep(_PAUSE_S)
                else:
                    consumer._fetcher.wanted.clear()
        finally:
            self._news.set()

    def _keep(self, consumer: Any, fetched: Mapping[TP, list[Any]]) -> None:
        with self._handing:
            for tp, records in fetched.items():
                self._ahead.setdefault(tp, []).extend(records)
            self._upto = _positions(_states(consumer))
        self._news.set()

    async def _fetch(self, consumer: Any, partitions: set[TP], room: int, wait_s: float) -> Any:
        return await super()._fetch_records(consumer, partitions, max_records=room, timeout=wait_s)

    async def _side_by_side(self, consumer: Any, max_records: int) -> dict[TP, list[Any]]:
        """Records from about the same time of all partitions of one number, which hold all streams of some persons.

        What is known of a person meets in one batch so, and the person is read, derived and written once.
        """
        behind = self._behind(consumer)
        numbers = sorted({tp.partition for tp in behind})
        self._number = next((number for number in numbers if number > self._number), numbers[0])
        wanted = sorted(tp for tp in behind if tp.partition == self._number)
        states = _states(consumer)
        records: dict[TP, list[Any]] = {}
        begun = brought().bytes
        while wanted and (room := max_records - _weight(records, begun)) > 0:
            tp = min(wanted, key=lambda tp: self._times.get(tp, 0))
            try:
                fetched = await self._fetch(consumer, {tp}, min(room, _STEP), _REFILL_S)
            except KafkaError:
                if not records:
                    raise
                break  # what was taken counts as read; the error comes again
            if got := fetched.get(tp):
                records.setdefault(tp, []).extend(got)
                self._times[tp] = got[-1].timestamp
            if not got or not _lag(states[tp]):
                wanted.remove(tp)
        return records

    def _behind(self, consumer: Any) -> dict[TP, int]:
        """Records that can be read of each partition that has some."""
        lags = {TP(*tp): _lag(state) for tp, state in _states(consumer).items()}
        return {tp: lag for tp, lag in lags.items() if lag and tp in self._active}

    async def call_thread(self, fun: Callable[..., Awaitable[_T]], *args: Any, **kwargs: Any) -> _T:
        """Run a coroutine in this thread. Mode's own queue makes six tasks of a call."""
        called = asyncio.run_coroutine_threadsafe(maybe_async(fun(*args, **kwargs)), self.thread_loop)
        return await asyncio.wrap_future(called)

    async def rewind(self, positions: Mapping[TP, int]) -> None:
        """Go on reading at these offsets, where the partition still is ours."""
        await self.call_thread(self._rewind, positions)

    async def _rewind(self, positions: Mapping[TP, int]) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
        with self._handing:
            self._ahead = {}
        self._times.clear()
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


def _weight(records: Mapping[TP, list[Any]], begun: int) -> int:
    """What was read, in records: of long ones a batch takes fewer, so that they fit into memory.

    Args:
        begun: what was `brought` before.
    """
    return max(sum(map(len, records.values())), (brought().bytes - begun) // _TYPICAL)


def _states(consumer: Any) -> dict[TopicPartition, Any]:
    assignment = consumer._subscription.subscription.assignment
    return {tp: assignment.state_value(tp) for tp in assignment.tps}


def _lag(state: Any) -> int:
    """Records that can be read: none above the start of an open transaction."""
    end = state.highwater if state.lso is None else state.lso
    return max(0, (end or 0) - state.position) if state.has_valid_position else 0


def _positions(states: Mapping[TopicPartition, Any]) -> dict[TP, int]:
    return {TP(*tp): state.position for tp, state in states.items() if state.has_valid_position}
