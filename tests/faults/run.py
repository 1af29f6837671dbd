"""One run of a scenario: an exchange and a store of its own, writers, workers, faults and how long each was felt."""

import random
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import workload
from faults import applied
from faults.place import Place
from faults.truth import Truth
from saingan import local
from saingan.engine.store.ledger import Positions
from saingan.engine.store.opening import create_tables, open_engine
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from support import exchange_contents as held
from support import servers
from support.commands import PATIENCE_S, Worker

SMALL = 50  # records a transaction, so that there are many and each fault meets one
_TESTS = Path(__file__).parents[1]
_TICK_S = 0.02
_LOCKED_S = 5.0  # no live worker's transaction takes longer here


class FaultWorker(Worker):
    """A worker of `faults.worker`."""

    command = (sys.executable, "-m", "faults.worker")
    path = f"{_TESTS}:{_TESTS.parent / 'benchmarks'}"


class Mark(NamedTuple):
    """The moment of a fault.

    Attributes:
        acked: how far the broker had taken the writers' records by then.
    """

    at: float
    acked: Positions


@dataclass
class Run:
    """What a scenario works with; made by `open_run`.

    Attributes:
        settings: topics under a prefix, and a store, of the run's own.
        folder: of the truth, the acks and the workers' logs.
        recoveries: seconds from each fault, see `recovered`.
        advance: told of each round that is over.
        kind: of the workers that it starts.
    """

    place: Place
    settings: Settings
    folder: Path
    seed: int
    rounds: int
    truth: Truth
    stack: ExitStack
    advance: Callable[[], None]
    recoveries: list[float] = field(default_factory=list)
    traffic: bool = False
    writers: int = 0  # so far: each writes of other persons, for what is sent again changes nothing
    kind: type[FaultWorker] = FaultWorker

    def each_round(self) -> Iterator[int]:
        for number in range(self.rounds):
            yield number
            self.advance()

    def worker(self, *options: str, **variables: object) -> FaultWorker:
        """Start a worker, of small transactions unless told otherwise; the run's end kills it if it still lives."""
        return self.stack.enter_context(self.kind(self.settings, *options, **{"poll_records": SMALL} | variables))

    def armed(self, point: str, nth: int, signal_name: str = "SIGKILL", **variables: object) -> FaultWorker:
        """Start a worker that sends itself a signal when it passes a failpoint for the nth time."""
        return self.worker(faults_point=point, faults_pass=nth, faults_signal=signal_name, **variables)

    def write(self, persons: int, seed: int | None = None) -> None:
        """Send all changes of so many persons and wait for the broker."""
        self.truth.send(workload.changes(persons, self.seed if seed is None else seed))
        self.truth.flush()

    @contextmanager
    def writing(self, rate: float) -> Iterator[None]:
        """Write about so many changes a second, as long as the block lasts; its end waits for the broker."""
        over, self.traffic = Event(), True
        self.writers += 1
        with ThreadPoolExecutor(1, thread_name_prefix="writer") as pool:
            writer = pool.submit(self._write_on, rate, over, self.seed + self.writers)
            try:
                yield
            finally:
                over.set()
                self.traffic = False
            writer.result()
        self.truth.flush()

    def _write_on(self, rate: float, over: Event, seed: int) -> None:
        changes = workload.changes(sys.maxsize, seed)
        begun, sent = time.monotonic(), 0
        while not over.wait(_TICK_S):
            owed = round((time.monotonic() - begun) * rate) - sent
            sent += owed
            self.truth.send(next(changes) for _ in range(owed))

    def pause(self, seconds: float) -> None:
        """Let a fault fall at a moment of chance's own; nothing is waited for."""
        Event().wait(seconds)

    def fault(self) -> Mark:
        """Mark the moment of a fault."""
        return Mark(time.monotonic(), self.truth.acked())

    def recovered(self, mark: Mark) -> None:
        """Wait until the fault is got over, and note how long after its beginning that was.

        With writers going: until the store has, of every partition, a record that was sent after the fault. Else: until
        it has all that was sent before.
        """
        target = {part: end + self.traffic for part, end in mark.acked.items()}
        wait(lambda: self.taken_in(target), "the fault is not got over")
        self.recoveries.append(time.monotonic() - mark.at)

    def taken_in(self, target: Positions) -> bool:
        positions = self.positions()
        return all(positions.get(part, 0) >= end for part, end in target.items())

    def positions(self) -> Positions:
        """The ledger; empty while the database does not answer."""
        try:
            return held.positions(self.settings)
        except DBAPIError:
            return {}

    def locked(self) -> bool:
        """Whether a process keeps SQLite's lock, and with it everybody from writing."""
        if not self.settings.database_url.startswith("sqlite"):
            return False
        with closing(sqlite3.connect(sqlite_file(self.settings), timeout=_LOCKED_S)) as store:
            try:
                store.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False

    def settle(self, *workers: Worker) -> None:
        """Wait until the workers that live have taken in all there is and sent all of it; then end them by SIGTERM."""
        settled = held.settled(self.settings)
        if not servers.eventually(settled, PATIENCE_S):
            behind = held.ends(self.settings).items() - self.positions().items()
            waiting = len(held.rows(self.settings, select(OUTCOMES.outbox)))
            pages = [(worker.page("/readyz"), worker.page("/healthz")) for worker in workers]
            tails = "\n".join(worker.tail() for worker in workers)
            raise AssertionError(f"no rest: ends {sorted(behind)}, {waiting} in the outbox, {pages}, {tails}")
        for worker in workers:
            worker.until_ready()  # one that was started late does not hear the order to stop yet, and dies of it
            assert worker.stop() == 0, worker.tail()


@contextmanager
def open_run(
    place: Place, store: str, seed: int, rounds: int, advance: Callable[[], None] = lambda: None
) -> Iterator[tuple[Run, random.Random]]:
    """A run, and its source of chance.

    Args:
        store: ``postgresql`` or ``sqlite``.
    """
    folder = place.folder / f"run-{secrets.token_hex(4)}"
    folder.mkdir()
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'store.db'}"
        if store == "postgresql":
            url = stack.enter_context(servers.database(place.postgres))
        settings = Settings(
            home=folder / "exchange",
            kafka=place.settings.bootstrap,
            registry=place.settings.registry_url,
            topic_prefix=f"f{secrets.token_hex(3)}.",
            database=url,
        )
        local.up(settings)
        stack.callback(servers.remove_topics, settings)
        prepare_store(settings)
        truth = stack.enter_context(Truth(settings, folder))
        yield Run(place, settings, folder, seed, rounds, truth, stack, advance), random.Random(seed)


def prepare_store(settings: Settings) -> None:
    """Make the product's tables, and the witness's beside them; an empty store needs it before a worker starts."""
    engine = open_engine(settings.database_url)
    create_tables(engine, OUTCOMES)
    applied.metadata.create_all(engine)
    engine.dispose()


def sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def wait(probe: Callable[[], bool], otherwise: str, timeout_s: float = PATIENCE_S) -> None:
    assert servers.eventually(probe, timeout_s), f"{otherwise} after {timeout_s:.0f} s"
