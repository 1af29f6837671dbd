"""What works on beside a worker's batches: rounds in a thread of their own, until what waits is done."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Final

from sqlalchemy import Connection, Engine

from saingan.engine.store.opening import transaction
from saingan.errors import Transient

_PAUSE_S: Final = 0.2  # between rounds: a key that changes on and on is then taken once a round
_BUSY_PAUSE_S: Final = 10.0  # while the view is behind: its rows will change again, and the processor is needed there
_IDLE_S: Final = 0.5
_PATIENCE_S: Final = 2.0
_DRAIN_PAUSE_S: Final = 0.1  # between two looks, at the end of a worker


class Rounds(threading.Thread):
    """Does rounds until `stop`.

    Args:
        fail: called with an error that ends it before that.

    Attributes:
        full: as much as one round does; after that another one follows at once.
        passing: errors after which it tries again.
    """

    full: int
    passing: ClassVar[tuple[type[Exception], ...]] = (Transient,)

    def __init__(self, name: str, engine: Engine, fail: Callable[[BaseException], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._engine = engine
        self._fail = fail
        self._stopping = threading.Event()
        self._ends_by = 0.0
        self._news = threading.Event()
        self._calm = threading.Event()

    @abstractmethod
    def round(self) -> int:
        """Do what there is, up to a bound; how much."""

    @abstractmethod
    def pending(self, conn: Connection, most: int | None = None) -> int:
        """How much is left, whoever does it; of each kind no more than ``most`` is counted."""

    @abstractmethod
    def failed(self, error: Exception) -> None:
        """A round ended in one of `passing`."""

    @abstractmethod
    def let_go(self) -> None:
        """It ends: leave the work to others."""

    def waiting(self) -> int:
        """How much is left, all of it; `Transient` where the database does not answer."""
        with transaction(self._engine, read_only=True) as conn:
            return self.pending(conn)

    def wake(self, behind: bool = False) -> None:
        """There is new work; ``behind``: and the view has a backlog."""
        (self._calm.clear if behind else self._calm.set)()
        self._news.set()

    def stop(self, within_s: float = 0.0) -> None:
        """End as soon as nothing waits any more, and after ``within_s`` seconds at the latest."""
        self._ends_by = time.monotonic() + within_s
        self._stopping.set()
        self._news.set()
        self._calm.set()

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._news.clear()
                self._round_and_rest()
            while time.monotonic() < self._ends_by and not self._drained():
                time.sleep(_DRAIN_PAUSE_S)
            self.let_go()
        except Exception as error:  # noqa: BLE001 - without it a worker would go on, and this stand still
            self._fail(error)

    def _drained(self) -> bool:
        """Do a round; whether nothing waits any more, whoever has done it."""
        try:
            while self.round():
                if time.monotonic() > self._ends_by:
                    return False
            return self.waiting() == 0
        except self.passing as error:
            self.failed(error)
            return False

    def _round_and_rest(self) -> None:
        try:
            done = self.round()
        except self.passing as error:
            self.failed(error)
            self._stopping.wait(_PATIENCE_S)
            return
        if done:
            self._stopping.wait(_PAUSE_S if done < self.full else 0)
            self._calm.wait(_BUSY_PAUSE_S)
        else:
            self._news.wait(_IDLE_S)
