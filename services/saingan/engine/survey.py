"""What is known of a view's work from outside: from the broker, its consumer groups and the store.

Looking changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from confluent_kafka import KafkaException
from sqlalchemy import Connection, Select, func, inspect, select

from saingan.engine.store import ledger
from saingan.engine.store.address import address, digest
from saingan.engine.store.opening import clock, open_engine, transaction
from saingan.engine.tables import dead_letter, lease, observation
from saingan.engine.view import View
from saingan.errors import Fault, SainganError, Transient
from saingan.exchange.kafka import TIMEOUT_S
from saingan.exchange.reach import broker
from saingan.exchange.topic_log import Log
from saingan.letters.handling import dead_letters
from saingan.settings import Settings

_T = TypeVar("_T")
NO_STORE: Final = "no worker has made the tables yet"


class WorkerSeen(NamedTuple):
    """A member of a consumer group of the view."""

    host: str
    partitions: int


class Progress(NamedTuple):
    """Offsets of one stream, over all its partitions: those that are taken in, and those that are not yet."""

    position: int
    lag: int


@dataclass(frozen=True)
class OnBroker:
    """
    Attributes:
        ends: of each partition of the view's streams, by topic and number.
        dead_letters: how many stand in the topic.
    """

    workers: list[WorkerSeen]
    ends: ledger.Positions
    dead_letters: int


@dataclass(frozen=True)
class InStore:
    """
    Attributes:
        relayed: whether a worker has the lease of the outbox.
        outbox, letters: rows and dead letters that wait to be sent.
    """

    positions: ledger.Positions
    relayed: bool
    rows: int
    outbox: int
    letters: int
    observed_on: date
    complete_through: date


@dataclass(frozen=True)
class Survey:
    """What could be learnt, each part with the reason where it could not."""

    broker: OnBroker | str
    store: InStore | str

    def streams(self) -> Mapping[str, Progress]:
        """By topic; empty where either part is unknown."""
        if isinstance(self.broker, str) or isinstance(self.store, str):
            return {}
        found: dict[str, Progress] = {}
        for (topic, partition), end in self.broker.ends.items():
            position = self.store.positions.get((topic, partition), 0)
            before = found.get(topic, Progress(0, 0))
            found[topic] = Progress(before.position + position, before.lag + max(end - position, 0))
        return found


def survey(settings: Settings, view: View) -> Survey:
    """Look, within seconds."""
    return Survey(_asked(_on_broker, settings, view), _asked(_in_store, settings, view))


def _asked(look: Callable[[Settings, View], _T], settings: Settings, view: View) -> _T | str:
    try:
        return look(settings, view)
    except SainganError as error:
        return str(error)


def _on_broker(settings: Settings, view: View) -> OnBroker:
    at_work = workers(settings, view)
    with Log(settings) as log:
        ends = {
            (topic.name, partition): end
            for topic in view.streams
            for partition, end in log.bounds(topic.name)[1].items()
        }
    return OnBroker(at_work, ends, len(dead_letters(settings)))


def workers(settings: Settings, view: View) -> list[WorkerSeen]:
    """The members of the view's consumer groups; `Transient` where the broker does not answer."""
    admin, group = broker(settings), settings.wire(view.group(digest(settings.database_url)))
    try:
        listed = admin.list_consumer_groups(request_timeout=TIMEOUT_S).result().valid
        ids = [one.group_id for one in listed if one.group_id == group or one.group_id.startswith(f"{group}.")]
        described = admin.describe_consumer_groups(ids, request_timeout=TIMEOUT_S) if ids else {}
        members = [member for answer in described.values() for member in answer.result().members]
    except KafkaException as error:
        raise Transient(f"the broker does not list its consumer groups: {error.args[0].str()}") from None
    return [WorkerSeen(member.host.removeprefix("/"), len(member.assignment.topic_partitions)) for member in members]


def _in_store(settings: Settings, view: View) -> InStore:
    url = address(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise Fault(NO_STORE)  # opening it would make it
    engine = open_engine(settings.database_url)
    try:
        with transaction(engine, read_only=True) as conn:
            return _read(conn, view)
    finally:
        engine.dispose()


def _read(conn: Connection, view: View) -> InStore:
    there = inspect(conn)
    dates = conn.execute(select(observation)).first() if there.has_table(observation.name) else None
    if dates is None or not there.has_table(view.table.name):
        raise Fault(NO_STORE)
    of_view = lease.c.name == view.name
    expires_at = conn.execute(select(lease.c.expires_at).where(of_view)).scalar_one_or_none()
    return InStore(
        positions=ledger.positions(conn, view.name),
        relayed=expires_at is not None and expires_at > clock(conn),
        rows=_count(conn, select(func.count()).select_from(view.table)),
        outbox=_count(conn, select(func.count()).select_from(view.outbox)),
        letters=_count(conn, select(func.count()).where(dead_letter.c.view == view.name)),
        observed_on=dates.observed_on,
        complete_through=dates.complete_through,
    )


def _count(conn: Connection, query: Select[Any]) -> int:
    return int(conn.execute(query).scalar_one())
