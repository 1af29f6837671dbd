"""A store of an earlier version is taken over in place, on both kinds of it."""

from contextlib import closing

import pytest
from sqlalchemy import Inspector, inspect, select, text, update

from engine.store import ab80f5a
from saingan.engine.store.migrations import VERSION
from saingan.engine.store.opening import create_missing, create_tables, open_engine, transaction
from saingan.engine.tables import lease, schema_version
from saingan.errors import Fault, Transient
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.standard.identity import partition
from saingan.topics import EMPLOYMENT
from saingan.verify.compare import fingerprint
from saingan.verify.outcomes.check import CHECK
from saingan.verify.snapshot import snapshot
from saingan.verify.store import Store
from support.make import employment
from support.store_bench import OBSERVED_ON, Bench, Sent
from support.stores import create_at_once

# What these say of the build is for the migrations to change.
KEPT = {"employment_outcome", "outcomes_history", "outcomes_outbox", "ledger", "observation", "dead_letter"}


@pytest.fixture
def old(store_url):
    ab80f5a.restore(store_url)
    return store_url


@pytest.fixture
def engine(old):
    engine = open_engine(old)
    yield engine
    engine.dispose()


def content(engine, tables=KEPT):
    with engine.connect() as conn:
        return {name: sorted(map(tuple, conn.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in tables}


def shape(engine):
    """Of each table: the columns in their order, the primary key and the indexes."""
    found: Inspector = inspect(engine)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(index["name"] for index in found.get_indexes(name)),
        )
        for name in found.get_table_names()
    }


def version(engine):
    with engine.connect() as conn:
        return conn.execute(select(schema_version.c.version)).scalar_one()


def hash_of_rows(url):
    with closing(Store(Settings(database=url))) as store, store.reading() as connection:
        return fingerprint(snapshot(connection, CHECK).rows)


def test_the_fixture_has_what_may_get_lost(engine):
    held = content(engine)
    assert len(held["outcomes_history"]) == 36
    assert len(held["employment_outcome"]) == 30  # the others were withdrawn or erased
    assert held["outcomes_outbox"]
    assert len(held["dead_letter"]) == 3
    assert "schema_version" not in inspect(engine).get_table_names()


def test_what_it_holds_stays_and_its_positions_too(old, engine):
    before = content(engine)
    create_tables(engine, OUTCOMES)
    assert content(engine) == before
    assert version(engine) == VERSION
    assert hash_of_rows(old) == ab80f5a.FINGERPRINT


def test_its_tables_are_those_of_a_new_store(engine, tmp_path):
    create_tables(engine, OUTCOMES)
    taken_over = shape(engine)
    if engine.dialect.name == "sqlite":
        new = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
        create_tables(new, OUTCOMES)
        assert taken_over == shape(new)
        new.dispose()
    else:
        with engine.begin() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        create_tables(engine, OUTCOMES)
        assert taken_over == shape(engine)


def test_a_store_that_was_taken_over_is_left_as_it_is(engine):
    create_tables(engine, OUTCOMES)
    before = content(engine, shape(engine))
    create_tables(engine, OUTCOMES)
    assert content(engine, shape(engine)) == before


def test_what_it_took_in_alters_nothing_when_it_comes_again(old):
    with closing(Bench(old, anew=False)) as bench:
        before = bench.rows(), bench.states()
        again = ab80f5a.topics(OUTCOMES, bench.registry.schema_id)
        came = [Sent(topic, partition(owner, topic.partitions), key, value) for topic, key, value, owner in again]
        assert bench.apply(*came) == 0
        assert (bench.rows(), bench.states()) == before


def test_a_further_change_is_folded_into_what_it_kept(old):
    with closing(Bench(old, anew=False)) as bench:
        (person, job, *_), *_ = [
            row for row in bench.rows() if row[OUTCOMES.table.columns.keys().index("current_status")] == "EMPLOYED"
        ]
        ended = employment(person_key=person, record_id=job.replace("G", "S"), record_version=8, change="WITHDRAW")
        assert bench.apply((EMPLOYMENT, ended)) == 1
        columns = OUTCOMES.table.columns.keys()
        row = next(dict(zip(columns, row, strict=False)) for row in bench.rows() if row[:2] == (person, job))
        assert (row["first_job_on"], row["employer_id"]) == (None, None)


def test_workers_that_start_at_once_take_over_once(old):
    engines = [open_engine(old) for _ in range(4)]
    before = content(engines[0])
    create_at_once(engines)
    assert content(engines[0]) == before
    for engine in engines:
        engine.dispose()


def test_a_migration_that_fails_leaves_the_store_as_it_was(engine):
    with engine.begin() as conn:
        conn.execute(text("ALTER TABLE view_build ADD COLUMN lists VARCHAR"))  # the second of its statements fails
    before = shape(engine)
    with pytest.raises((Fault, Transient)):
        create_tables(engine, OUTCOMES)
    assert shape(engine) == before


def test_a_worker_of_the_earlier_version_that_is_at_work_is_waited_for(engine):
    before = shape(engine)
    with transaction(engine) as conn:
        conn.execute(lease.insert().values(name="outcomes", holder="x", expires_at=2.0**40))
    with pytest.raises(Transient, match="stop all workers of that version"):
        create_tables(engine, OUTCOMES)
    assert shape(engine) == before
    with transaction(engine) as conn:
        conn.execute(update(lease).values(expires_at=1.0))
    create_tables(engine, OUTCOMES)
    assert version(engine) == VERSION


def test_a_store_of_a_later_version_is_refused_with_the_way_out(engine):
    create_missing(engine)
    with transaction(engine) as conn:
        conn.execute(update(schema_version).values(version=VERSION + 1))
    before = content(engine, shape(engine))
    way_out = f"the store is of version {VERSION + 1}, .* start the Saingan that made the store.* SAINGAN_DATABASE"
    with pytest.raises(Fault, match=way_out):
        create_tables(engine, OUTCOMES)
    assert content(engine, shape(engine)) == before


def test_what_another_version_of_the_view_kept_is_not_taken_over(engine):
    with transaction(engine) as conn:
        conn.execute(text("UPDATE view_build SET fingerprint = 'of another version'"))
    with pytest.raises(Fault, match=r"another version of the view 'outcomes'.*SAINGAN_DATABASE=.*saingan rebuild"):
        create_tables(engine, OUTCOMES)


def test_its_dates_stay_those_that_it_had(old):
    with closing(Bench(old, anew=False)) as bench:
        ((observed_on,),) = bench.read(text("SELECT observed_on FROM view_build"))
        assert str(observed_on) == OBSERVED_ON.isoformat()
