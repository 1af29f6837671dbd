"""How a worker is: what its health page shows, and what its watchdog acts on."""

import time
from collections.abc import Iterable
from typing import Final

from saingan.engine.process.watchdog import Watchdog
from saingan.exchange import reach
from saingan.settings import Settings

START: Final = "start"  # the call that a view begins with
_SILENCE_S: Final = 10.0  # of the event loop, after which the process is no longer alive
_STILL_S: Final = 30.0  # without progress although there is something to do, after which it is not ready


class ViewVitals:
    """How one view gets on.

    Attributes:
        reading: whether its partitions are read from the positions of the ledger.
        busy: whether it has a batch in hand.
        broker: whether the broker answers.
    """

    def __init__(self) -> None:
        self._waits = {("database", START)}
        self._moved = time.monotonic()
        self.reading = False
        self.busy = False
        self.broker = True

    def progress(self) -> None:
        """Something was done, or there is nothing to do."""
        self._moved = time.monotonic()

    @property
    def still_s(self) -> float:
        """Seconds since the last progress."""
        return time.monotonic() - self._moved

    def pulse(self, reading: bool, waiting: bool) -> None:
        """The view was looked at.

        Args:
            waiting: whether there is something to read.
        """
        self.reading = reading
        if not waiting and not self.busy:
            self.progress()

    def tries_again(self, what: str, call: str) -> None:
        """A call failed, because a part that it needs does not answer: the view waits, and does not hang."""
        self._waits.add((what, call))
        self.progress()

    def answers(self, what: str, call: str) -> None:
        """The call succeeded; another one may not: a database that is locked can be read."""
        self._waits.discard((what, call))

    def ready(self) -> str | None:
        """What keeps it from its work."""
        if self._waits:
            return f"waits for {' and '.join(sorted({what for what, _ in self._waits}))}"
        if not self.broker:
            return "waits for the broker"
        if not self.reading:
            return "waits for its partitions"
        return f"no progress for {self.still_s:.0f} s" if self.still_s > _STILL_S else None


class Vitals:
    """How the process is; written by its event loop, read by its page and its watchdog, each in a thread of its own.

    Attributes:
        fault: what ends the worker.
        views: how each of its views gets on, by name.
    """

    def __init__(self, settings: Settings, views: Iterable[str]) -> None:
        self.fault: BaseException | None = None
        self.views = {view: ViewVitals() for view in views}
        self.watchdog = Watchdog(settings.watchdog_s, self)
        self._settings = settings
        self._beat = time.monotonic()

    def beat(self) -> None:
        """The event loop runs."""
        self._beat = time.monotonic()

    def progress(self) -> None:
        """All views get on, or have nothing to do."""
        for view in self.views.values():
            view.progress()

    @property
    def still_s(self) -> float:
        """Seconds since the last progress of the view that is stillest."""
        return max(view.still_s for view in self.views.values())

    def alive(self) -> str | None:
        """What is so wrong that the process must be started again."""
        if self.fault is not None:
            return f"stopped: {self.fault}"
        return f"no sign of life for {self._silent_s:.0f} s" if self._silent_s > _SILENCE_S else None

    def ready(self) -> str | None:
        """What keeps it from its work; with the view, where it has several."""
        wrong = {name: why for name, view in self.views.items() if (why := view.ready()) is not None}
        if len(self.views) == 1:
            return next(iter(wrong.values()), None)
        return "; ".join(f"{name} {why}" for name, why in wrong.items()) or None

    def down(self) -> str | None:
        """What the worker cannot but wait for."""
        stillest = max(self.views.values(), key=lambda view: view.still_s)
        if stillest.busy or self._silent_s > _SILENCE_S or reach.broker_answers(self._settings):
            return None
        return "broker"

    @property
    def _silent_s(self) -> float:
        return time.monotonic() - self._beat
