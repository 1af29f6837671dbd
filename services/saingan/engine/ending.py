"""Faust's process, which ends in time, whatever hangs: nothing that is committed can be lost by that."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

import faust

DEADLINE_S: Final = 9.0  # from the order to stop to the end of the process


class FaustWorker(faust.Worker):  # type: ignore[misc]
    """Runs a Faust app until a signal, or `end`.

    Args:
        status: asked for the exit status where the deadline ends the process.
    """

    def __init__(self, app: faust.App, status: Callable[[], int]) -> None:
        super().__init__(app, override_logging=False, redirect_stdouts=False, quiet=True)
        self.spinner = None  # it writes to the terminal, quiet or not
        self._status = status

    def end(self) -> None:
        """Stop, from any thread."""
        self.loop.call_soon_threadsafe(self._stop_soon)

    def _stop_soon(self) -> None:
        self._start_deadline()
        self._signal_stop_future = asyncio.ensure_future(self.stop(), loop=self.loop)

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        self._start_deadline()
        super()._schedule_shutdown(signal)

    def _start_deadline(self) -> None:
        deadline = threading.Timer(DEADLINE_S, lambda: os._exit(self._status()))
        deadline.daemon = True
        deadline.start()

    async def _sentinel_task(self) -> None:
        """Faust sleeps for a second here before it closes the loop; all tasks have ended already."""
