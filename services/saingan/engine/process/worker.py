"""A worker: the Faust app that runs one view, over all its streams or some of them."""

import asyncio
import gc
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from faust.types import TP

from saingan.engine.apply import ViewLoop
from saingan.engine.core.batch import Batch
from saingan.engine.kafka.faust_app import App, Feed, Tables
from saingan.engine.kafka.transport import SCHEME
from saingan.engine.process import health
from saingan.engine.process.collector import collect_seldom
from saingan.engine.process.diary import Diary
from saingan.engine.process.retry import Patience
from saingan.engine.process.shutdown import FaustWorker, drain, hold_orders
from saingan.engine.process.upkeep import Upkeep
from saingan.engine.process.vitals import START, Vitals
from saingan.engine.relay import Relay
from saingan.engine.store import ledger
from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import open_engine
from saingan.engine.view import View
from saingan.errors import Fault, SainganError
from saingan.exchange import kafka
from saingan.exchange.registry import Registry
from saingan.letters.sealing import Sealer
from saingan.logs import on_terminal
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import Topic

_SWITCH_S: Final = 0.0005  # a thread whose answer has come waits for another that long; Python's is ten times that
_TICK_S: Final = 0.5
_SWEEP_S: Final = 5.0
_COLLECT_S: Final = 60.0
_FETCH_BYTES: Final = 256 * 1024  # a partition and fetch: read ahead while a batch is applied; more is memory only

log = structlog.get_logger(__name__)


class Worker:
    """Runs a view until a signal stops it, a fault ends it, or it has caught up.

    Args:
        streams: of the view's topics, those that this worker reads.
        topic_ids: the broker's ids of the topics, by the standard's name.
        ends: where all topics of the view end now.
        until_caught_up: stop when the streams are taken in up to there, and the outbox is empty.
    """

    def __init__(
        self,
        settings: Settings,
        view: View,
        streams: Collection[Topic],
        topic_ids: Mapping[str, str],
        ends: ledger.Positions,
        until_caught_up: bool = False,
    ) -> None:
        self.metrics = Metrics()
        self._settings = settings
        self._view = view
        self._topics = {settings.wire(topic.name): topic for topic in streams}
        self._engine = open_engine(settings.database_url)
        registry = self._registry = Registry(settings)
        sealer = Sealer.from_file(settings.public_key_file)
        self._loop = ViewLoop(view, self._engine, registry, sealer, self.metrics, settings.rejection_limit)
        self._relay = Relay(view, settings, self._engine, registry, self.metrics, self._fail)
        self._upkeep = Upkeep(settings, view, self._engine, self._relay, streams, topic_ids, ends, until_caught_up)
        self._vitals = Vitals(settings)
        self._diary = Diary(view.name, self.metrics, on_terminal())
        self._patience = Patience(self._vitals, self.metrics)
        self._beside = Patience(self._vitals, self.metrics)  # for what takes long and holds up no batch
        self._settled = asyncio.Event()
        self._waiting: int | None = None  # of the outbox, at the end
        self._ended = False
        self._app = self._build_app()

    def run(self) -> None:
        """Run until the end. Raises the `Fault` that ended it, if one did."""
        collect_seldom()
        sys.setswitchinterval(_SWITCH_S)
        hold_orders()
        settings, vitals = self._settings, self._vitals
        server = health.serve(settings.metrics_host, settings.metrics_port, self.metrics, vitals.alive, vitals.ready)
        page = {
            "metrics": f"http://{settings.metrics_host}:{server.server_port}/metrics",
            "metrics_port": server.server_port,
        }
        log.info("worker starts", view=self._view.name, topics=sorted(self._topics), **page)
        self._faust = FaustWorker(self._app, lambda: 0 if vitals.fault is None else 1, self._say_that_it_ends)
        vitals.watchdog.start()
        try:
            with suppress(SystemExit):  # Faust's way to return
                self._faust.execute_from_commandline()
            if not self._faust.told:
                vitals.fault = vitals.fault or Fault("the worker ended by itself: its log says why")
        finally:
            self._waiting = drain(self._faust, (self._patience, self._beside), self._relay, vitals.watchdog)
            server.shutdown()
            vitals.watchdog.stop()
            self._say_that_it_ends()
            self._engine.dispose()
            self._registry.close()
        if vitals.fault is not None:
            raise vitals.fault

    def _say_that_it_ends(self) -> None:
        """The last line of the log; of a worker that hangs, too."""
        if self._ended:
            return
        self._ended = True
        waiting = "unknown" if self._waiting is None else self._waiting
        (log.warning if waiting else log.info)("worker ends", view=self._view.name, waiting=waiting)

    def _build_app(self) -> App:
        settings = self._settings
        # Workers of the same streams share them; a worker of other streams is another group on the same ledger.
        part = "" if len(self._topics) == len(self._view.streams) else "." + ".".join(sorted(self._topics))
        app = App(
            settings.wire(self._view.group) + part,
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
        app.feed = Feed(self._topics, self._resume, self._fail)
        channel = app.topic(*self._topics, key_type=None, value_type=None, key_serializer="raw", value_serializer="raw")

        async def apply(stream: Any) -> None:
            async for batch in stream:
                await self._process(batch)

        app.agent(channel, name=f"{self._view.name}")(apply)
        app.task(self._tick)
        app.task(self._pulse)
        app.task(self._reconcile)
        return app

    async def _process(self, batch: Batch) -> None:
        """Apply one batch. No error leaves an agent: Faust would take the batch for done and go on."""
        consumer = self._app.consumer
        self._vitals.busy = True
        try:
            await self._patience.do(("registry", self._loop.take, batch), ("database", self._loop.apply, batch))
        except Conflict:
            self.metrics.ledger_conflicts.labels(self._view.name).inc()
            log.info("the ledger stands elsewhere; reading on from there", view=self._view.name)
            consumer.reset()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, nothing may be acked past it
            self._fail(error)
            await self._app.wait_for_stopped(asyncio.Event())
        else:
            consumer.done(batch)
            self._relay.wake(behind=sum(len(part.messages) for part in batch) * 2 > self._settings.poll_records)
        finally:
            self._vitals.busy = False
            self._vitals.watchdog.progress()

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
            self._relay.start()
            sweep_at, collect_at = 0.0, time.monotonic() + _COLLECT_S
            while not self._app.should_stop and self._vitals.fault is None:
                if time.monotonic() >= sweep_at:
                    while await self._patience.do(("database", self._loop.sweep)):
                        self._relay.wake()
                    await self._patience.do(("database", self._upkeep.count_outbox, self.metrics))
                    sweep_at = time.monotonic() + _SWEEP_S
                if time.monotonic() >= collect_at:
                    gc.collect()  # what `collect_seldom` leaves lying; all threads wait for it
                    collect_at = time.monotonic() + _COLLECT_S
                # Asked always, so that a database which is gone is noticed.
                caught_up = await self._patience.do(("database", self._upkeep.caught_up))
                # Ready: its partitions were compared with the ledger; a log that was cut off may end below it.
                if caught_up and self._app.consumer.ready:
                    self._faust.end()
                await self._app.sleep(_TICK_S)
        except SainganError as error:
            self._fail(error)

    async def _reconcile(self) -> None:
        """Once, as soon as a new store has caught up."""
        await self._settled.wait()
        try:
            while not self._app.should_stop and not await self._beside.do(("database", self._upkeep.reconciled)):
                await self._app.sleep(_TICK_S)
        except SainganError as error:
            self._fail(error)

    async def _pulse(self) -> None:
        """Update what the health page and the relay act on, whatever the worker's thread waits for."""
        while not self._app.should_stop:
            consumer, lags = self._app.consumer, self._app.consumer.lags
            self._vitals.broker = consumer.connected
            behind = any(lags.values())
            self._vitals.pulse(consumer.ready, behind or (not consumer.ready and bool(consumer.assignment())))
            self._diary.note(self._vitals.ready() is None, len(consumer.assignment()), sum(lags.values()))
            for tp, lag in lags.items():
                self.metrics.lag.labels(self._view.name, self._topics[tp.topic].name, str(tp.partition)).set(lag)
            if consumer.ready and not behind:
                self._relay.wake()
            await self._app.sleep(_TICK_S)

    def _fail(self, error: BaseException) -> None:
        if self._vitals.fault is None:
            self._vitals.fault = error
            log.critical("worker stops", view=self._view.name, error=str(error), exc_info=not isinstance(error, Fault))
            self._faust.end()
