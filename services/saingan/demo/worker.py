"""The outcome worker as a process of its own, exactly as an operator starts it, for as long as the demo needs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import TracebackType
from typing import Final, Self

from pydantic import Secret

from saingan.errors import Fault
from saingan.settings import Settings

COMMAND: Final = ("worker", "outcomes")
_GRACE_S: Final = 15.0  # the worker gives itself nine
_TAIL_LINES: Final = 5


class WorkerProcess:
    """A context manager: the worker does not outlive it.

    Attributes:
        log: file to which it writes.
        address: of its metrics.
    """

    def __init__(self, settings: Settings) -> None:
        self.log = settings.home / "logs" / "demo-worker.log"
        port = settings.metrics_port or _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "saingan", *COMMAND],
                env={**os.environ, **_environment(settings), "SAINGAN_METRICS_PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C ends the demo, and the demo ends the worker
            )

    def check(self) -> None:
        """Raises `Fault`, with the end of its log, where it has ended."""
        if self._process.poll() is not None:
            raise Fault(f"the worker ended by itself, with status {self._process.returncode}; {self._tail()}")

    def stop(self) -> float:
        """Ask it to end and wait for that; the seconds it took. Raises `Fault` where it does not end well."""
        self.check()
        asked = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            raise Fault(f"the worker did not end within {_GRACE_S:.0f} s of SIGTERM; {self._tail()}") from None
        if status:
            raise Fault(f"the worker ended with status {status}; {self._tail()}")
        return time.monotonic() - asked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join([f"the end of {self.log}:", *lines])


def _environment(settings: Settings) -> dict[str, str]:
    """The settings as variables, for they may have been given in another way."""
    given = {name: value for name, value in settings if value is not None}
    given["home"] = settings.home.absolute()
    return {
        f"SAINGAN_{name.upper()}": value.get_secret_value() if isinstance(value, Secret) else str(value)
        for name, value in given.items()
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
