"""Faust's process, which ends in time, whatever hangs: nothing that is committed can be lost by that."""

import asyncio
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import faust

from saingan.engine.process.retry import Patience
from saingan.engine.process.vitals import Vitals
from saingan.engine.rounds import Rounds
from saingan.errors import SainganError

DEADLINE_S: Final = 9.0  # from the order to stop to the end of the process
_COMMIT_S: Final = 5.0  # before the deadline: then a commit in hand is given up, and only what is committed is sent
_REPORT_S: Final = 1.0  # before the deadline: then the relay is given up, and what waits is counted
_LAST_WORD_S: Final = 0.5  # for a line in the log, of a process in which even that may hang
ORDERS: Final = frozenset({signal.SIGTERM, signal.SIGINT})


def hold_orders() -> None:
    """Keep the orders to stop for `FaustWorker`; call it before any thread is started, for each inherits it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ORDERS)


class FaustWorker(faust.Worker):  # type: ignore[misc]
    """Runs Faust apps in one event loop until a signal, or `end`.

    Args:
        status: asked for the exit status where the deadline ends the process.
        last_word: logs that the deadline ends it.
    """

    def __init__(self, apps: Sequence[faust.App], status: Callable[[], int], last_word: Callable[[], None]) -> None:
        super().__init__(*apps, override_logging=False, redirect_stdouts=False, quiet=True)
        self.spinner = None  # it writes to the terminal, quiet or not
        self._status = status
        self._last_word = last_word
        self._ends_by: float | None = None

    @property
    def told(self) -> bool:
        """Whether anyone wanted it to stop."""
        return self._ends_by is not None

    def end(self) -> None:
        """Stop, from any thread."""
        self.left_s()
        self.loop.call_soon_threadsafe(self._stop_soon)

    def left_s(self) -> float:
        """Seconds until the deadline. The first call sets it."""
        if self._ends_by is None:
            self._ends_by = time.monotonic() + DEADLINE_S
            deadline = threading.Timer(DEADLINE_S, self._exit)
            deadline.daemon = True
            deadline.start()
        return self._ends_by - time.monotonic()

    def _exit(self) -> None:
        logger = threading.Thread(target=self._last_word, daemon=True)
        logger.start()
        logger.join(_LAST_WORD_S)
        os._exit(self._status())

    def _stop_soon(self) -> None:
        self._flag_as_shutdown_by_signal()
        self._signal_stop_future = asyncio.ensure_future(self._stop(), loop=self.loop)

    async def _stop(self) -> None:
        await self.stop()
        if self._starting_fut is not None:
            self._starting_fut.cancel()

    def install_signal_handlers(self) -> None:
        """Faust's own would wait for the event loop, which may hang."""
        faulthandler.register(signal.SIGUSR1)  # shows where each thread is
        threading.Thread(target=self._await_order, name="signals", daemon=True).start()

    def _await_order(self) -> None:
        signal.sigwait(ORDERS)
        self.end()

    async def _sentinel_task(self) -> None:
        """Faust sleeps for a second here before it closes the loop; all tasks have ended already."""


def drain(
    worker: FaustWorker, calls: Iterable[Patience], beside: Sequence[Sequence[Rounds]], vitals: Vitals
) -> int | None:
    """Let the commits in hand come to their end, then what works beside them, as far as the deadline allows.

    Args:
        calls: what may have a commit in hand. No line of theirs follows the last one of the worker.
        beside: followers, and relays that send what these write, too.

    Returns:
        What waits still: changed rows and dead letters; None where the database does not answer.
    """
    for patience in calls:
        patience.finish(worker.left_s() - _COMMIT_S)
    for together in beside:
        for one in together:
            one.stop(worker.left_s() - _REPORT_S)
        while (at_work := [one for one in together if one.is_alive()]) and worker.left_s() > _REPORT_S:
            at_work[0].join(_LAST_WORD_S)
            vitals.progress()  # the deadline ends what hangs here
    try:
        return sum(one.waiting() for together in beside for one in together)
    except SainganError:
        return None
