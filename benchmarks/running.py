"""A contender at work: its processes, and how far they have come."""

import os
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import create_engine, func, inspect, select

from contenders import LINES, Contender, Job
from place import bare_table
from saingan.engine.tables import ledger
from usage import Watch

PATIENCE_S: Final = 120.0  # beyond what a run may take at `_SLOWEST`
_SLOWEST: Final = 800.0  # events a second
_POLL_S: Final = 0.05
_GRACE_S: Final = 30.0
_QUIET_S: Final = 1.0


class Stuck(Exception):
    """A contender ended, or did not get there in time; with the end of its log."""


class Running:
    """A contender's processes; a context manager that leaves none behind.

    Attributes:
        cpu_s: of each process, once `end` was called, its start and its end included.
        peak_bytes: of all processes together.
    """

    def __init__(self, contender: Contender, job: Job) -> None:
        self.contender = contender
        self.cpu_s: list[float] = []
        self._job = job
        self._said = 0
        self._has_ledger = False
        self._saying = threading.Lock()
        self._stack = ExitStack()
        self._log = job.folder / "contender.log"
        self._engine = create_engine(job.settings.database_url, isolation_level="AUTOCOMMIT")
        if contender.store and not contender.ours:
            bare_table().create_all(self._engine)
        self._stack.callback(self._engine.dispose)
        self.started = time.monotonic()
        self._processes = [self._start(*command) for command in contender.commands(job)]
        self._watch = self._stack.enter_context(Watch([process.pid for process in self._processes]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        for process in self._processes:
            if process.returncode is None:
                process.kill()
                process.wait()
        self._stack.close()

    @property
    def peak_bytes(self) -> int:
        return self._watch.peak_bytes

    def settled(self) -> int:
        """Events whose rows other connections can read."""
        if self.contender.progress == LINES:
            with self._saying:
                return self._said
        with self._engine.connect() as connection:
            self._has_ledger = self._has_ledger or inspect(connection).has_table(ledger.name)
            if not self._has_ledger:
                return 0
            return int(connection.execute(select(func.coalesce(func.sum(ledger.c.next_offset), 0))).scalar_one())

    def until(self, events: int) -> list[tuple[float, int]]:
        """Wait until so many have settled; when it was how many, where it changed."""
        deadline = time.monotonic() + PATIENCE_S + events / _SLOWEST
        seen: list[tuple[float, int]] = []
        while not seen or seen[-1][1] < events:
            settled, now = self.settled(), time.monotonic()
            if settled > (seen[-1][1] if seen else 0):
                seen.append((now, settled))
            elif now > deadline or not self._lives():
                raise Stuck(f"{self.contender.name} has settled {settled:,} of {events:,} events; {self._tail()}")
            time.sleep(_POLL_S)
        return seen

    def until_quiet(self) -> None:
        """Wait until nothing more has settled for a while: one that counts a repeated event twice is not cut off."""
        before, settled = -1, self.settled()
        while settled != before:
            time.sleep(_QUIET_S)
            before, settled = settled, self.settled()

    def end(self, timeout_s: float = PATIENCE_S) -> None:
        """Let it end, where it does so by itself, or tell it to."""
        deadline = time.monotonic() + timeout_s
        told = self._job.live or self.contender.progress == LINES
        for process in self._processes if told else ():
            process.terminate()
        for process in self._processes:
            usage = self._reap(process, deadline if not told else time.monotonic() + _GRACE_S)
            self.cpu_s.append(usage.ru_utime + usage.ru_stime)
            if process.returncode and not told:
                raise Stuck(f"{self.contender.name} ended with {process.returncode}; {self._tail()}")

    def _reap(self, process: "subprocess.Popen[bytes]", deadline: float) -> Any:
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return usage
            if time.monotonic() > deadline:
                raise Stuck(f"{self.contender.name} does not end; {self._tail()}")
            time.sleep(_POLL_S)

    def _lives(self) -> bool:
        return all(
            process.returncode is None
            and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
            for process in self._processes
        )

    def _start(self, arguments: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        says = self.contender.progress == LINES
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                arguments,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if says else log,
                stderr=log,
            )
        if says:
            listener = threading.Thread(target=self._listen, args=(process,))
            listener.start()
            self._stack.callback(listener.join)
        return process

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.strip().isdigit():
                    with self._saying:
                        self._said += int(line)

    def _tail(self) -> str:
        return "\n".join(["the end of its log:", *self._log.read_text(errors="replace").splitlines()[-15:]])


def job_of(contender: Contender, settings: Any, url: str, folder: Path, programs: Any, live: bool = False) -> Job:
    """A run in a folder of its own, with a database of its own."""
    if contender.store == "sqlite":
        url = f"sqlite:///{folder / 'store.db'}"
    return Job(settings.model_copy(update={"database": url}), folder, programs, live)
