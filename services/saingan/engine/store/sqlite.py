"""Set-wise reading and writing in SQLite."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Connection, Select, Table

from saingan.engine.core.derived import Row
from saingan.engine.store.columns import Conversion
from saingan.engine.store.statements import Held, in_order, on_conflict


class SqliteBulk:
    """``BEGIN IMMEDIATE`` already lets one writer in at a time; there is nothing more to lock."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._raw = cast("Any", conn.connection.driver_connection)

    def ask(self, question: Select[Any]) -> Callable[[], Any]:
        answer = self.conn.execute(question).one()
        return lambda: answer

    def read(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        wanted = f"SELECT key, state, revision FROM {history.name} WHERE key IN (SELECT value FROM json_each(?))"
        held = in_order(keys, self._raw.execute(wanted, (json.dumps(keys),)))
        return lambda: held

    lock = read

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        self.upsert(history, rows)

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        self._insert(table, rows, "")

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        self._insert(table, rows, on_conflict(table))

    def _insert(self, table: Table, rows: Sequence[Row], otherwise: str) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._raw.executemany(f"INSERT INTO {table.name} VALUES ({marks}) {otherwise}", _kept(table).rows(rows))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        width = len(keys[0])
        where = " AND ".join(f"{column.name} = ?" for column in list(table.columns)[:width])
        self._raw.executemany(f"DELETE FROM {table.name} WHERE {where}", keys)

    clear = delete

    def swap(self, column: Column[Any], rows: Sequence[Row], otherwise: type[Exception]) -> None:
        where = " AND ".join(f"{name} = ?" for name in (*column.table.primary_key.columns.keys(), column.name))
        change = f"UPDATE {column.table.name} SET {column.name} = ? WHERE {where}"
        if self._raw.executemany(change, [(new, *was) for *was, new in rows]).rowcount < len(rows):
            raise otherwise

    def together(self, rows: int, last: bool = False) -> AbstractContextManager[object]:  # noqa: ARG002 - no way to go
        return nullcontext()


@cache
def _kept(table: Table) -> Conversion:
    return Conversion(table, lambda kind: kind.in_sqlite)
