"""A worker: the process, with one set of life for all its views."""

import gc
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, NamedTuple

import structlog

from saingan.engine.follow.crew import Crew
from saingan.engine.process import health
from saingan.engine.process.collector import collect_seldom
from saingan.engine.process.runner import Runner
from saingan.engine.process.shutdown import FaustWorker, drain, hold_orders
from saingan.engine.process.vitals import Vitals
from saingan.engine.store import ledger
from saingan.engine.store.opening import open_engine
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.exchange.registry import Registry
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import Topic

_SWITCH_S: Final = 0.0005  # a thread whose answer has come waits for another that long; Python's is ten times that
_COLLECT_S: Final = 60.0

log = structlog.get_logger(__name__)


class Part(NamedTuple):
    """What a worker does of one view; see `Runner` for the attributes."""

    view: View
    streams: Collection[Topic]
    topic_ids: Mapping[str, str]
    ends: ledger.Positions


class Worker:
    """Runs views until a signal stops it, a fault ends it, or all of them have caught up.

    Args:
        until_caught_up: whether it ends then.
    """

    def __init__(self, settings: Settings, parts: Sequence[Part], until_caught_up: bool = False) -> None:
        self.metrics = Metrics()
        self._settings = settings
        self._names = [part.view.name for part in parts]
        self._topics = sorted({settings.wire(topic.name) for part in parts for topic in part.streams})
        self._vitals = Vitals(settings, self._names)
        shared: dict[str, Any] = {"metrics": self.metrics, "vitals": self._vitals}
        shared |= {"fail": self._fail, "ended": self._end_if_all_have_caught_up}
        self._engine, self._registry = open_engine(settings.database_url), Registry(settings)
        beside = (settings, self._engine, self._registry, self.metrics, partial(self._fail, "followers"))
        self._crew = Crew([part.view for part in parts], *beside)
        self._runners = [Runner(settings, *part, until_caught_up, crew=self._crew, **shared) for part in parts]
        self._runners[0].app.task(self._collect)
        self._waiting: int | None = None  # of the outboxes, at the end
        self._ended = False

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
        log.info("worker starts", view=", ".join(self._names), topics=self._topics, **page)
        apps = [runner.app for runner in self._runners]
        self._faust = FaustWorker(apps, lambda: 0 if vitals.fault is None else 1, self._say_that_it_ends)
        vitals.watchdog.start()
        try:
            with suppress(SystemExit):  # Faust's way to return
                self._faust.execute_from_commandline()
            if not self._faust.told:
                vitals.fault = vitals.fault or Fault("the worker ended by itself: its log says why")
        finally:
            calls = [call for runner in self._runners for call in runner.calls]
            relays = [*(runner.relay for runner in self._runners), *self._crew.relays]
            self._waiting = drain(self._faust, calls, [self._crew.following, relays], vitals)
            server.shutdown()
            vitals.watchdog.stop()
            self._say_that_it_ends()
            for runner in self._runners:
                runner.close()
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
        (log.warning if waiting else log.info)("worker ends", view=", ".join(self._names), waiting=waiting)

    async def _collect(self) -> None:
        """What `collect_seldom` leaves lying; all threads wait for it."""
        app = self._runners[0].app
        while not app.should_stop:
            await app.sleep(_COLLECT_S)
            gc.collect()

    def _end_if_all_have_caught_up(self) -> None:
        if all(runner.caught_up for runner in self._runners):
            self._faust.end()

    def _fail(self, view: str, error: BaseException) -> None:
        if self._vitals.fault is None:
            self._vitals.fault = error
            log.critical("worker stops", view=view, error=str(error), exc_info=not isinstance(error, Fault))
            self._faust.end()
