"""Ends a worker that hangs, so that its supervisor starts it again: nothing that is committed can be lost by that.

It counts the seconds without progress. Progress is: a batch was applied; a call failed and will be repeated (to wait
for a registry or a database is not to hang); or there is nothing to do. While no broker answers, the worker waits for
the broker, and does not hang either.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

EXIT_HUNG: Final = 75  # EX_TEMPFAIL of sysexits.h: try again
_TICK_S: Final = 1.0
_LAST_RESORT: Final = 2  # times the limit

log = structlog.get_logger(__name__)


class Watchdog(threading.Thread):
    """A thread of its own, which needs neither the event loop nor the worker's thread to get on.

    Args:
        limit_s: seconds without progress after which the process ends with status `EXIT_HUNG`; 0 for never.
        down: what the worker cannot but wait for, or None; asked only when the time is up.
    """

    def __init__(self, limit_s: float, down: Callable[[], str | None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._limit_s = limit_s
        self._down = down
        self._progress = time.monotonic()
        self._stopping = threading.Event()

    def progress(self) -> None:
        """Something was done, or there is nothing to do."""
        self._progress = time.monotonic()

    @property
    def still_s(self) -> float:
        """Seconds since the last progress."""
        return time.monotonic() - self._progress

    def start(self) -> None:
        self.progress()
        if self._limit_s:
            self._arm()  # here: this thread may be kept from its first round
            super().start()

    def stop(self) -> None:
        self._stopping.set()
        faulthandler.cancel_dump_traceback_later()

    def run(self) -> None:
        while not self._stopping.wait(min(_TICK_S, self._limit_s / 4)):
            self._arm()
            if self.still_s < self._limit_s:
                continue
            if (what := self._down()) is not None:
                log.warning("waiting", what=what)
                self.progress()
            elif self.still_s >= self._limit_s and not self._stopping.is_set():
                self._bite()

    def _arm(self) -> None:
        # Whatever keeps even this thread from running, an extension that never lets the interpreter go, meets the C
        # library's own timer, which knows no status but 1.
        faulthandler.dump_traceback_later(_LAST_RESORT * self._limit_s + _TICK_S, exit=True)

    def _bite(self) -> None:
        faulthandler.dump_traceback(all_threads=True)  # where it hangs: files and lines, no values
        log.critical("worker hangs: it ends, to be started again", still_s=round(self.still_s), exit_status=EXIT_HUNG)
        sys.stderr.flush()
        os._exit(EXIT_HUNG)
