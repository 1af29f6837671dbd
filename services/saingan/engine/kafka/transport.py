"""Faust's aiokafka transport, but for what loses data and time: records come in batches, positions from the ledger.

What is replaced, and why (docs/architecture.md, "What Faust does, and what is replaced"):

- one message of the stream is all that one poll brought, over all its partitions, so that Faust's machinery runs once
  a batch; the next poll is handed on when the batch is done with;
- Faust's acks and gap lists decide nothing: they may commit what was never processed;
- after an assignment, reading goes on where the ledger says, not at Kafka's committed offsets; those follow the ledger,
  for the tools that show the lag.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from faust.transport import drivers
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage

from saingan.engine.core.batch import Batch, Slice
from saingan.engine.kafka.faust_app import FAUST_LOGGER, App, Feed, Tables
from saingan.engine.kafka.patches import patch
from saingan.engine.kafka.prefetch import ConsumerThread, Fetched
from saingan.engine.store.ledger import check_log
from saingan.errors import Fault
from saingan.exchange import kafka
from saingan.settings import Settings

SCHEME = "ledger"
_FETCH_BYTES = 256 * 1024  # a partition and fetch: read ahead while a batch is applied; more is memory only
_NO_END = 2**63 - 1  # of a log, while it is not known


class _Forgetful(dict[TP, Any]):
    """Faust drops messages below the offset that it read last; what repeats is for the ledger to say."""

    def __getitem__(self, tp: TP) -> None:
        return None


class Consumer(stock.Consumer):  # type: ignore[misc]
    """Hands on one batch at a time; see the module's text."""

    logger = FAUST_LOGGER
    app: App

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = _Forgetful()
        self._positions: dict[TP, int] | None = None  # handed on so far; None: ask the ledger first
        self._done: dict[TP, int] = {}  # in the ledger
        self._told: dict[TP, int] = {}  # committed to Kafka
        self._names = {topic: name for name, topic in self.app.feed.topics.items()}
        self._idle = asyncio.Event()
        self._idle.set()

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self.reset()  # a batch on its way to the stream is dropped there when the generation changes
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._positions = None
        await super().on_partitions_revoked(revoked)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        self._positions = None
        return {}

    def reset(self) -> None:
        """Drop the batch and what was read ahead, and ask the ledger where to go on."""
        self._positions = None
        self._idle.set()

    def done(self, batch: Batch) -> None:
        """Note that a batch is in the ledger; the next one may come."""
        self._idle.set()
        for part in batch:
            self._done[TP(self._names[part.topic], part.partition)] = part.end

    @property
    def ready(self) -> bool:
        """Whether reading goes on where the ledger says."""
        return self._positions is not None

    @property
    def connected(self) -> bool:
        """Whether the broker that coordinates the group answers, by the last heartbeat."""
        consumer = self._thread._consumer
        return consumer is not None and consumer._coordinator.coordinator_id is not None

    @property
    def lags(self) -> dict[TP, int]:
        """Offsets between each assigned partition's end and the ledger, as far as is known."""
        held = self._positions or {}
        ends = {tp: self.highwater(tp) for tp in held}
        return {tp: max(0, end - self._done.get(tp, held[tp])) for tp, end in ends.items() if end is not None}

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109 - Faust's own
        await self._idle.wait()
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        if self._positions is None:
            await self._resume()
            return
        generation = self.app.consumer_generation_id
        fetched = self._thread.ahead() or (await self._wait_next_records(timeout))[0]
        held = self._positions
        if not fetched or held is None or not self.flow_active or self.app.consumer_generation_id != generation:
            return
        try:
            batch = await self._batch(fetched, held)
        except Fault as fault:
            self.app.feed.fail(fault)
            return
        if batch and self._positions is held:
            held.update({tp: fetched.positions[tp] for tp in held if tp in fetched.positions})
            self._idle.clear()
            tp = next(iter(held))
            yield tp, self._as_message(tp, batch)

    async def _resume(self) -> None:
        """Seek to the ledger. A rebalance meanwhile makes it be asked again."""
        generation = self.app.consumer_generation_id
        assigned = sorted(self.assignment())
        starts = await self.earliest_offsets(*assigned)
        positions = await self.app.feed.resume({tp: range(start, _NO_END) for tp, start in starts.items()})
        if positions is None:
            return
        ends = await self.highwaters(*assigned)  # after the ledger, which another worker may still move
        try:
            for tp, position in positions.items():
                check_log(self.app.feed.topics[tp.topic], tp.partition, position, range(starts[tp], ends[tp]))
        except Fault as fault:
            self.app.feed.fail(fault)
            return
        if self.app.consumer_generation_id == generation:
            await self._thread.rewind(positions)
            self._done = dict(positions)
            self._positions = dict(positions)

    async def _batch(self, fetched: Fetched, held: Mapping[TP, int]) -> Batch:
        batch = []
        for tp, start in held.items():
            end = fetched.positions.get(tp, start)
            messages = fetched.records.get(tp, ())
            if end == start:
                continue
            topic = self.app.feed.topics[tp.topic]
            if end < start or (messages and messages[0].offset > start):
                # A hole is compaction's, or records were cut off: only the log's start tells.
                starts, ends = await self.earliest_offsets(tp), await self.highwaters(tp)
                check_log(topic, tp.partition, start, range(starts[tp], ends[tp]))
            batch.append(Slice(topic, tp.partition, start, end, messages))
        return batch

    def _as_message(self, tp: TP, batch: Batch) -> Any:
        return ConsumerMessage(
            *(tp.topic, tp.partition, 0, 0.0, 0, (), None, batch, None, None, None, tp),
            generation_id=self.app.consumer_generation_id,
        )

    def ack(self, message: Any) -> bool:
        """The stream is done with a batch, well or badly: only the ledger tells which."""
        self._unacked_messages.discard(message)
        return True

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002 - Faust's own
        news = {tp: offset for tp, offset in self._done.items() if self._told.get(tp) != offset}
        news = {tp: offset for tp, offset in news.items() if tp in self.assignment()}
        if news and await self._thread.commit(news):
            self._told.update(news)
            return True
        return False


class Transport(stock.Transport):  # type: ignore[misc]
    Consumer = Consumer


def build_app(settings: Settings, group: str, feed: Feed) -> App:
    """An app that reads the topics of a feed, as a member of a consumer group; patches aiokafka."""
    patch()
    drivers.TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"
    app = App(
        group,
        **kafka.faust(settings, SCHEME),
        broker_max_poll_records=settings.poll_records,
        broker_session_timeout=10,
        broker_heartbeat_interval=0.3,  # seconds until a worker learns that another one has come
        broker_rebalance_timeout=20,
        broker_request_timeout=30,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=_FETCH_BYTES,
        consumer_metadata_max_age_ms=10_000,  # a topic that went and came again is noticed after that long
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        TableManager=Tables,
        datadir=settings.home / "faust",
    )
    app.feed = feed
    return app
