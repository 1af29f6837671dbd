"""Ends a worker that hangs, so that its supervisor starts it again: nothing that is committed can be lost by that.

It counts the seconds without progress of the view that is stillest. Progress is: a batch was applied; a call failed and
will be repeated (to wait for a registry or a database is not to hang); or there is nothing to do. While no broker
answers, the worker waits for the broker, and does not hang either.
"""

import faulthandler
import os
import sys
import threading
from typing import Final, Protocol

import structlog

EXIT_HUNG: Final = 75  # EX_TEMPFAIL of sysexits.h: try again
_TICK_S: Final = 1.0
_LAST_RESORT: Final = 2  # times the limit

log = structlog.get_logger(__name__)


class Watched(Protocol):
    """What is watched: `Vitals` has the meaning of each."""

    @property
    def still_s(self) -> float: ...

    def progress(self) -> None: ...

    def down(self) -> str | None:
        """Asked only when the time is up."""


class Watchdog(threading.Thread):
    """A thread of its own, which needs neither the event loop nor the worker's threads to get on.

    Args:
        limit_s: seconds without progress after which the process ends with status `EXIT_HUNG`; 0 for never.
    """

    def __init__(self, limit_s: float, watched: Watched) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._limit_s = limit_s
        self._watched = watched
        self._stopping = threading.Event()

    def start(self) -> None:
        self._watched.progress()
        if self._limit_s:
            self._arm()  # here: this thread may be kept from its first round
            super().start()

    def stop(self) -> None:
        self._stopping.set()
        faulthandler.cancel_dump_traceback_later()

    def run(self) -> None:
        while not self._stopping.wait(min(_TICK_S, self._limit_s / 4)):
            self._arm()
            if self._watched.still_s < self._limit_s:
                continue
            if (what := self._watched.down()) is not None:
                log.warning("waiting", what=what)
                self._watched.progress()
            elif self._watched.still_s >= self._limit_s and not self._stopping.is_set():
                self._bite()

    def _arm(self) -> None:
        # Whatever keeps even this thread from running, an extension that never lets the interpreter go, meets the C
        # library's own timer, which knows no status but 1.
        faulthandler.dump_traceback_later(_LAST_RESORT * self._limit_s + _TICK_S, exit=True)

    def _bite(self) -> None:
        faulthandler.dump_traceback(all_threads=True)  # where it hangs: files and lines, no values
        log.critical(
            "worker hangs: it ends, to be started again", still_s=round(self._watched.still_s), exit_status=EXIT_HUNG
        )
        sys.stderr.flush()
        os._exit(EXIT_HUNG)
