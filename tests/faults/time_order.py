"""Changes in any order and number, and clocks that are wrong: the table depends on neither."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

import workload
from faults.clock import Clock
from faults.run import FaultWorker, Run, wait
from faults.scenario import Scenario
from saingan.engine.tables import observation
from saingan.outcomes.table import employment_outcome
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support import exchange_contents as held
from support.make import Record
from workload import Change

PERSONS = 2_000  # about 17,000 changes a round, before any is corrected or repeated
REPEATED = 0.3
CORRECTED = 0.1
LATE = 0.05
WINDOW = 10_000
_DAY_MS = 86_400_000
_DAY = timedelta(days=1)


def disorder(run: Run, rng: random.Random) -> None:
    """Two workers, a day ahead and a day behind; the one ahead, which relays, is killed in the middle."""
    for round_number in run.each_round():
        ahead = _off_by(_DAY, run)
        ahead.until(lambda ahead=ahead: ahead.metric("saingan_phase_seconds_count", phase="produce") > 0)  # it relays
        behind = _off_by(-_DAY, run)
        run.truth.send(disordered(workload.changes(PERSONS, run.seed + round_number), rng))
        run.truth.flush()
        ahead.until(lambda: any(run.positions().values()))
        mark = run.fault()
        ahead.kill()
        run.recovered(mark)
        run.settle(behind)


def horizons(run: Run, rng: random.Random) -> None:
    """No event comes any more; each round the clock of a worker that runs goes on by some months."""
    clock = Clock(run.folder / "clock", timedelta(days=-6 * 365))
    run.write(PERSONS)
    worker = run.worker(faults_clock=clock.file, poll_records=50_000)
    worker.until(held.settled(run.settings))
    for _ in run.each_round():
        before = _statuses(run)
        clock.set(clock.ahead + timedelta(days=rng.randint(150, 500)))
        mark = run.fault()
        wait(lambda before=before: _observed_on(run) == clock.today() and _statuses(run) != before, "nothing fell due")
        run.recovered(mark)
    run.settle(worker)


def disordered(changes: Iterable[Change], rng: random.Random) -> Iterator[Change]:
    """Corrected, repeated, recorded by clocks that are wrong, late by a year, and shuffled within a window."""
    window: list[Change] = []
    late: list[Change] = []
    for change in changes:
        for version in corrections(change, rng):
            topic, record = version
            if rng.random() < LATE:  # it happened and was recorded a year before it is sent, after all others
                late.append((topic, {**record, "recorded_at": record["recorded_at"] - 365 * _DAY_MS}))
            else:
                window.extend([version] * (1 + (rng.random() < REPEATED)))
        while len(window) > WINDOW:
            at = rng.randrange(len(window))
            window[at], window[-1] = window[-1], window[at]
            yield window.pop()
    rng.shuffle(window)
    rng.shuffle(late)
    yield from window
    yield from late


def corrections(change: Change, rng: random.Random) -> Iterator[Change]:
    """A change, and now and then corrections of it and of its corrections; some under one version with another content.

    Each by a clock that is off by up to a day in either direction.
    """
    topic, record = change
    version = record["record_version"]
    yield topic, _recorded(record, rng)
    while rng.random() < CORRECTED * 2:
        version += rng.choice((0, 1, 1, 1))
        yield topic, _recorded({**record, "record_version": version, **_other(change, rng)}, rng)


def _recorded(record: Record, rng: random.Random) -> Record:
    return {**record, "recorded_at": record["recorded_at"] + rng.choice((-_DAY_MS, 0, 0, _DAY_MS))}


def _other(change: Change, rng: random.Random) -> dict[str, Any]:
    topic, record = change
    earlier = rng.randrange(60)
    return {
        ENROLMENT: {"status": rng.choice(("STUDYING", "LEFT", "COMPLETED"))},
        GRADUATION: {"graduated_on": record.get("graduated_on", 0) - earlier},
        EMPLOYMENT: {"started_on": record.get("started_on", 0) - earlier, "section": rng.choice((33, 39, 40))},
        CERTIFICATION: {"result": rng.choice(("PASSED", "FAILED"))},
    }[topic]


def _off_by(wrong: timedelta, run: Run) -> FaultWorker:
    return run.worker(faults_clock=Clock(run.folder / f"clock{wrong.days:+}", wrong).file, poll_records=1_000)


def _observed_on(run: Run) -> Any:
    return held.rows(run.settings, select(observation.c.observed_on))[0][0]


def _statuses(run: Run) -> list[Any]:
    table = employment_outcome.c
    columns = (table.person_key, table.graduation_id, table.status_6m, table.status_12m, table.status_24m)
    return sorted(map(tuple, held.rows(run.settings, select(*columns))))


SCENARIOS = (
    Scenario(
        "disorder",
        f"duplicates {REPEATED:.0%}, shuffled over windows of {WINDOW:,}, {LATE:.0%} a year late, corrections of "
        "corrections, registries' and workers' clocks a day off in both directions; the worker that is ahead is killed",
        disorder,
        3,
        1,
    ),
    Scenario(
        "horizons",
        "no event comes, and the clock of a worker that runs goes on by months: rows follow",
        horizons,
        6,
        1,
        "sqlite",
    ),
)
