"""What the topics and the store of an exchange hold, and what agencies put into them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from confluent_kafka import Producer
from sqlalchemy import Engine, Executable, Row, create_engine, inspect, select
from sqlalchemy.pool import NullPool

import workload
from saingan.engine.store.ledger import Positions
from saingan.engine.tables import dead_letter, ledger, outbox_table
from saingan.exchange.topic_log import Log, Message
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.standard.identity import partition
from saingan.topics import OUTCOME, Topic
from saingan.verify.report import Report
from support.make import Record
from support.verified import verified

STREAMS = tuple(OUTCOMES.streams)
_outbox = outbox_table(OUTCOMES.name)


def publish(settings: Settings, persons: int, seed: int) -> int:
    """Changes of so many persons over the four streams, late, corrected, withdrawn, repeated; how many."""
    return workload.publish(settings, workload.changes(persons, seed))


def send(settings: Settings, *changes: tuple[Topic, Record]) -> None:
    """Publish these records."""
    workload.publish(settings, iter(changes))


def put(settings: Settings, topic: Topic, *messages: tuple[bytes, bytes | None]) -> None:
    """Append raw messages, as keys and values, to the partition of the person whom a key begins with."""
    producer = Producer({"bootstrap.servers": settings.bootstrap})
    for key, value in messages:
        person = key.decode(errors="replace").partition("/")[0]
        producer.produce(settings.wire(topic.name), value, key, partition(person, topic.partitions))
    assert producer.flush(60) == 0
    producer.close()


def messages(settings: Settings, topic: Topic) -> list[Message]:
    with Log(settings) as log:
        return list(log.read(topic.name, *log.bounds(topic.name)))


def ends(settings: Settings, *topics: Topic) -> Positions:
    """Where the topics end; all streams, where none is named."""
    with Log(settings) as log:
        return {
            (topic.name, number): end
            for topic in topics or STREAMS
            for number, end in log.bounds(topic.name)[1].items()
        }


def rows(settings: Settings, statement: Executable) -> list[Row[Any]]:
    """What a query finds in the store; nothing while its tables are not there."""
    with _engine(settings.database_url).connect() as connection:
        found = inspect(connection).has_table(_outbox.name)
        return list(connection.execute(statement)) if found else []


def execute(settings: Settings, *statements: Executable) -> None:
    """Change the store by hand."""
    with _engine(settings.database_url).begin() as connection:
        for statement in statements:
            connection.execute(statement)


def positions(settings: Settings, view: str = OUTCOMES.name) -> Positions:
    """The ledger of a view."""
    held = select(ledger).where(ledger.c.view == view)
    return {(row.topic, row.partition): row.next_offset for row in rows(settings, held)}


def outcome(settings: Settings, person_key: str) -> Row[Any] | None:
    """The first row of a person in the table."""
    found = rows(settings, select(employment_outcome).where(employment_outcome.c.person_key == person_key))
    return found[0] if found else None


def settled(settings: Settings) -> Callable[[], bool]:
    """Whether all that the topics hold now is taken in, and all that came of it, letters too, is on the topics."""
    target = ends(settings)
    waiting = select(_outbox.c.key).union_all(select(dead_letter.c.topic))
    return lambda: positions(settings) == target and not rows(settings, waiting)


def outcomes(settings: Settings, person_key: str) -> list[Message]:
    """What the outcome topic says of a person, oldest first."""
    return [message for message in messages(settings, OUTCOME) if (message.key or b"").startswith(person_key.encode())]


def checked(settings: Settings) -> Report:
    """The report of a verification that finds no differences."""
    report = verified(settings)
    assert report.clean, (report.counts, report.examples)
    return report


@lru_cache
def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)
