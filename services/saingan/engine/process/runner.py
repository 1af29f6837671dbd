"""The work on one view: its Faust app, with a consumer of its own, and the calls that its store and registry answer.

Several run in one process, and none waits for another: each has its threads, its transactions and its positions.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import structlog
from faust.types import TP

from saingan.engine.apply import ViewLoop
from saingan.engine.core.batch import Batch
from saingan.engine.follow.crew import Crew
from saingan.engine.intake.sealing import Sealer
from saingan.engine.kafka.faust_app import App, Feed
from saingan.engine.kafka.transport import build_app
from saingan.engine.process.diary import Diary
from saingan.engine.process.retry import Patience
from saingan.engine.process.upkeep import Upkeep
from saingan.engine.process.vitals import START, Vitals
from saingan.engine.relay import Relay
from saingan.engine.store import ledger
from saingan.engine.store.address import digest
from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import open_engine
from saingan.engine.view import View
from saingan.errors import Fault, SainganError
from saingan.exchange.registry import Registry
from saingan.logs import on_terminal
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import Topic
from saingan.views import figures

_TICK_S: Final = 0.5
_SWEEP_S: Final = 5.0

log = structlog.get_logger(__name__)


class Runner:
    """Works on a view, over all its streams or some of them, until its app is stopped.

    Args:
        streams: of the view's topics, those that are read.
        topic_ids: the broker's ids of the topics, by the standard's name.
        ends: where all topics of the view end now.
        until_caught_up: say that it has caught up when the streams are taken in up to there and the outbox is empty.
        crew: the followers of the process, of this view and others.
        fail: called with an error after which the process must end.
        ended: called when it has caught up.

    Attributes:
        app, relay: Faust's part, and the thread that sends.
        calls: what may have a commit in hand.
        caught_up: whether it has.
    """

    def __init__(
        self,
        settings: Settings,
        view: View,
        streams: Collection[Topic],
        topic_ids: Mapping[str, str],
        ends: ledger.Positions,
        until_caught_up: bool,
        *,
        crew: Crew,
        metrics: Metrics,
        vitals: Vitals,
        fail: Callable[[str, BaseException], None],
        ended: Callable[[], None],
    ) -> None:
        self.caught_up = False
        self._settings, self._view, self._metrics, self._ended = settings, view, metrics, ended
        self._topics = {settings.wire(topic.name): topic for topic in streams}
        self._engine = open_engine(settings.database_url)
        registry = self._registry = Registry(settings)
        sealer = Sealer.from_file(settings.public_key_file)
        self._loop = ViewLoop(
            view, self._engine, registry, sealer, metrics, settings.rejection_limit, figures(view.name)
        )
        self.relay = Relay(view, settings, self._engine, registry, metrics, self._fail)
        self._crew = crew
        self._upkeep = Upkeep(settings, view, self._engine, self.relay, crew, streams, topic_ids, ends, until_caught_up)
        self._process, self._vitals = vitals, vitals.views[view.name]
        self._end_process = fail
        self._diary = Diary(view.name, metrics, on_terminal())
        self._patience = Patience(self._vitals, metrics)
        self._beside = Patience(self._vitals, metrics)  # for what takes long and holds up no batch
        self.calls = (self._patience, self._beside)
        self._settled = asyncio.Event()
        self.app = self._build_app()

    def close(self) -> None:
        self._engine.dispose()
        self._registry.close()

    def _build_app(self) -> App:
        # Workers of the same streams share them; a worker of other streams is another group on the same ledger.
        part = "" if len(self._topics) == len(self._view.streams) else "." + ".".join(sorted(self._topics))
        group = self._settings.wire(self._view.group(digest(self._settings.database_url))) + part
        app = build_app(self._settings, group, Feed(self._topics, self._resume, self._fail))
        channel = app.topic(*self._topics, key_type=None, value_type=None, key_serializer="raw", value_serializer="raw")

        async def apply(stream: Any) -> None:
            async for batch in stream:
                await self._apply(batch)

        app.agent(channel, name=self._view.name)(apply)
        app.task(self._tick)
        app.task(self._pulse)
        app.task(self._reconcile)
        return app

    async def _apply(self, batch: Batch) -> None:
        """Apply one batch. No error leaves an agent: Faust would take the batch for done and go on."""
        consumer = self.app.consumer
        self._vitals.busy = True
        try:
            await self._patience.do(("registry", self._loop.take, batch), ("database", self._loop.apply, batch))
        except Conflict:
            self._metrics.ledger_conflicts.labels(self._view.name).inc()
            log.info("the ledger stands elsewhere; reading on from there", view=self._view.name)
            consumer.reset()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, nothing may be acked past it
            self._fail(error)
            await self.app.wait_for_stopped(asyncio.Event())
        else:
            consumer.done(batch)
            self._wake(behind=sum(len(part.messages) for part in batch) * 2 > self._settings.poll_records)
        finally:
            self._vitals.busy = False
            self._vitals.progress()

    async def _resume(self, logs: Mapping[TP, range]) -> Mapping[TP, int] | None:
        """Where to read on; None when a fault ends the worker."""
        await self._settled.wait()
        held = {(self._topics[tp.topic], tp.partition): offsets for tp, offsets in logs.items()}
        try:
            positions = await self._patience.do(("database", self._upkeep.open_partitions, held))
        except Fault as fault:
            self._fail(fault)
            return None
        return dict(zip(logs, positions.values(), strict=True))

    async def _tick(self) -> None:
        try:
            await self._patience.do(("database", self._upkeep.settle))
            self._vitals.answers("database", START)
            self._settled.set()
            self.relay.start()
            self._crew.start()
            sweep_at = 0.0
            while not self.app.should_stop and self._process.fault is None:
                if time.monotonic() >= sweep_at:
                    while await self._patience.do(("database", self._loop.sweep)):
                        self._wake()
                    await self._patience.do(("database", self._upkeep.count_outbox, self._metrics))
                    sweep_at = time.monotonic() + _SWEEP_S
                # Asked always, so that a database which is gone is noticed.
                caught_up = await self._patience.do(("database", self._upkeep.caught_up))
                # Ready: its partitions were compared with the ledger; a log that was cut off may end below it.
                if caught_up and self.app.consumer.ready:
                    self.caught_up = True
                    self._ended()
                await self.app.sleep(_TICK_S)
        except SainganError as error:
            self._fail(error)

    async def _reconcile(self) -> None:
        """Once, as soon as a new store has caught up."""
        await self._settled.wait()
        try:
            while not self.app.should_stop and not await self._beside.do(("database", self._upkeep.reconciled)):
                await self.app.sleep(_TICK_S)
        except SainganError as error:
            self._fail(error)

    async def _pulse(self) -> None:
        """Update what the health page and the relay act on, whatever the view's thread waits for."""
        while not self.app.should_stop:
            consumer, lags = self.app.consumer, self.app.consumer.lags
            self._process.beat()
            self._vitals.broker = consumer.connected
            behind = any(lags.values())
            self._vitals.pulse(consumer.ready, behind or (not consumer.ready and bool(consumer.assignment())))
            self._diary.note(self._vitals.ready() is None, len(consumer.assignment()), sum(lags.values()))
            for tp, lag in lags.items():
                self._metrics.lag.labels(self._view.name, self._topics[tp.topic].name, str(tp.partition)).set(lag)
            if consumer.ready and not behind:
                self._wake()
            await self.app.sleep(_TICK_S)

    def _wake(self, behind: bool = False) -> None:
        self.relay.wake(behind)
        self._crew.wake(behind)

    def _fail(self, error: BaseException) -> None:
        self._end_process(self._view.name, error)
