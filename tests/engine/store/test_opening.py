"""Opening the store, on both kinds of it."""

import time

import pytest
from sqlalchemy import inspect, select, text, update

from saingan.engine.store import opening
from saingan.engine.store.bulk import bulk
from saingan.engine.store.opening import clock, create_tables, open_engine, transaction
from saingan.engine.tables import lease, view_build
from saingan.errors import Fault, SainganError, Transient
from saingan.outcomes.view import OUTCOMES
from support.store_bench import Bench
from support.stores import create_at_once


def test_the_tables_are_those_that_the_standard_and_the_design_name(bench):
    assert {
        "employment_outcome",
        "outcomes_history",
        "outcomes_outbox",
        "ledger",
        "observation",
        "dead_letter",
    } <= set(inspect(bench.engine).get_table_names())


def test_creating_what_is_there_changes_nothing(bench):
    before = bench.everything()
    create_tables(bench.engine, OUTCOMES)
    assert bench.everything() == before


def test_workers_that_start_at_once_create_the_tables_once(store_url):
    engines = [open_engine(store_url) for _ in range(4)]
    create_at_once(engines)
    with engines[0].connect() as conn:
        assert conn.execute(select(view_build.c.view)).scalars().all() == ["outcomes"]
    for engine in engines:
        engine.dispose()


def insert(bench, *names):
    with transaction(bench.engine) as conn:
        for name in names:
            conn.execute(lease.insert().values(name=name, holder="y", expires_at=0.0))
            bulk(conn).upsert(OUTCOMES.outbox, [(name, "", 1)])


def test_what_a_failing_transaction_wrote_is_gone(bench):
    with pytest.raises(Transient):
        insert(bench, "one", "two", "one")
    assert not bench.read(select(lease))
    assert not bench.outbox()


def test_an_error_of_ours_rolls_back_and_stays_what_it_is(bench):
    with pytest.raises(ZeroDivisionError), transaction(bench.engine) as conn:
        conn.execute(lease.insert().values(name="x", holder="y", expires_at=1 / 0))
    assert not bench.read(select(lease))


def test_a_bulk_statement_that_the_database_refuses_is_an_error_of_ours_too(store_url):
    bench = Bench(store_url)
    with transaction(bench.engine) as conn:
        conn.execute(text("DROP TABLE outcomes_outbox"))
    with pytest.raises(SainganError):  # SQLite cannot tell a missing table from one that is away
        insert(bench, "one")
    bench.close()


def test_an_error_of_the_database_tells_no_value(bench):
    with pytest.raises(Transient) as caught:
        insert(bench, "secret", "secret")
    assert "secret" not in str(caught.value)


def read_while_killed(bench, killer):
    with transaction(bench.engine) as conn:
        mine = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with transaction(killer) as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        bulk(conn).lock(OUTCOMES.history, ["a"])()


def test_a_database_that_goes_away_is_transient_and_met_again_when_it_is_back(postgres_url):
    bench, killer = Bench(postgres_url), open_engine(postgres_url)
    with pytest.raises(Transient):
        read_while_killed(bench, killer)
    insert(bench, "one")
    assert len(bench.outbox()) == 1
    killer.dispose()
    bench.close()


def in_a_copy(raw):
    raw.execute("CREATE TEMP TABLE stage (LIKE lease)")
    raw.pgconn.exec_(b"COPY stage FROM STDIN")


def after_one_row(raw):
    raw.cursor().executemany("INSERT INTO lease VALUES (%s, %s, %s)", [("b", "hung", 0.0)])


@pytest.mark.parametrize("hang", [in_a_copy, after_one_row])
def test_a_client_that_hangs_keeps_its_locks_no_longer_than_others_wait(postgres_url, monkeypatch, hang):
    """As a worker does that is stopped, or swapped out, where PostgreSQL's own timeout does not see it."""
    monkeypatch.setattr(opening, "LOCK_S", 1)
    monkeypatch.setattr(opening, "HUNG_S", 0)
    bench, hung = Bench(postgres_url), open_engine(postgres_url)
    insert(bench, "a")

    def take():
        with transaction(bench.engine) as conn:
            conn.execute(update(lease).values(holder="next"))

    with hung.connect() as conn:
        conn.execute(update(lease).values(holder="hung"))
        hang(conn.connection.driver_connection)
        with pytest.raises(Transient, match="LockNotAvailable"):
            take()
        take()
        conn.invalidate()
    assert bench.read(select(lease.c.name, lease.c.holder)) == [("a", "next")]
    hung.dispose()
    bench.close()


def test_a_database_that_was_never_there_is_transient():
    engine = open_engine("postgresql+psycopg://saingan@127.0.0.1:1/none")
    with pytest.raises(Transient), transaction(engine):
        pass
    engine.dispose()


def test_a_reader_does_not_wait_for_a_writer(bench):
    with transaction(bench.engine) as conn:
        conn.execute(lease.insert().values(name="x", holder="y", expires_at=0.0))
        assert bench.read(select(lease)) == []
    assert len(bench.read(select(lease))) == 1


@pytest.mark.parametrize("url", ["mysql://x@127.0.0.1/y", "oracle://x@127.0.0.1/y"])
def test_another_database_is_refused_by_name(url):
    with pytest.raises(Fault, match="SQLite and PostgreSQL are supported"):
        open_engine(url)


@pytest.mark.parametrize("url", ["", "nonsense", "127.0.0.1:5432/saingan", "postgresql://user:pass word@:port/db"])
def test_what_is_no_address_of_a_database_is_a_fault_that_names_the_setting(url):
    with pytest.raises(Fault, match="SAINGAN_DATABASE"):
        open_engine(url)


def test_a_plain_postgresql_address_is_opened_with_the_driver_that_is_installed():
    engine = open_engine("postgresql://saingan@127.0.0.1/x")
    assert engine.url.drivername == "postgresql+psycopg"
    engine.dispose()


def test_the_stores_clock_is_that_of_the_machine(bench):
    with transaction(bench.engine) as conn:
        assert abs(clock(conn) - time.time()) < 5
