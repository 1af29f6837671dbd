"""Set-wise reading and writing: a batch of thousands of keys is a handful of statements on either store."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol, cast

from psycopg.errors import UniqueViolation
from sqlalchemy import Boolean, Connection, Date, LargeBinary, Table

from saingan.engine import copying
from saingan.engine.copying import Row, copy_text, iso

_COPY_KINDS: Final = ((Date, copying.DAY), (LargeBinary, copying.BYTES), (Boolean, copying.BOOLEAN))

Held = tuple[str, bytes | None, int | None]  # a key, its state, and the revision of its state


class Overtaken(Exception):
    """Another worker changed a state after it was read."""


class Bulk(Protocol):
    """Rows are tuples in the table's column order; days are counted from the epoch."""

    def read(self, history: Table, keys: Sequence[str]) -> list[Held]:
        """What is held of the keys, given in order; new keys with nothing."""

    def lock(self, history: Table, keys: Sequence[str]) -> list[Held]:
        """As `read`, and nobody else changes them before this transaction ends."""

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        """Insert or replace states; `Overtaken` where one is no longer what its row says it was built on."""

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows whose keys are not there."""

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert or replace rows, of distinct keys; once a table and transaction."""

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Delete by the first columns of the table, as many as a key has."""


def bulk(conn: Connection) -> Bulk:
    raw = cast("Any", conn.connection.driver_connection)
    return SqliteBulk(raw) if conn.dialect.name == "sqlite" else PostgresBulk(raw)


class SqliteBulk:
    """``BEGIN IMMEDIATE`` already lets one writer in at a time; there is nothing more to lock."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def read(self, history: Table, keys: Sequence[str]) -> list[Held]:
        wanted = f"SELECT key, state, revision FROM {history.name} WHERE key IN (SELECT value FROM json_each(?))"
        return _in_order(keys, self._raw.execute(wanted, (json.dumps(keys),)))

    lock = read

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        self.upsert(history, rows)

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        self._insert(table, rows, "")

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        self._insert(table, rows, _on_conflict(table))

    def _insert(self, table: Table, rows: Sequence[Row], otherwise: str) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._raw.executemany(f"INSERT INTO {table.name} VALUES ({marks}) {otherwise}", _days_as_text(table, rows))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        width = len(keys[0])
        where = " AND ".join(f"{column.name} = ?" for column in list(table.columns)[:width])
        self._raw.executemany(f"DELETE FROM {table.name} WHERE {where}", keys)


class PostgresBulk:
    """Raw COPY: psycopg's conversion of parameters, value by value, would cost most of a batch.

    Rows of keys that are new go straight into their tables, those of others through a staging table: that costs
    PostgreSQL several times as much.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._new: set[str] = set()  # keys that `read` did not find

    def read(self, history: Table, keys: Sequence[str]) -> list[Held]:
        held = self._held(history, _array(keys), "")
        self._new = set(keys).difference([row[0] for row in held])
        return _in_order(keys, held)

    def lock(self, history: Table, keys: Sequence[str]) -> list[Held]:
        # All placeholders come before all row locks, and both in key order: so no two workers wait for each other.
        wanted = _array(keys)
        self._raw.execute(
            f"INSERT INTO {history.name} (key) SELECT k FROM unnest(%s::text[]) AS k "
            f"WHERE NOT EXISTS (SELECT FROM {history.name} WHERE key = k) "
            'ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING',
            (wanted,),
        )
        return self._held(history, wanted, "FOR UPDATE")

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        # A placeholder has no revision, as a state that is built on nothing.
        still = f"WHERE {history.name}.revision IS NOT DISTINCT FROM excluded.built_on"
        held = self._load_new(history, rows)
        if held and self._merge(history, held, still) != len(held):
            raise Overtaken

    def _held(self, history: Table, wanted: str, lock: str) -> list[Held]:
        with self._raw.cursor(binary=True) as cursor:
            cursor.execute(
                f"SELECT key, state, revision FROM {history.name} WHERE key = ANY(%s::text[]) ORDER BY key {lock}",
                (wanted,),
            )
            held: list[Held] = cursor.fetchall()
        return held

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        self._copy(table.name, table, rows)

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        if held := self._load_new(table, rows):
            self._merge(table, held, "")

    def _load_new(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        """Load the rows of new keys; the others are given back."""
        new = [row for row in rows if row[0] in self._new]
        if not new:
            return rows
        try:
            self.load(table, new)
        except UniqueViolation:
            raise Overtaken from None
        return [row for row in rows if row[0] not in self._new]

    def _merge(self, table: Table, rows: Sequence[Row], where: str) -> int:
        stage = self._stage(table)
        self._copy(stage, table, rows)
        with self._raw.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table.name} SELECT * FROM {stage} {_on_conflict(table)} {where}")
            return int(cursor.rowcount)

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        columns = list(table.columns)[: len(keys[0])]
        names = ", ".join(f'"{column.name}"' for column in columns)  # `offset` is a word of PostgreSQL's own
        arrays = ", ".join(f"%s::{'text' if column.type.python_type is str else 'bigint'}[]" for column in columns)
        with self._raw.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table.name} WHERE ({names}) IN (SELECT * FROM unnest({arrays}))",
                [_array(values) for values in zip(*keys, strict=True)],
            )

    def _stage(self, table: Table) -> str:
        stage = f"stage_{table.name}"
        with self._raw.cursor() as cursor:
            # Emptied in place at commit; TRUNCATE or DROP would write to the catalogue with every batch.
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {stage} (LIKE {table.name}) ON COMMIT DELETE ROWS")
        return stage

    def _copy(self, stage: str, table: Table, rows: Sequence[Row]) -> None:
        lines = copy_text(rows, [_copy_kind(column.type) for column in table.columns])
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {stage} FROM STDIN") as copy:
            copy.write(lines)


def _in_order(keys: Sequence[str], rows: Iterable[Held]) -> list[Held]:
    held = {row[0]: row for row in rows}
    return [held.get(key) or (key, None, None) for key in keys]


def _on_conflict(table: Table) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    sets = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if not column.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"


def _days_as_text(table: Table, rows: Iterable[Row]) -> Iterable[Row]:
    dates = [at for at, column in enumerate(table.columns) if isinstance(column.type, Date)]
    if not dates:
        return rows
    return (_with_text(row, dates) for row in rows)


def _with_text(row: Row, dates: Sequence[int]) -> Row:
    values = list(row)
    for at in dates:
        if values[at] is not None:
            values[at] = iso(values[at])
    return tuple(values)


def _copy_kind(kind: Any) -> int:
    for known, copied in _COPY_KINDS:
        if isinstance(kind, known):
            return copied
    return copying.TEXT if kind.python_type is str else copying.NUMBER


def _array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal, so that the driver converts one text and not thousands."""
    return '{"' + '","'.join([str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]) + '"}'
