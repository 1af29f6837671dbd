"""What processes take of the machine: CPU time and memory of trees of processes, as Linux counts them."""

import os
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SAMPLE_S: Final = 0.2  # a high-water mark needs no more
_ENDED: Final = (FileNotFoundError, ProcessLookupError)  # meanwhile
_TIMES: Final = slice(11, 15)  # after the name: utime, stime, and those of reaped children


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and all its descendants, those that have ended included."""
    return sum(sum(map(int, fields[_TIMES])) for _, fields in _tree({pid})) / _TICKS


def peak_bytes(pids: Collection[int]) -> int:
    """Sum of the greatest resident sizes (VmHWM) of the living processes of these trees."""
    return sum(_high_water(pid) for pid, _ in _tree(set(pids)))


class Watch:
    """The peak memory of processes while they run. A context manager."""

    def __init__(self, pids: Collection[int]) -> None:
        self.peak_bytes = 0
        self._pids = pids
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, peak_bytes(self._pids))


def _tree(roots: set[int]) -> Iterator[tuple[int, list[str]]]:
    """Process ids, and the fields of ``/proc/<pid>/stat`` after the name."""
    for pid in roots:
        if fields := _stat(pid):
            yield pid, fields
            yield from _tree(_children(pid))


def _children(pid: int) -> set[int]:
    found: set[int] = set()
    with suppress(*_ENDED):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(*_ENDED):  # a thread; the others go on
                found |= set(map(int, task.read_text().split()))
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except _ENDED:
        return []


def _high_water(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except _ENDED:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
