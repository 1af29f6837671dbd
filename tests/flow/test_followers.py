"""A follower beside a worker: whatever happens to either, its outputs are a function of the outcome table."""

from itertools import count
from signal import SIGKILL

import pytest
from sqlalchemy import select

from saingan.engine.store.observation import days
from saingan.engine.tables import observation
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from saingan.topics import GRADUATION
from support.a_follower import FollowerWorker, put_into_the_map
from support.commands import saingan
from support.exchange_contents import publish, rows, send
from support.make import OTHER_PERSON, PERSON, graduation
from support.persons_per_province import (
    FOLLOWING,
    READ_OUTCOMES,
    counted,
    graduations_of,
    persons_per_province,
)
from support.servers import eventually

pytestmark = pytest.mark.flow

KEYS = FOLLOWING.keys(READ_OUTCOMES)


@pytest.fixture(autouse=True)
def in_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    put_into_the_map(monkeypatch)


class Seen:
    """A row of the outcome table, as the model gets it."""

    def __init__(self, row: object) -> None:
        self.institution_province = row.institution_province  # type: ignore[attr-defined]
        self.graduated_on = days(row.graduated_on)  # type: ignore[attr-defined]


def right(settings: Settings) -> int:
    """Compare the outputs with what the outcome table says; how many rows they have."""
    source = {(row.person_key, row.graduation_id): Seen(row) for row in rows(settings, select(employment_outcome))}
    today = days(rows(settings, select(observation.c.observed_on))[0].observed_on)
    outputs = {row.province: (row.persons, row.graduated) for row in rows(settings, select(persons_per_province))}
    assert outputs == counted(source, today)
    persons = {row.person_key for row in rows(settings, select(graduations_of))}
    assert persons == {person for person, _ in source}
    assert rows(settings, select(KEYS)) == []
    return len(outputs) + len(persons)


def test_the_outputs_are_right_whenever_the_worker_is_killed(stored: Settings) -> None:
    versions = count(1)
    for turn, dies in enumerate(("begin:1", "complete:1", "complete:2", "complete:3"), 1):
        publish(stored, 60, seed=turn)
        with FollowerWorker(stored, dies=dies) as worker:
            while worker.process.poll() is None:  # a change, and another one when it is followed
                version = next(versions)
                send(stored, (GRADUATION, graduation(record_version=version, institution_province=str(10 + version))))
                seen = rows(stored, select(persons_per_province))
                eventually(
                    lambda worker=worker, seen=seen: (
                        worker.process.poll() is not None or rows(stored, select(persons_per_province)) != seen
                    )
                )
            assert worker.process.returncode == -SIGKILL
    with FollowerWorker(stored, "--until-caught-up") as worker:
        assert worker.wait() == 0, worker.tail()
    assert right(stored) > 20
    assert saingan(stored, "verify").exit_code == 0


def test_a_new_store_gives_the_same_outputs_live_and_by_a_rebuild(exchange: Settings, store_url: str) -> None:
    publish(exchange, 80, seed=5)
    with FollowerWorker(exchange, "--until-caught-up") as worker:
        assert worker.wait() == 0, worker.tail()
    rebuilt = exchange.model_copy(update={"database": store_url})
    assert saingan(rebuilt, "rebuild").exit_code == 0
    assert rows(rebuilt, select(persons_per_province)) == []
    with FollowerWorker(rebuilt, "--until-caught-up") as worker:
        assert worker.wait() == 0, worker.tail()
    assert right(rebuilt) == right(exchange) > 20


def test_erase_ends_when_no_output_and_no_set_of_keys_names_the_person(stored: Settings) -> None:
    send(stored, (GRADUATION, graduation()), (GRADUATION, graduation(person_key=OTHER_PERSON)))
    with FollowerWorker(stored, "--until-caught-up") as worker:
        assert worker.wait() == 0, worker.tail()
    assert right(stored) == 3
    assert saingan(stored, "erase", said=PERSON).exit_code == 0
    assert [row.person_key for row in rows(stored, select(graduations_of))] == [OTHER_PERSON]
    assert right(stored) == 2


def test_erase_waits_for_the_follower_of_a_worker_that_runs(stored: Settings) -> None:
    send(stored, (GRADUATION, graduation()), (GRADUATION, graduation(person_key=OTHER_PERSON)))
    with FollowerWorker(stored) as worker:
        worker.until(lambda: len(rows(stored, select(graduations_of))) == 2)
        assert saingan(stored, "erase", said=PERSON).exit_code == 0
        assert [row.person_key for row in rows(stored, select(graduations_of))] == [OTHER_PERSON]
        assert worker.stop() == 0
