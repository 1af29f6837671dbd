"""The store is lost, and rows are withdrawn while there is none: the outcome topic must not keep them."""

import random
import subprocess
from collections.abc import Iterable
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

from sqlalchemy import select

from faults import truth
from faults.run import Run, prepare_store, sqlite_file
from faults.scenario import Scenario
from saingan.engine.reconcile import AT_LEAST, MOST
from saingan.engine.store.ledger import Positions
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION, OUTCOME
from support import exchange_contents as held
from support import servers
from support.commands import PATIENCE_S, SAINGAN, environment

PERSONS = 150  # whose changes are sent each round
WITHDRAWN = 20  # before a worker begins on the empty store, and as many while it is at work
KILLED_AT = ("in-comparison", "in-reconciliation", "after-reconciliation")

RowKey = tuple[str, str]  # person key, graduation


class OnTopic(NamedTuple):
    """The outcome topic's keys, by what its messages from some moment on say of each."""

    standing: set[RowKey]
    withdrawn: set[RowKey]  # by any of the messages


def withdrawn_meanwhile(run: Run, rng: random.Random) -> None:
    """The worker that compares topic and table is killed at each step of it, one after the other."""
    for number in run.each_round():
        run.write(PERSONS, run.seed + number)
        run.settle(run.worker())
        before = held.ends(run.settings, OUTCOME)
        gone = rng.sample(sorted(_rows(run.settings)), 2 * WITHDRAWN)
        lose(run)
        mark = run.fault()
        _withdraw(run, gone[:WITHDRAWN])
        _one_stream_withdraws_nothing(run)
        for point in KILLED_AT:
            victim = run.armed(point, rng.randint(1, OUTCOME.partitions) if point == "in-comparison" else 1)
            assert victim.wait() == -SIGKILL, victim.tail()
            if point == "in-comparison":
                _withdraw(run, gone[WITHDRAWN:])
        worker = run.worker()
        run.recovered(mark)
        run.settle(worker)
        found = _on_topic(run.settings, before)
        assert found.standing == _rows(run.settings), "keys on the topic are not those of the table"
        assert found.withdrawn == set(gone), "other keys were withdrawn than those that must be"


def _one_stream_withdraws_nothing(run: Run) -> None:
    """A worker that has taken in one stream alone sees no row at all, and must not take that for the truth."""
    worker = run.worker("--stream", EMPLOYMENT.name)
    worker.until(lambda: run.taken_in(held.ends(run.settings, EMPLOYMENT)))
    looked = worker.metric("saingan_phase_seconds_count", phase="produce")
    # Its relay looks for something to send again and again, and it, as often, for something to withdraw.
    worker.until(lambda: worker.metric("saingan_phase_seconds_count", phase="produce") > looked + 6)
    assert worker.stop() == 0, worker.tail()


def half_restored(run: Run, rng: random.Random) -> None:
    """The topics come back without their older half: the worker stops, and withdraws only what an operator lets go."""
    for _ in run.each_round():
        held.publish(run.settings, PERSONS, run.seed - 1)  # nobody will know of it: no part of the truth
        cut = held.ends(run.settings)
        run.write(PERSONS)
        run.settle(run.worker())
        topic = _on_topic(run.settings)
        servers.cut_off(run.settings, cut)
        lose(run)

        worker = run.worker()
        assert worker.wait() == 1, worker.tail()
        assert "saingan rebuild --reconcile" in worker.tail()
        rest = _rows(run.settings)
        missing = topic.standing - rest
        assert len(missing) >= AT_LEAST, len(missing)
        assert len(missing) > MOST * len(topic.standing), (len(missing), len(topic.standing))
        assert _on_topic(run.settings) == topic, "something was withdrawn before the operator said so"

        command = (*SAINGAN, "rebuild", "--reconcile")
        subprocess.run(command, env=environment(run.settings), check=True, capture_output=True, timeout=PATIENCE_S)
        run.settle(run.worker())
        found = _on_topic(run.settings)
        assert found.standing == rest == _rows(run.settings), "keys on the topic are not those of the table"
        assert found.withdrawn - topic.withdrawn == missing, "other keys were withdrawn than those that must be"


def lose(run: Run) -> None:
    """The store is gone, and an empty one stands in its place; no worker may run."""
    if run.settings.database_url.startswith("sqlite"):
        for rest in ("", "-wal", "-shm"):
            Path(f"{sqlite_file(run.settings)}{rest}").unlink(missing_ok=True)
    else:
        servers.empty(run.settings.database_url)
    prepare_store(run.settings)


def _withdraw(run: Run, gone: Iterable[RowKey]) -> None:
    """Withdraw the graduations that these rows are of."""
    sent = (one.record for one in truth.read(run.folder) if one.topic is GRADUATION and one.record)
    newest = {(record["person_key"], record["record_id"]): record for record in sent}
    for key in gone:
        version = newest[key]["record_version"] + 1
        run.truth.send([(GRADUATION, {**newest[key], "record_version": version, "change": "WITHDRAW"})])
    run.truth.flush()


def _rows(settings: Settings) -> set[RowKey]:
    key = select(employment_outcome.c.person_key, employment_outcome.c.graduation_id)
    return {(person, graduation) for person, graduation in held.rows(settings, key)}


def _on_topic(settings: Settings, since: Positions | None = None) -> OnTopic:
    """What the whole outcome topic says now.

    Args:
        since: where a tombstone must lie to count as a withdrawal; None for anywhere.
    """
    standing, withdrawn = dict[RowKey, bool](), set[RowKey]()
    for message in held.messages(settings, OUTCOME):
        person, _, graduation = (message.key or b"").decode().partition("/")
        standing[person, graduation] = message.value is not None
        if message.value is None and message.offset >= (since or {}).get((OUTCOME.name, message.partition), 0):
            withdrawn.add((person, graduation))
    return OnTopic({key for key, stands in standing.items() if stands}, withdrawn)


SCENARIOS = (
    Scenario(
        "store-lost-then-withdrawn",
        "the database is dropped, rows are withdrawn, a worker begins on an empty one and is killed at each step of "
        "reconciling; then no key stands on the outcome topic without a row, and no other key was withdrawn",
        withdrawn_meanwhile,
        4,
        short=1,
        beside=True,
    ),
    Scenario(
        "store-lost-then-withdrawn-sqlite",
        "the same with SQLite's file",
        withdrawn_meanwhile,
        2,
        store="sqlite",
        beside=True,
    ),
    Scenario(
        "half-restored",
        "the store is lost, and of the topics only the newer half comes back: the worker stops, and withdraws nothing "
        "until an operator runs `saingan rebuild --reconcile`",
        half_restored,
        1,
        short=1,
        beside=True,
    ),
)
