"""Workers that come, go and come back from the dead: zombies, and a storm of rebalances."""

import random
import signal
from functools import partial
from pathlib import Path

from faults.run import FaultWorker, Run
from faults.scenario import Scenario
from support.commands import ENDS_S

RATE = 200  # changes a second
_PASSES = 10
_STEP_S = 3.0


def zombie_worker(point: str, run: Run, rng: random.Random) -> None:
    """A worker hangs (SIGSTOP) until another one has taken its partitions over, and goes on (SIGCONT)."""
    other = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            zombie = _hung(point, run, rng)
            mark = run.fault()
            run.recovered(mark)
            zombie.process.send_signal(signal.SIGCONT)
            zombie.until(lambda zombie=zombie: zombie.metric("saingan_ledger_conflicts_total") > 0)
            assert zombie.stop() == 0, zombie.tail()
    run.settle(other)


def _hung(point: str, run: Run, rng: random.Random) -> FaultWorker:
    """A worker that was stopped, and holds no lock that only the end of its process can take from it."""
    while True:
        zombie = run.armed(point, rng.randint(1, _PASSES), "SIGSTOP")
        until_stopped(zombie)
        if not run.locked():
            return zombie
        zombie.kill()


def zombie_relay(run: Run, rng: random.Random) -> None:
    """A relay hangs between sending and committing until another one has its lease, and goes on."""
    for _ in run.each_round():
        with run.writing(RATE):
            zombie = _hung("in-produce", run, rng)
            mark = run.fault()
            other = run.worker()
            other.until(lambda other=other: other.metric("saingan_phase_seconds_count", phase="produce") > 0)
            run.recovered(mark)
            zombie.process.send_signal(signal.SIGCONT)
            zombie.until(lambda zombie=zombie: zombie.metric("saingan_retries_total", what="relay") > 0)
        run.settle(zombie, other)


def storm(run: Run, rng: random.Random) -> None:
    """Every round one of four places is filled, or emptied by SIGTERM or SIGKILL."""
    places: list[FaultWorker | None] = [run.worker() for _ in range(4)]
    leaving: list[FaultWorker] = []
    with run.writing(RATE / 2):
        for _ in run.each_round():
            run.pause(_STEP_S)
            at = rng.randrange(len(places))
            worker = places[at]
            if worker is None:
                places[at] = run.worker()
                continue
            places[at] = None
            if rng.random() < 0.5:
                worker.kill()
            else:
                worker.process.terminate()
                leaving.append(worker)
        mark = run.fault()
        live = [worker or run.worker() for worker in places]
        run.recovered(mark)
    for worker in live:
        worker.until_ready()
    for worker in leaving:
        status = worker.wait(ENDS_S)
        assert status == 0 or (status == -signal.SIGTERM and not worker.events()), worker.tail()  # before it began
    run.settle(*live)


def until_stopped(worker: FaultWorker) -> None:
    def stopped() -> bool:
        return Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    worker.until(stopped)


SCENARIOS = (
    Scenario(
        "zombie-worker",
        "a worker hangs with a decoded batch past the session timeout, another takes over, it wakes: refused",
        partial(zombie_worker, "after-decode"),
        4,
        short=1,
        beside=True,
    ),
    Scenario(
        "zombie-worker-sqlite",
        "the same on SQLite",
        partial(zombie_worker, "after-decode"),
        2,
        store="sqlite",
        beside=True,
    ),
    Scenario(
        "zombie-transaction",
        "a worker hangs just before its commit, holding its locks; PostgreSQL ends its session after 30 s",
        partial(zombie_worker, "before-commit"),
        2,
        beside=True,
    ),
    Scenario(
        "zombie-relay",
        "a relay hangs with an open Kafka transaction past its lease, another takes over, it wakes: fenced",
        zombie_relay,
        3,
        beside=True,
    ),
    Scenario(
        "rebalance-storm",
        "of four workers one is started, ended or killed every 3 s (a round), for five minutes",
        storm,
        100,
    ),
)
