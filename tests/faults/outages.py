"""Broker, database and registry that crash or stop, with writers going. The workers' pages must tell of it."""

import random
from functools import partial

from faults.run import Run
from faults.scenario import Scenario
from support.commands import Worker

RATE = 300  # changes a second
OK = (200, "ok\n")


def crash(server: str, run: Run, rng: random.Random) -> None:
    kill, start = {
        "the broker": (run.place.crash_broker, run.place.start_exchange),
        "database": (run.place.crash_postgres, run.place.start_postgres),
    }[server]
    workers = [run.worker(), run.worker()]
    for worker in workers:
        worker.until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            run.pause(rng.uniform(0, 1))
            mark = run.fault()
            kill()
            for worker in workers:
                _until(worker, f"waits for {server}")
            start()
            run.recovered(mark)
            for worker in workers:
                worker.until_ready()
    run.settle(*workers)


def stop_registry(seconds: float, run: Run, rng: random.Random) -> None:
    """A worker that has not met the schemas must wait for them, and make no dead letters meanwhile."""
    for _ in run.each_round():
        worker = run.worker().until_ready()
        mark = run.fault()
        run.place.stop_registry()
        with run.writing(RATE):
            _until(worker, "waits for registry")
            before = run.positions()
            run.pause(seconds)
            assert worker.page("/readyz") == (503, "waits for registry\n"), worker.tail()
            assert worker.page("/healthz") == OK, worker.tail()
            assert run.positions() == before, "something was taken in without its schema"
            run.place.start_exchange()
            run.recovered(mark)
        run.settle(worker)


def _until(worker: Worker, waits: str) -> None:
    """Wait until a worker says what it waits for, and that it is alive: another start would not help."""
    worker.until(lambda: worker.page("/readyz") == (503, f"{waits}\n"))
    assert worker.page("/healthz") == OK, worker.tail()


SCENARIOS = (
    Scenario(
        "crash-broker", "the broker is killed by SIGKILL, two workers, writers going", partial(crash, "the broker"), 20
    ),
    Scenario(
        "crash-postgres",
        "PostgreSQL is shut down at once (`immediate`), two workers, writers going",
        partial(crash, "database"),
        20,
        short=1,
    ),
    Scenario(
        "stop-registry",
        "the registry is stopped for 60 s before a worker has met any schema; it must wait, and make no dead letters",
        partial(stop_registry, 60),
        1,
    ),
    Scenario("stop-registry-briefly", "the same for 3 s", partial(stop_registry, 3), 1, short=1),
)
