"""One writer after the other, in the order in which they came.

SQLite lets in whoever happens to ask at the right moment, and its waiting writers ask ever more seldom: one that writes
all the time keeps the others out for as long as it does.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from saingan.errors import Transient


class Turns:
    """Lets the threads of a process in one by one."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, within_s: float) -> Iterator[None]:
        """Wait for one's turn, and keep it for a block.

        Raises:
            Transient: it did not come in time.
        """
        self._wait(within_s)
        try:
            yield
        finally:
            with self._mutex:
                self._pass_on()

    def _wait(self, within_s: float) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(within_s):
            return
        with self._mutex:
            if mine.is_set():  # it came just now
                self._pass_on()
            else:
                self._queue.remove(mine)
        raise Transient("other writers of the SQLite store were at work all the time")

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.popleft().set()
        else:
            self._taken = False


@cache
def turns(database: str) -> Turns:
    """Those of a SQLite file, the same for all its engines in a process."""
    _ = database
    return Turns()
