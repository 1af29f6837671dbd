"""Sets of changed keys, from whoever writes a table to whoever reads it.

The writer puts the keys of the rows that it touches into a set, in the transaction that touches them. The reader takes
keys in their order with the *current* row of each, and clears those that have not changed since: so a row that changed
ten times is read once, and no change stays unread.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, func, select, tuple_

from saingan.engine.store.bulk import bulk

WIDTH: Final = 3  # columns of a set: key, row id, revision


class KeySet:
    """One reader's end of a set.

    Args:
        keys: the set.
        rows: the table whose keys are in it; its primary key is a key, or a key and a row id.
    """

    def __init__(self, keys: Table, rows: Table) -> None:
        same = and_(*(one == of_row for one, of_row in zip(keys.columns, rows.primary_key, strict=False)))
        self._keys = keys
        self._changed_at = rows.c.changed_at
        self._place = tuple_(keys.c.key, keys.c.row_id)
        self._current = select(keys, rows).select_from(keys.outerjoin(rows, same)).order_by(keys.c.key, keys.c.row_id)
        # Where the last full round ended. From the first key on, PostgreSQL would scan the index entries of all rows
        # that are deleted already.
        self._after: tuple[str, str] | None = None

    def take(self, conn: Connection, most: int) -> Sequence[Any]:
        """The next keys: key, row id and revision, then the columns of the row, all null where there is none now."""
        current = self._current if self._after is None else self._current.where(self._place > tuple_(*self._after))
        taken = conn.execute(current.limit(most)).all()
        self._after = tuple(taken[-1][:2]) if len(taken) == most else None
        return taken

    def clear(self, conn: Connection, taken: Sequence[Any]) -> None:
        """Remove the keys that have not changed since they were taken."""
        if taken:
            bulk(conn).clear(self._keys, [row[:WIDTH] for row in taken])

    def count(self, conn: Connection, most: int | None = None) -> int:
        """How many keys are in the set; no more than ``most`` are counted."""
        keys = select(self._keys.c.key).limit(most).subquery()
        return int(conn.execute(select(func.count()).select_from(keys)).scalar_one())

    def oldest(self, conn: Connection, most: int) -> int | None:
        """Of no more than ``most`` keys, when the row that changed first did so, in ms since the epoch."""
        some = self._current.with_only_columns(self._changed_at).limit(most).subquery()
        at: int | None = conn.execute(select(func.min(some.c.changed_at))).scalar_one()
        return at
