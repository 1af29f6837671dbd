"""The position ledger: where each partition goes on, moved only in the transaction of the results.

A worker moves a position from where its batch began; a zombie, whose partition another one took over, finds it moved
already and rolls back.
"""

from typing import Any

from sqlalchemy import Connection, select

from saingan.engine.core.batch import Batch
from saingan.engine.store.bulk import Bulk
from saingan.engine.tables import ledger
from saingan.errors import Fault
from saingan.topics import Topic

Positions = dict[tuple[str, int], int]  # (topic, partition) → next offset


class Conflict(Exception):
    """The batch does not begin where the ledger stands."""


def positions(conn: Connection, view: str) -> Positions:
    rows = conn.execute(select(ledger.c.topic, ledger.c.partition, ledger.c.next_offset).where(ledger.c.view == view))
    return {(row.topic, row.partition): row.next_offset for row in rows}


def advance(store: Bulk, view: str, batch: Batch) -> None:
    """Move every partition of the batch from its start to its end.

    Raises:
        Conflict: one of them stands elsewhere; nothing may be committed.
    """
    places = [(view, part.topic.name, part.partition, part.start, part.end) for part in batch]
    if places:
        store.swap(ledger.c.next_offset, places, Conflict)


def open_partition(conn: Connection, view: str, topic: Topic, partition: int, topic_id: str, log: range) -> int:
    """The offset at which to read a partition on; a new one is entered at the log's start.

    Args:
        topic_id: the broker's id of the topic: one that is created anew gets another.
        log: offsets in the log, from its start to its end.

    Raises:
        Fault: the log was recreated or cut off below the ledger: the missing records cannot be read from it.
    """
    where = (ledger.c.view == view, ledger.c.topic == topic.name, ledger.c.partition == partition)
    row = conn.execute(select(ledger.c.topic_id, ledger.c.next_offset).where(*where)).one_or_none()
    if row is None:
        values: dict[str, Any] = {"topic_id": topic_id, "next_offset": log.start}
        conn.execute(ledger.insert().values(view=view, topic=topic.name, partition=partition, **values))
        return log.start
    next_offset: int = row.next_offset
    check_log(topic, partition, next_offset, log)
    if row.topic_id != topic_id:
        raise Fault(_lost(topic, partition, "the topic was created anew since this table was built"))
    return next_offset


def check_log(topic: Topic, partition: int, next_offset: int, log: range) -> None:
    """Raise a `Fault` if a log no longer has the next record."""
    if next_offset < log.start:
        raise Fault(_lost(topic, partition, f"the log begins at {log.start}, the table stands at {next_offset}"))
    if next_offset > log.stop:
        raise Fault(_lost(topic, partition, f"the log ends at {log.stop}, the table stands at {next_offset}"))


def _lost(topic: Topic, partition: int, what: str) -> str:
    return (
        f"{topic.name}[{partition}]: {what}. Restore the topic, or empty the database and start the worker again: "
        "it rebuilds the table from the topics"
    )
