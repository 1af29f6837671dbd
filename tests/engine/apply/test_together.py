"""Statements that go to PostgreSQL together: when they are sent, and what PostgreSQL makes of their end."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import Connection, select, text

from saingan.engine.core.batch import Slice
from saingan.engine.store import ledger, observation
from saingan.engine.store.bulk import bulk
from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import transaction
from saingan.engine.store.statements import Overtaken
from saingan.errors import Fault
from saingan.outcomes.view import OUTCOMES
from saingan.topics import EMPLOYMENT
from support.make import day
from support.servers import eventually
from support.store_bench import OBSERVED_ON, Bench

HISTORY, OUTBOX = OUTCOMES.history, OUTCOMES.outbox


@pytest.fixture
def bench(postgres_url: str) -> Iterator[Bench]:
    with closing(Bench(postgres_url)) as bench:
        yield bench


class Session:
    """What PostgreSQL says of a connection's session."""

    def __init__(self, looking: Connection, watched: Connection) -> None:
        self._looking = looking
        self._pid = {"pid": cast("Any", watched.connection.driver_connection).info.backend_pid}

    @property
    def state(self) -> str | None:
        """None: it has ended."""
        state = text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
        return self._looking.execute(state, self._pid).scalar_one_or_none()


@contextmanager
def watch(bench: Bench, watched: Connection) -> Iterator[Session]:
    looking = bench.engine.execution_options(isolation_level="AUTOCOMMIT")  # in a transaction it sees but once
    with looking.connect() as other:
        yield Session(other, watched)


def test_statements_that_go_together_reach_postgresql_at_the_end_of_the_block_and_not_one_by_one(bench):
    with transaction(bench.engine) as conn:
        bulk(conn).upsert(HISTORY, [("b", b"held", None, None, 7, None)])
    with transaction(bench.engine) as conn, watch(bench, conn) as session:
        store = bulk(conn)
        with store.together(0):
            dates, held = observation.ask(store, OUTCOMES), store.read(HISTORY, ["a", "b"])
            assert session.state == "idle"
        assert session.state == "idle in transaction"
        assert held() == [("a", None, None), ("b", b"held", 7)]
        assert dates().observed_on == day(OBSERVED_ON.isoformat())


def test_what_fails_within_a_block_is_told_at_its_end_and_undoes_all_of_it(bench):
    def fail():
        with transaction(bench.engine) as conn:
            store = bulk(conn)
            with store.together(1):
                store.upsert(OUTBOX, [("a", "x", 1)])
                store.ask(select(text("1 / 0")))

    with pytest.raises(Fault, match="DivisionByZero"):
        fail()
    with transaction(bench.engine) as conn:
        bulk(conn).upsert(OUTBOX, [("b", "x", 1)])
    assert bench.outbox() == {("b", "x")}


def test_the_last_block_of_a_transaction_commits_it(bench):
    with transaction(bench.engine) as conn, watch(bench, conn) as session:
        store = bulk(conn)
        with store.together(0):
            store.read(HISTORY, ["a"])
        with store.together(1, last=True):
            store.upsert(OUTBOX, [("a", "x", 1)])
        assert session.state == "idle"
        assert bench.outbox() == {("a", "x")}


@pytest.mark.parametrize(("built_on", "start", "met"), [(None, 5, Overtaken), (7, 6, Conflict)])
def test_a_last_block_in_which_another_worker_is_met_commits_nothing_and_spoils_nothing(bench, built_on, start, met):
    with transaction(bench.engine) as conn:
        ledger.open_partition(conn, OUTCOMES.name, EMPLOYMENT, 0, "first", range(5, 9))
        bulk(conn).upsert(HISTORY, [("a", b"theirs", None, None, 7, None)])

    def apply(built_on, start):
        with transaction(bench.engine) as conn:
            store = bulk(conn)
            with store.together(2, last=True):
                store.keep(HISTORY, [("a", b"ours", None, None, 9, built_on)])
                store.upsert(OUTBOX, [("a", "x", 1)])
                ledger.advance(store, OUTCOMES.name, [Slice(EMPLOYMENT, 0, start, 8, ())])

    bench.engine.dispose()  # so that a new session meets it with its first batch: nothing is prepared yet
    with pytest.raises(met):
        apply(built_on, start)
    assert bench.outbox() == set()
    apply(built_on=7, start=5)
    assert bench.outbox() == {("a", "x")}


def test_postgresql_itself_ends_a_session_that_hangs_after_a_block(bench):
    with bench.engine.connect() as conn, watch(bench, conn) as session:
        store = bulk(conn)
        with store.together(0):
            store.ask(select(text("set_config('idle_in_transaction_session_timeout', '50ms', true)")))
            store.read(HISTORY, ["a"])
        assert eventually(lambda: session.state is None)
        conn.invalidate()
