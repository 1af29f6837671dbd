"""The relay's rounds, on both kinds of store, into a producer that takes all."""

from typing import Any

from sqlalchemy import NullPool, create_engine, text

from saingan.engine import relay as relaying
from saingan.engine.relay import Relay
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.topics import GRADUATION
from support.make import graduation
from support.servers import eventually
from support.store_bench import Bench, Registry

MANY, FEW = 2_000, 3
PERSONS = [f"{number:032x}" for number in range(MANY)]
TABLES = [table.name for table in (OUTCOMES.table, OUTCOMES.history, OUTCOMES.outbox)]


class Producer:
    """Keeps the keys of what was committed, transaction by transaction."""

    def __init__(self) -> None:
        self.committed: list[list[str]] = []

    def begin_transaction(self) -> None:
        self._open: list[str] = []

    def produce(self, _topic: str, *, key: bytes, **_: Any) -> None:
        self._open.append(key.decode())

    def commit_transaction(self, _timeout: float) -> None:
        self.committed.append(self._open)


def relay_of(bench: Bench) -> tuple[Relay, Producer]:
    assert OUTCOMES.topic is not None
    relay = Relay(OUTCOMES, Settings(), bench.engine, Registry([OUTCOMES.topic]), bench.metrics, lambda _: None)
    relay._producer = producer = Producer()
    return relay, producer


def graduate(bench: Bench, *persons: str, version: int = 1) -> None:
    made = (graduation(person_key=person, record_version=version, subfield_code=f"{version:07}") for person in persons)
    bench.apply(*((GRADUATION, record) for record in made))


def keys(*persons: str) -> list[str]:
    return [f"{person}/G-1" for person in persons]


def test_a_full_round_is_followed_by_the_keys_after_it_and_the_last_by_those_from_the_start(bench, monkeypatch):
    monkeypatch.setattr(relaying, "_ROWS", 2)
    relay, producer = relay_of(bench)
    first, second, third, fourth, fifth = PERSONS[:5]
    graduate(bench, second, third, fourth)
    relay.round()
    graduate(bench, first, fifth)
    for _ in range(4):
        relay.round()
    assert producer.committed == [keys(second, third), keys(fourth, fifth), keys(first)]
    assert bench.outbox() == set()


def test_a_key_that_changes_after_it_was_passed_is_sent_again(bench, monkeypatch):
    monkeypatch.setattr(relaying, "_ROWS", 2)
    relay, producer = relay_of(bench)
    graduate(bench, *PERSONS[:3])
    relay.round()
    graduate(bench, PERSONS[0], version=2)
    for _ in range(2):
        relay.round()
    assert producer.committed == [keys(*PERSONS[:2]), keys(PERSONS[2]), keys(PERSONS[0])]
    assert bench.outbox() == set()


def rows_read(url: str) -> int:
    """Rows of the view's tables that PostgreSQL has looked at; it knows when all others have closed their sessions."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    read = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables WHERE relname = ANY(:names)"
    # A transaction sees who is connected as it was when it first asked.
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        assert eventually(lambda: conn.execute(text(others)).scalar_one() == 0)
        return int(conn.execute(text(read), {"names": TABLES}).scalar_one())


def test_few_changes_cost_few_rows_read_however_large_the_table(postgres_url):
    """Its statistics, which PostgreSQL has not gathered yet, may speak for reading all of it."""
    bench = Bench(postgres_url)
    graduate(bench, *PERSONS)
    bench.forget_outbox()
    relay, producer = relay_of(bench)
    bench.close()
    before = rows_read(postgres_url)
    graduate(bench, *PERSONS[:FEW], version=2)
    bench.sweep()
    relay.round()
    bench.close()
    assert producer.committed == [keys(*PERSONS[:FEW])]
    assert rows_read(postgres_url) - before < 20 * FEW
