"""The store at one moment, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, insert, update

from saingan.engine.store.migrations import VERSION
from saingan.engine.tables import (
    history_table,
    ledger,
    metadata,
    outbox_table,
    rederivation,
    schema_version,
    view_build,
)
from saingan.errors import Fault, Transient
from saingan.outcomes.table import RULES, employment_outcome
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from saingan.verify.outcomes.check import CHECK
from saingan.verify.outcomes.rules import Row
from saingan.verify.snapshot import Snapshot, due, snapshot
from saingan.verify.store import Store
from saingan.verify.table import StoredTable
from support.make import OTHER_PERSON, PERSON, employment, graduation
from support.readings import VIEW, begun, changes, stored, table

ROWS = table(
    changes(graduations=[graduation(), graduation(person_key=OTHER_PERSON, record_id="G-9")], jobs=[employment()])
)
OBSERVED_ON, COMPLETE_THROUGH = date(2027, 6, 1), date(2027, 4, 17)


def at(topic, partition, next_offset, view=VIEW):
    return {"view": view, "topic": topic, "partition": partition, "topic_id": "", "next_offset": next_offset}


def person(key, **due):
    return {"key": key, "state": b"", "due_observed": None, "due_complete": None, **due}


@pytest.fixture
def database(store_url: str) -> Iterator[Engine]:
    """A store after some work: two rows, one of them not sent, three positions."""
    engine = create_engine(store_url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for statement in begun(OBSERVED_ON, COMPLETE_THROUGH):
            connection.execute(statement)
        connection.execute(insert(employment_outcome), [stored(row) for row in ROWS.values()])
        connection.execute(insert(outbox_table(VIEW)).values(key=PERSON, row_id="G-1", revision=1))
        positions = [at(GRADUATION.name, 0, 5), at(GRADUATION.name, 3, 7), at(EMPLOYMENT.name, 0, 2)]
        connection.execute(insert(ledger), [*positions, at(GRADUATION.name, 0, 99, view="another")])
    yield engine
    engine.dispose()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    with closing(Store(Settings(database=url))) as store, store.reading() as connection:
        yield connection


def taken(url: str) -> Snapshot:
    with reading(url) as connection:
        return snapshot(connection, CHECK)


def test_a_snapshot_holds_table_positions_dates_and_outbox(database, store_url):
    found = taken(store_url)
    assert found.rows == ROWS
    assert found.positions == {GRADUATION.name: {0: 5, 3: 7}, EMPLOYMENT.name: {0: 2}}
    assert (found.observed_on, found.complete_through) == (OBSERVED_ON, COMPLETE_THROUGH)
    assert found.waiting == {(PERSON, "G-1")}


def test_everything_in_a_snapshot_is_of_one_moment(database, store_url):
    @event.listens_for(Engine, "after_cursor_execute")
    def work_goes_on(connection: Connection, *_: object) -> None:
        if connection.engine is not database:
            with database.begin() as writing:
                writing.execute(update(ledger).values(next_offset=ledger.c.next_offset + 1))
                writing.execute(update(employment_outcome).values(academic_year=employment_outcome.c.academic_year + 1))

    try:
        with database.begin() as writing:
            if database.dialect.name == "sqlite":
                writing.exec_driver_sql("pragma journal_mode=wal")
        first, second = taken(store_url), taken(store_url)
    finally:
        event.remove(Engine, "after_cursor_execute", work_goes_on)

    offsets = [found.positions[EMPLOYMENT.name][0] for found in (first, second)]
    years = [Row._make(found.rows[PERSON, "G-1"]).academic_year for found in (first, second)]
    assert offsets[0] - 2 == years[0] - ROWS[PERSON, "G-1"].academic_year
    assert offsets[1] - offsets[0] == years[1] - years[0] > 0


def test_rows_that_wait_for_the_dates_are_counted_by_person(database, store_url):
    with database.begin() as connection:
        connection.execute(
            insert(history_table(VIEW)),
            [
                person("a", due_observed=date(2027, 6, 1)),
                person("b", due_complete=date(2027, 4, 17)),
                person("c", due_observed=date(2027, 6, 2), due_complete=date(2027, 4, 18)),
                person("d"),
            ],
        )
    assert taken(store_url).due == 2


def test_rows_that_wait_for_new_rules_are_counted_from_where_the_derivation_stands(database, store_url):
    with database.begin() as connection:
        connection.execute(insert(history_table(VIEW)), [person("a"), person("b"), person("c")])
        connection.execute(insert(rederivation).values(view=VIEW, after="a"))
        connection.execute(insert(rederivation).values(view="another", after=""))
    with reading(store_url) as connection:
        assert due(connection, CHECK) == snapshot(connection, CHECK).due == 2


@pytest.mark.parametrize("rules", [RULES - 1, RULES + 1])
def test_rows_that_follow_other_rules_are_not_judged(database, store_url, rules):
    with database.begin() as connection:
        connection.execute(update(view_build).values(rules=rules))
    with pytest.raises(Fault, match=f"follow rules {rules}, and"):
        taken(store_url)


@pytest.mark.parametrize(("version", "way_out"), [(VERSION + 1, "or a later one"), (VERSION - 1, "takes it over")])
def test_a_store_of_another_version_is_a_fault_with_the_way_out(database, store_url, version, way_out):
    with database.begin() as connection:
        connection.execute(update(schema_version).values(version=version))
    with pytest.raises(Fault, match=way_out):
        taken(store_url)


def test_single_rows_can_be_looked_at_again(database, store_url):
    gone = (PERSON, "G-404")
    with reading(store_url) as connection:
        rows, waiting = StoredTable(connection, CHECK.output).current({(PERSON, "G-1"), gone})
    assert rows == {(PERSON, "G-1"): ROWS[PERSON, "G-1"]}
    assert waiting == {(PERSON, "G-1")}


def test_a_store_in_which_no_worker_was_at_work_is_a_fault(store_url):
    with pytest.raises(Fault, match="saingan worker"):
        taken(store_url)


def test_a_store_without_the_view_is_a_fault(store_url):
    engine = create_engine(store_url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(schema_version).values(version=VERSION))
    engine.dispose()
    with pytest.raises(Fault, match="the view outcomes yet: run `saingan worker outcomes`"):
        taken(store_url)


def test_a_view_without_dates_is_a_fault(database, store_url):
    with database.begin() as connection:
        connection.execute(update(view_build).values(observed_on=None, complete_through=None))
    with pytest.raises(Fault, match="dates of observation"):
        taken(store_url)


def test_an_absent_sqlite_file_is_not_made(tmp_path):
    with pytest.raises(Fault, match="does not exist"):
        Store(Settings(database=f"sqlite:///{tmp_path / 'absent.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_transient():
    with pytest.raises(Transient):
        taken("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
