"""Rows into a table, and their keys to all who are to know: the one way for views and followers."""

from collections.abc import Collection, Sequence

from saingan.engine.core.derived import Row
from saingan.engine.result import Result, RowKey
from saingan.engine.store.bulk import Bulk


def write(
    store: Bulk, result: Result, rows: Sequence[Row], gone: Sequence[Row], touched: Collection[RowKey], revision: int
) -> None:
    """Write and remove rows, and put their keys into the outbox and the sets of the readers.

    Args:
        rows: as the table's columns.
        gone: primary keys.
        touched: of both, key and row id.
    """
    if rows:
        store.upsert(result.table, rows)
    if touched:
        for keys in result.sets:
            store.upsert(keys, [(*row, revision) for row in touched])
    if gone:
        store.delete(result.table, gone)
