"""After a lost store: what the view's topic still says of rows that were withdrawn meanwhile is taken back, once.

An earlier store sent rows to the topic. A new store builds the table from the streams and knows nothing of them: where
a graduation was withdrawn between the two, no row ever comes to be, so no change of a row sends its tombstone. So each
new store compares the keys on the topic with the table. The comparison means something as soon as each partition is
taken in up to where it ended at the store's birth, and no row waits to follow the dates of observation. What it finds
goes into the outbox, and the relay sends the row that stands then, or a tombstone: changes that come meanwhile do no
harm.
"""

import secrets
import time
from collections.abc import Collection, Iterator
from typing import Final

import structlog
from sqlalchemy import Connection, Engine, insert, select, tuple_, update

from saingan.engine.result import RowKey, row_key
from saingan.engine.store import due
from saingan.engine.store.bulk import bulk
from saingan.engine.store.ledger import Positions, positions
from saingan.engine.store.opening import transaction
from saingan.engine.tables import birth, view_build
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.exchange.topic_log import Log

MOST: Final = 0.2  # share of the topic's keys
AT_LEAST: Final = 100  # keys
_CHUNK: Final = 1_000  # keys a statement

log = structlog.get_logger(__name__)


def note_birth(conn: Connection, view: View, ends: Positions) -> None:
    """Note where the streams end while the store is new; once, and not in a store that was reconciled.

    Args:
        ends: of all streams of the view, the next offset by topic and partition.
    """
    of_view = view_build.c.view == view.name
    reconciled_at = conn.execute(select(view_build.c.reconciled_at).where(of_view).with_for_update()).scalar_one()
    noted = conn.execute(select(birth.c.topic).where(birth.c.view == view.name).limit(1)).first()
    if reconciled_at is None and noted is None and ends:
        lines = [
            {"view": view.name, "topic": topic, "partition": partition, "next_offset": end}
            for (topic, partition), end in ends.items()
        ]
        conn.execute(insert(birth), lines)


def done(conn: Connection, view: View) -> bool:
    """Whether the topic has been compared with this store."""
    of_view = view_build.c.view == view.name
    return conn.execute(select(view_build.c.reconciled_at).where(of_view)).scalar_one_or_none() is not None


def outstanding(conn: Connection, view: View) -> bool:
    """Whether the topic is to be compared now: the store has reached the ends of its birth, and nothing is due."""
    if done(conn, view):
        return False
    held = positions(conn, view.name)
    ends = conn.execute(select(birth).where(birth.c.view == view.name)).all()
    if not ends or any(held.get((row.topic, row.partition), 0) < row.next_offset for row in ends):
        return False
    return not due.outstanding(conn, view)


def reconcile(engine: Engine, topic_log: Log, view: View, *, force: bool = False) -> int:
    """Put the keys that stand on the view's topic without a row into the outbox; the number of keys.

    Args:
        force: however many there are.

    Raises:
        Fault: more than a fifth of the topic's keys, and at least 100, would be withdrawn.
        Transient: broker or database does not answer.
    """
    known, extra = 0, set[RowKey]()
    for keys in standing(topic_log, view):
        known += len(keys)
        with transaction(engine, read_only=True) as conn:
            extra |= keys - _with_row(conn, view, keys)
    if not force and len(extra) >= AT_LEAST and len(extra) > MOST * known:
        raise Fault(
            f"{len(extra):,} of the {known:,} keys on the topic of {view.name!r} have no row in this new store. "
            "The streams may be restored in part only: check that they are complete. If the rows are really gone, run "
            "`saingan rebuild --reconcile` to withdraw them from the topic"
        )
    with transaction(engine) as conn:
        of_view = (view_build.c.view == view.name, view_build.c.reconciled_at.is_(None))
        if conn.execute(update(view_build).where(*of_view).values(reconciled_at=time.time_ns() // 1_000_000)).rowcount:
            conn.execute(birth.delete().where(birth.c.view == view.name))
            resend(conn, view, extra)
    log.info("topic reconciled", view=view.name, keys=known, withdrawn=len(extra))
    return len(extra)


def standing(topic_log: Log, view: View) -> Iterator[set[RowKey]]:
    """The rows that the view's topic has, one partition after another; none of a view without one."""
    if view.topic is None:
        return
    topic = view.topic.name
    begins, ends = topic_log.bounds(topic)
    for number in begins:
        last: dict[bytes, bool] = {}
        for message in topic_log.read(topic, {number: begins[number]}, {number: ends[number]}):
            last[message.key or b""] = message.value is not None
        yield {view.sent_row(key) for key, there in last.items() if there}


def resend(conn: Connection, view: View, keys: Collection[RowKey]) -> None:
    """Put rows, or what is left of them, into the outbox."""
    if keys:
        bulk(conn).upsert(view.outbox, [(*key, secrets.randbits(62)) for key in sorted(keys)])


def _with_row(conn: Connection, view: View, keys: set[RowKey]) -> set[RowKey]:
    columns, ordered = list(view.table.primary_key), sorted(keys)
    found: set[RowKey] = set()
    for start in range(0, len(ordered), _CHUNK):
        chunk = [row[: len(columns)] for row in ordered[start : start + _CHUNK]]
        found.update(map(row_key, conn.execute(select(*columns).where(tuple_(*columns).in_(chunk)))))
    return found
