"""One table of the store, and which of its rows are not sent yet."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Select, Table, inspect, select

from saingan.engine.tables import outbox_table
from saingan.errors import Fault
from saingan.verify.check import Output, Row, RowKey
from saingan.verify.dates import days

_CHUNK: Final = 1_000


class StoredTable:
    """The table of an output, as it is found in the store, read by one connection's transaction.

    Raises:
        Fault: the store has no such table.
    """

    def __init__(self, connection: Connection, output: Output) -> None:
        if not inspect(connection).has_table(output.table):
            raise Fault(f"the store has no table {output.table} yet: run `saingan worker` first")
        table = Table(output.table, MetaData(), autoload_with=connection)
        self._connection = connection
        self._columns = [table.c[name] for name in output.columns]
        self._keys = output.keys
        self._outbox = outbox_table(output.name).c if output.topic else None

    def rows(self) -> dict[RowKey, Row]:
        """All of it."""
        return self._rows(select(*self._columns))

    def waiting(self) -> frozenset[RowKey]:
        """The keys of all rows that are not sent yet."""
        return frozenset() if self._outbox is None else self._waiting(select(self._outbox.key, self._outbox.row_id))

    def current(self, keys: Collection[RowKey]) -> tuple[dict[RowKey, Row], frozenset[RowKey]]:
        """The rows that stand under these keys, and which of these keys wait to be sent."""
        firsts = sorted({key[0] for key in keys})
        rows: dict[RowKey, Row] = {}
        waiting: set[RowKey] = set()
        for start in range(0, len(firsts), _CHUNK):
            chunk = firsts[start : start + _CHUNK]
            rows |= self._rows(select(*self._columns).where(self._columns[0].in_(chunk)))
            if self._outbox is not None:
                of_chunk = select(self._outbox.key, self._outbox.row_id).where(self._outbox.key.in_(chunk))
                waiting |= self._waiting(of_chunk)
        return {key: rows[key] for key in keys if key in rows}, frozenset(waiting & set(keys))

    def _rows(self, query: Select[Any]) -> dict[RowKey, Row]:
        found = self._connection.execute(query.execution_options(yield_per=_CHUNK))
        rows = (tuple([_plain(value) for value in values]) for values in found)
        return {row[: self._keys]: row for row in rows}

    def _waiting(self, query: Select[Any]) -> frozenset[RowKey]:
        return frozenset(tuple(key)[: self._keys] for key in self._connection.execute(query))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return days(value)
    return tuple(value) if isinstance(value, list) else value
