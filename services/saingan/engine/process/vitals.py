"""How a worker is: what its health page shows, and what its watchdog acts on."""

import time
from typing import Final

from saingan.engine.process.watchdog import Watchdog
from saingan.exchange import reach
from saingan.settings import Settings

START: Final = "start"  # the call that a worker begins with
_SILENCE_S: Final = 10.0  # of the event loop, after which the process is no longer alive
_STILL_S: Final = 30.0  # without progress although there is something to do, after which it is not ready


class Vitals:
    """Written by the worker, read by its page and its watchdog, each in a thread of its own.

    Attributes:
        fault: what ends the worker.
        reading: whether its partitions are read from the positions of the ledger.
        busy: whether it has a batch in hand.
        broker: whether the broker answers.
    """

    def __init__(self, settings: Settings) -> None:
        self.fault: BaseException | None = None
        self._waits = {("database", START)}
        self.reading = False
        self.busy = False
        self.broker = True
        self.watchdog = Watchdog(settings.watchdog_s, self._down)
        self._settings = settings
        self._beat = time.monotonic()

    def pulse(self, reading: bool, waiting: bool) -> None:
        """The event loop runs.

        Args:
            waiting: whether there is something to read.
        """
        self._beat = time.monotonic()
        self.reading = reading
        if not waiting and not self.busy:
            self.watchdog.progress()

    def tries_again(self, what: str, call: str) -> None:
        """A call failed, because a part that it needs does not answer: the worker waits, and does not hang."""
        self._waits.add((what, call))
        self.watchdog.progress()

    def answers(self, what: str, call: str) -> None:
        """The call succeeded; another one may not: a database that is locked can be read."""
        self._waits.discard((what, call))

    def alive(self) -> str | None:
        """What is so wrong that the process must be started again."""
        if self.fault is not None:
            return f"stopped: {self.fault}"
        return f"no sign of life for {self._silent_s:.0f} s" if self._silent_s > _SILENCE_S else None

    def ready(self) -> str | None:
        """What keeps it from its work."""
        if self._waits:
            return f"waits for {' and '.join(sorted({what for what, _ in self._waits}))}"
        if not self.broker:
            return "waits for the broker"
        if not self.reading:
            return "waits for its partitions"
        still_s = self.watchdog.still_s
        return f"no progress for {still_s:.0f} s" if still_s > _STILL_S else None

    @property
    def _silent_s(self) -> float:
        return time.monotonic() - self._beat

    def _down(self) -> str | None:
        if self.busy or self._silent_s > _SILENCE_S or reach.broker_answers(self._settings):
            return None
        return "broker"
