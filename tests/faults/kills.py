"""Workers killed by SIGKILL: at random times, and at named points of their work."""

import random
import signal
from functools import partial

from faults.run import PATIENCE_S, Run
from faults.scenario import Scenario

RATE = 300  # changes a second
_PASSES = 20


def kill_at_random(run: Run, rng: random.Random) -> None:
    """Of two workers one is killed, now and then both; each is replaced."""
    workers = [run.worker(), run.worker()]
    for worker in workers:
        worker.until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            before = sum(run.positions().values())
            workers[0].until(lambda before=before: sum(run.positions().values()) > before)
            run.pause(rng.uniform(0, 1))
            victims = rng.choice(([0], [1], [0, 1]))
            mark = run.fault()
            for at in victims:
                workers[at].kill()
                workers[at] = run.worker()
            run.recovered(mark)
    run.settle(*workers)


def kill_at(point: str, run: Run, rng: random.Random) -> None:
    """A worker that alone reads and relays kills itself at the point; another one takes over."""
    worker = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            victim = run.armed(point, rng.randint(1, _PASSES))
            assert worker.stop() == 0, worker.tail()
            status = victim.wait(PATIENCE_S)
            mark = run.fault()
            assert status == -signal.SIGKILL, victim.tail()
            worker = run.worker()
            run.recovered(mark)
    run.settle(worker)


AT = {
    "after-decode": "a batch is decoded, no transaction has begun",
    "in-transaction": "positions are moved, states and rows not yet written",
    "before-commit": "all is written, nothing committed",
    "after-commit": "all is committed, nothing yet produced",
    "after-produce": "the rows are on the topic, the outbox not yet cleared",
}
SCENARIOS = (
    Scenario(
        "kill-worker", "two workers, one or both killed at random times, with writers going", kill_at_random, 15, 1
    ),
    Scenario("kill-worker-sqlite", "the same on SQLite", kill_at_random, 6, 0, "sqlite"),
    *(
        Scenario(f"kill-{point}", f"a worker kills itself when {when}", partial(kill_at, point), 6, 1)
        for point, when in AT.items()
    ),
)
