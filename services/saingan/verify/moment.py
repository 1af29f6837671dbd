"""A follower and its sources at one moment, if it can be one at which nothing is left to be followed.

The engine says when: it keeps the writers waiting for seconds. What the tables are then is judged without it.
"""

from typing import NamedTuple

from sqlalchemy import Connection, select

from saingan.engine.follow import gate
from saingan.engine.store.opening import open_engine
from saingan.engine.tables import view_build
from saingan.settings import Settings
from saingan.verify.check import Check, FollowerCheck, Row, RowKey
from saingan.verify.dates import Dates, days
from saingan.verify.snapshot import Snapshot, snapshot
from saingan.verify.table import StoredTable
from saingan.views import found


class Moment(NamedTuple):
    """
    Attributes:
        waiting: what the follower had still to take in; ``outputs`` and ``dates`` are empty then.
        outputs: the rows of each, and those that are to be sent.
        dates: those that the outputs were made for.
    """

    waiting: int
    sources: list[Snapshot]
    outputs: list[tuple[dict[RowKey, Row], frozenset[RowKey]]]
    dates: Dates | None


def moment(settings: Settings, follower: FollowerCheck, sources: list[Check]) -> Moment:
    """
    Raises:
        Transient: the database does not answer.
        Fault: no worker of this Saingan has been at work.
    """
    engine = open_engine(settings.database_url)
    try:
        with gate.moment(engine, [found(follower.view)]) as (connection, waiting):
            snapshots = [snapshot(connection, source) for source in sources]
            if waiting:
                return Moment(waiting, snapshots, [], None)
            tables = [StoredTable(connection, output) for output in follower.outputs]
            outputs = [(table.rows(), table.waiting()) for table in tables]
            return Moment(0, snapshots, outputs, _dates(connection, follower))
    finally:
        engine.dispose()


def _dates(connection: Connection, follower: FollowerCheck) -> Dates:
    dates = select(view_build.c.observed_on, view_build.c.complete_through).where(view_build.c.view == follower.view)
    return Dates(*map(days, connection.execute(dates).one()))
