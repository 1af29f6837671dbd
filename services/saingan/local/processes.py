"""Server processes that outlive the command that started them: start one, know it again, stop it.

A process is known by its whole command line, which holds paths of its own home: a number that the system has since
given to another process is never taken for ours.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from saingan.errors import Fault

_POLL_S = 0.05
_GRACE_S = 20.0  # Kafka writes its state down on SIGTERM; after that long it is not going to
_TAIL_LINES = 12


@dataclass(frozen=True)
class Process:
    """The process of one server of a local exchange; ``home`` is the exchange's folder."""

    name: str
    home: Path

    @property
    def log(self) -> Path:
        return self.home / "logs" / f"{self.name}.log"

    @property
    def _note(self) -> Path:
        """First line the process id, then the command line, one argument a line."""
        return self.home / "run" / f"{self.name}.pid"

    def pid(self) -> int | None:
        """The process id of what `start` started, while that very process runs."""
        if not self._note.exists():
            return None
        number, _, *arguments = self._note.read_text().splitlines()
        return int(number) if _command_line(int(number)).endswith(" ".join(arguments)) else None

    def start(self, command: list[str]) -> None:
        """Start it, its output going to `log`, in a session of its own: Ctrl-C in a terminal does not reach it."""
        for file in (self._note, self.log):
            file.parent.mkdir(parents=True, exist_ok=True)
        output = (os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        pid = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), *output),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        self._note.write_text("\n".join([str(pid), *command]))
        # A new process has no command line for a moment; one that has ended has none for good.
        settled = time.monotonic() + _POLL_S * 10
        while self.pid() is None and time.monotonic() < settled:
            time.sleep(_POLL_S / 10)

    def wait_until(self, answers: Callable[[], bool], timeout_s: float = 120.0) -> None:
        """Wait until it answers. Raises `Fault`, with the end of its log, when it ends first or does not in time."""
        deadline = time.monotonic() + timeout_s
        while not answers():
            if self.pid() is None:
                raise Fault(f"{self.name} ended while it started; {self._tail()}")
            if time.monotonic() > deadline:
                raise Fault(f"{self.name} did not answer within {timeout_s:.0f} s; {self._tail()}")
            time.sleep(_POLL_S)

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join([f"the end of {self.log}:", *lines])


def stop(processes: Iterable[Process], grace_s: float = _GRACE_S) -> list[Process]:
    """Stop those that run, all at once; they are returned. A process that ignores SIGTERM is killed."""
    running = {process: pid for process in processes if (pid := process.pid())}
    for pid in running.values():
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    for process, pid in running.items():
        while process.pid() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if process.pid():
            _signal(pid, signal.SIGKILL)
        process._note.unlink()
    return list(running)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself meanwhile
        os.killpg(pid, number)


def _command_line(pid: int) -> str:
    """What a process was started with; empty where there is none (a zombie has none)."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listed = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()
