"""The store at one moment: table, positions, dates and outbox, all of one transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, create_engine, event, func, inspect, or_, select
from sqlalchemy.exc import OperationalError

from saingan.engine.store.address import address
from saingan.engine.store.migrations import require_current
from saingan.engine.store.tables import dead_letter, history_table, ledger, outbox_table, rederivation, view_build
from saingan.errors import Fault, Transient
from saingan.exchange.topic_log import Positions
from saingan.outcomes.table import LINEAGE, RULES, employment_outcome
from saingan.settings import Settings
from saingan.verify.outcomes.oracle import RowKey
from saingan.verify.outcomes.rules import Row, days

VIEW: Final = "outcomes"
_CHUNK: Final = 1_000

_COLUMNS: Final = [column for column in employment_outcome.c if column.name not in LINEAGE]
_history: Final = history_table(VIEW)
_outbox: Final = outbox_table(VIEW)
_reconciled: Final = select(view_build.c.reconciled_at).where(view_build.c.view == VIEW)


class Snapshot(NamedTuple):
    """What the store contained at one moment.

    Attributes:
        rows: the table, lineage aside, dates as days since the epoch.
        positions: by topic (the standard's name) and partition, up to where the rows have taken the topics in.
        waiting: keys whose row is not sent yet.
        letters: dead letters that are not sent yet.
        due: persons whose rows must still be derived again, for new dates of observation or new rules.
        unreconciled: the topic was not compared with this store yet, see `engine.reconcile`.
    """

    observed_on: date
    complete_through: date
    rows: dict[RowKey, Row]
    positions: dict[str, Positions]
    waiting: frozenset[RowKey]
    letters: int
    due: int
    unreconciled: bool


class Store:
    """The result store of a deployment, read only.

    Every call raises `Transient` when the database does not answer, and `Fault` where no worker has been at work.
    """

    def __init__(self, settings: Settings) -> None:
        self._engine = _engine(settings.database_url)

    def close(self) -> None:
        self._engine.dispose()

    def snapshot(self) -> Snapshot:
        """The whole table and all that belongs to it."""
        with self._reading() as connection:
            dates = _dates(connection)
            positions: dict[str, Positions] = {}
            for topic, partition, next_offset in connection.execute(
                select(ledger.c.topic, ledger.c.partition, ledger.c.next_offset).where(ledger.c.view == VIEW)
            ):
                positions.setdefault(topic, {})[partition] = next_offset
            return Snapshot(
                dates.observed_on,
                dates.complete_through,
                _rows(connection, select(*_COLUMNS)),
                positions,
                _waiting(connection, select(_outbox.c.key, _outbox.c.row_id)),
                _number(connection, select(func.count()).select_from(dead_letter).where(dead_letter.c.view == VIEW)),
                _due(connection, dates),
                connection.execute(_reconciled).scalar_one_or_none() is None,
            )

    def due(self) -> int:
        """How many persons' rows must still be derived again."""
        with self._reading() as connection:
            return _due(connection, _dates(connection))

    def current(self, keys: Collection[RowKey]) -> tuple[dict[RowKey, Row], frozenset[RowKey]]:
        """The rows that stand now under these keys, and which of these keys wait to be sent."""
        persons = sorted({person_key for person_key, _ in keys})
        rows: dict[RowKey, Row] = {}
        waiting: set[RowKey] = set()
        with self._reading() as connection:
            for start in range(0, len(persons), _CHUNK):
                chunk = persons[start : start + _CHUNK]
                rows |= _rows(connection, select(*_COLUMNS).where(employment_outcome.c.person_key.in_(chunk)))
                of_chunk = select(_outbox.c.key, _outbox.c.row_id).where(_outbox.c.key.in_(chunk))
                waiting |= _waiting(connection, of_chunk)
        return {key: rows[key] for key in keys if key in rows}, frozenset(waiting & set(keys))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                if not inspect(connection).has_table(employment_outcome.name):
                    raise Fault("the store has no outcome table yet: run `saingan worker outcomes` first")
                require_current(connection)
                yield connection
        except OperationalError as error:
            raise Transient(f"the database does not answer as it should ({type(error.orig).__name__})") from None


def _dates(connection: Connection) -> Any:
    """The dates of observation that the rows are derived under."""
    followed = select(view_build.c.observed_on, view_build.c.complete_through, view_build.c.rules)
    dates = connection.execute(followed.where(view_build.c.view == VIEW)).one_or_none()
    if dates is None or dates.observed_on is None:
        raise Fault("the store has no dates of observation yet: run `saingan worker outcomes` first")
    if dates.rules != RULES:
        raise Fault(
            f"the rows follow rules {dates.rules}, and this Saingan verifies rules {RULES}: "
            "verify with the Saingan that the workers have, or start the workers of this one"
        )
    return dates


def _due(connection: Connection, dates: Any) -> int:
    after = select(rederivation.c.after).where(rederivation.c.view == VIEW).scalar_subquery()
    is_due = or_(
        _history.c.due_observed <= dates.observed_on,
        _history.c.due_complete <= dates.complete_through,
        _history.c.key > after,
    )
    return _number(connection, select(func.count()).select_from(_history).where(is_due))


def _rows(connection: Connection, query: Select[Any]) -> dict[RowKey, Row]:
    found = connection.execute(query.execution_options(yield_per=_CHUNK))
    rows = (Row._make(days(value) if isinstance(value, date) else value for value in values) for values in found)
    return {(row.person_key, row.graduation_id): row for row in rows}


def _number(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())


def _waiting(connection: Connection, query: Select[Any]) -> frozenset[RowKey]:
    return frozenset((person_key, graduation_id) for person_key, graduation_id in connection.execute(query))


def _engine(url: str) -> Engine:
    """An engine whose transactions each see one moment of the store and change nothing."""
    parsed = address(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, isolation_level="REPEATABLE READ").execution_options(postgresql_readonly=True)
    if parsed.database is None or not Path(parsed.database).exists():
        raise Fault("the store does not exist yet: run `saingan worker outcomes` first")
    engine = create_engine(parsed)

    # The driver opens no transaction for a SELECT by itself, so that each would see another moment.
    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN DEFERRED")

    return engine
