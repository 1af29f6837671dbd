"""Workers killed by SIGKILL: at random times, and at named points of their work."""

import random
import signal
from functools import partial

from faults.run import Run
from faults.scenario import Scenario
from saingan.outcomes.view import OUTCOMES

RATE = 200  # changes a second
_PASSES = 20


Options = tuple[tuple[str, ...], ...]

ALIKE: Options = ((), ())
BY_STREAM: Options = tuple(("--stream", topic.name) for topic in OUTCOMES.streams)


def kill_at_random(options: Options, run: Run, rng: random.Random) -> None:
    """Of workers with these options some are killed, now and then all; each is replaced."""
    workers = [run.worker(*each) for each in options]
    for worker in workers:
        worker.until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            before = sum(run.positions().values())
            workers[0].until(lambda before=before: sum(run.positions().values()) > before)
            run.pause(rng.uniform(0, 1))
            victims = rng.sample(range(len(workers)), rng.randint(1, len(workers)))
            mark = run.fault()
            for at in victims:
                workers[at].kill()
                workers[at] = run.worker(*options[at])
            run.recovered(mark)
    run.settle(*workers)


def kill_at(point: str, run: Run, rng: random.Random) -> None:
    """A worker that alone reads and relays kills itself at the point; another one takes over."""
    worker = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            victim = run.armed(point, rng.randint(1, _PASSES))
            assert worker.stop() == 0, worker.tail()
            status = victim.wait()
            mark = run.fault()
            assert status == -signal.SIGKILL, victim.tail()
            worker = run.worker()
            run.recovered(mark)
    run.settle(worker)


AT = {
    "after-decode": "a batch is decoded, no transaction has begun",
    "in-transaction": "states are written, rows and positions not yet",
    "before-commit": "all is written, nothing committed",
    "after-commit": "all is committed, nothing yet produced",
    "after-produce": "the rows are on the topic, the outbox not yet cleared",
}
SCENARIOS = (
    Scenario(
        "kill-worker",
        "of two workers one or both are killed at random times",
        partial(kill_at_random, ALIKE),
        12,
        beside=True,
    ),
    Scenario(
        "kill-worker-sqlite", "the same on SQLite", partial(kill_at_random, ALIKE), 5, store="sqlite", beside=True
    ),
    Scenario(
        "kill-stream-workers",
        "of four workers, each on a stream of its own, so that they meet in the same persons, some are killed",
        partial(kill_at_random, BY_STREAM),
        6,
        beside=True,
    ),
    *(
        Scenario(
            f"kill-{point}",
            f"a worker kills itself when {when}",
            partial(kill_at, point),
            6,
            short=int(point in {"before-commit", "after-produce"}),
            beside=True,
        )
        for point, when in AT.items()
    ),
)
