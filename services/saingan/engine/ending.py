"""Faust's process, which ends in time, whatever hangs: nothing that is committed can be lost by that."""

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

import faust

DEADLINE_S: Final = 9.0  # from the order to stop to the end of the process
ORDERS: Final = frozenset({signal.SIGTERM, signal.SIGINT})


def hold_orders() -> None:
    """Keep the orders to stop for `FaustWorker`; call it before any thread is started, for each inherits it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ORDERS)


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
        deadline = threading.Timer(DEADLINE_S, lambda: os._exit(self._status()))
        deadline.daemon = True
        deadline.start()
        self.loop.call_soon_threadsafe(self._stop_soon)

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
