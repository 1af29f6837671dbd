"""A view's part of the store at one moment: table, positions, dates and outbox."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, inspect, or_, select

from saingan.engine.store.migrations import require_current
from saingan.engine.tables import dead_letter, history_table, ledger, rederivation, view_build
from saingan.errors import Fault
from saingan.exchange.topic_log import Positions
from saingan.verify.check import Check, Row, RowKey
from saingan.verify.dates import NO_DATES, Dates, days
from saingan.verify.table import StoredTable


class Snapshot(NamedTuple):
    """What the store contained at one moment.

    Attributes:
        observed_on, complete_through: None for a view without a clock.
        rows: the table, lineage aside, dates as days since the epoch.
        positions: by topic (the standard's name) and partition, up to where the rows have taken the topics in.
        waiting: keys whose row is not sent yet.
        letters: dead letters that are not sent yet.
        due: keys whose rows must still be derived again, for new dates of observation or new rules.
        unreconciled: the topic was not compared with this store yet, see `engine.reconcile`.
    """

    observed_on: date | None
    complete_through: date | None
    rows: dict[RowKey, Row]
    positions: dict[str, Positions]
    waiting: frozenset[RowKey]
    letters: int
    due: int
    unreconciled: bool

    @property
    def dates(self) -> Dates:
        if self.observed_on is None or self.complete_through is None:
            return NO_DATES
        return Dates(days(self.observed_on), days(self.complete_through))


def snapshot(connection: Connection, check: Check) -> Snapshot:
    """The whole table and all that belongs to it, as the connection's transaction sees it.

    Raises:
        Fault: no worker of this Saingan has been at work.
    """
    build = _build(connection, check)
    table = StoredTable(connection, check.output)
    positions: dict[str, Positions] = {}
    for topic, partition, next_offset in connection.execute(
        select(ledger.c.topic, ledger.c.partition, ledger.c.next_offset).where(ledger.c.view == check.view)
    ):
        positions.setdefault(topic, {})[partition] = next_offset
    letters = select(func.count()).select_from(dead_letter).where(dead_letter.c.view == check.view)
    return Snapshot(
        build.observed_on,
        build.complete_through,
        table.rows(),
        positions,
        table.waiting(),
        connection.execute(letters).scalar_one(),
        _due(connection, check, build),
        build.reconciled_at is None,
    )


def views(connection: Connection) -> set[str]:
    """The names of the views that workers have kept in the store."""
    if not inspect(connection).has_table(ledger.name):
        return set()
    require_current(connection)
    return set(connection.execute(select(view_build.c.view)).scalars())


def due(connection: Connection, check: Check) -> int:
    """How many keys' rows must still be derived again.

    Raises:
        Fault: as `snapshot`.
    """
    return _due(connection, check, _build(connection, check))


def _build(connection: Connection, check: Check) -> Any:
    """The dates and rules that the rows are derived under."""
    build = None
    if check.view in views(connection):
        build = connection.execute(select(view_build).where(view_build.c.view == check.view)).one()
    if build is None or (check.clock and build.observed_on is None):
        lacking = "the view" if build is None else "dates of observation for the view"
        raise Fault(f"the store does not have {lacking} {check.view} yet: run `saingan worker {check.view}` first")
    if build.rules != check.rules:
        raise Fault(
            f"the rows follow rules {build.rules}, and this Saingan verifies rules {check.rules}: "
            "verify with the Saingan that the workers have, or start the workers of this one"
        )
    return build


def _due(connection: Connection, check: Check, build: Any) -> int:
    history = history_table(check.view).c
    after = select(rederivation.c.after).where(rederivation.c.view == check.view).scalar_subquery()
    is_due: list[ColumnElement[bool]] = [history.key > after]
    if build.observed_on is not None:
        is_due += [history.due_observed <= build.observed_on, history.due_complete <= build.complete_through]
    return int(connection.execute(select(func.count()).select_from(history.key.table).where(or_(*is_due))).scalar_one())
