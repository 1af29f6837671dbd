"""A register is verified from its schema alone, whether it is of persons or not."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Executable, Table, delete, insert, select, update

from saingan import local
from saingan.engine.register import register
from saingan.publish import Publisher
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from saingan.verify import register as verify_register
from saingan.verify.check import Check
from saingan.verify.dates import NO_DATES
from saingan.verify.standing import standing
from support.a_register import JOBS, NAME, WORKSHOP, RegisterWorker, put_into_the_maps, workshop
from support.commands import saingan
from support.exchange_contents import execute, rows, send
from support.make import OTHER_PERSON, PERSON, employment, graduation
from support.verified import verified


@pytest.fixture
def kept(exchange: Settings, store_url: str) -> Iterator[Settings]:
    """Five workshops on three partitions, of which one is withdrawn, and two jobs, each taken in by a worker."""
    settings = exchange.model_copy(update={"database": store_url})
    with pytest.MonkeyPatch.context() as patch:
        put_into_the_maps(settings.home / "schemas", patch)
        local.up(settings)
        with Publisher(settings) as publisher:
            for number in range(5):
                publisher.publish(WORKSHOP.name, workshop(f"W-{number}/1", seats=number or None))
            publisher.publish(WORKSHOP.name, workshop("W-1/1", record_version=2, change="WITHDRAW"))
        send(settings, *((EMPLOYMENT, employment(person_key=person)) for person in (PERSON, OTHER_PERSON)))
        with RegisterWorker(settings, NAME, JOBS, "--until-caught-up") as worker:
            assert worker.wait() == 0, worker.tail()
        yield settings


def workshops() -> Table:
    return register(WORKSHOP).table


def check() -> Check:
    return verify_register.check(WORKSHOP)


def test_its_columns_and_keys_are_those_of_the_view() -> None:
    for topic, keys in ((GRADUATION, 2), (EMPLOYMENT, 2)):
        view, read = register(topic), verify_register.check(topic)
        assert read.view == view.name
        assert read.output.columns == tuple(column.name for column in view.table.columns)[:-4]
        assert read.output.keys == len(view.table.primary_key) == keys


def test_a_row_stands_for_each_record_that_is_there() -> None:
    read = verify_register.check(GRADUATION)
    came = [graduation(), graduation(record_id="G-2"), graduation(record_id="G-2", record_version=2, change="WITHDRAW")]
    stands = standing(((GRADUATION.name, record) for record in came), read.topics)
    assert list(read.rows(stands, NO_DATES)) == [(PERSON, "G-1")]


@pytest.mark.flow
def test_what_a_worker_made_of_registers_is_clean(kept: Settings) -> None:
    report = verified(kept, check())
    assert (report.clean, report.behind) == (True, ())
    assert (report.rows_expected, report.subjects, report.noun) == (4, 5, "record")
    assert (report.observed_on, report.streams[WORKSHOP.name].accepted) == (None, 6)

    done = saingan(kept, "verify")
    assert done.exit_code == 0
    assert "outcomes: not in this store" in done.stdout
    told = json.loads(saingan(kept, "verify", "--json").stdout)
    assert {view: (one["clean"], one["table"]["rows"], one["topic"]) for view, one in told.items()} == {
        JOBS: (True, 2, None),
        NAME: (True, 4, None),
    }


@pytest.mark.flow
def test_each_row_that_is_changed_by_hand_is_found_and_no_id_is_shown(kept: Settings) -> None:
    table = workshops()
    (copied,) = rows(kept, select(table).where(table.c.record_id == "W-0/1"))
    extra = {**copied._mapping, "record_id": "W-9/1"}
    changes: list[Executable] = [
        update(table).where(table.c.record_id == "W-2/1").values(seats=None, open=False),
        delete(table).where(table.c.record_id == "W-3/1"),
        insert(table).values(extra),
    ]
    execute(kept, *changes)
    report = verified(kept, check())
    assert report.counts == {("table", "differing"): 1, ("table", "missing"): 1, ("table", "extra"): 1}
    assert {difference.columns for difference in report.examples} == {("seats", "open"), ()}
    done = saingan(kept, "verify", NAME)
    assert done.exit_code == 1
    assert not any(f"W-{number}" in done.output for number in range(10))
    assert saingan(kept, "verify", JOBS).exit_code == 0
