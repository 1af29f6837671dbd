"""Set-wise reading and writing: a batch of thousands of keys is a handful of statements on either store."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol, cast

from sqlalchemy import Boolean, Connection, Date, LargeBinary, Table

from saingan.engine.observation import EPOCH

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]
_EPOCH_ORDINAL: Final = EPOCH.toordinal()


class Bulk(Protocol):
    """Rows are tuples in the table's column order; days are counted from the epoch."""

    def lock(self, history: Table, keys: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Lock the keys, given in order, with a placeholder for a new one; each one's state."""

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert or replace rows, of distinct keys; once a table and transaction."""

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Delete by the first columns of the table, as many as a key has."""


def bulk(conn: Connection) -> Bulk:
    raw = cast("Any", conn.connection.driver_connection)
    return SqliteBulk(raw) if conn.dialect.name == "sqlite" else PostgresBulk(raw)


@lru_cache(maxsize=65_536)
def iso(day: int) -> str:
    return EPOCH.fromordinal(day + _EPOCH_ORDINAL).isoformat()


class SqliteBulk:
    """``BEGIN IMMEDIATE`` already lets one writer in at a time; there is nothing more to lock."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def lock(self, history: Table, keys: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        wanted = f"SELECT key, state FROM {history.name} WHERE key IN (SELECT value FROM json_each(?))"
        held = dict(self._raw.execute(wanted, (json.dumps(keys),)))
        return ((key, held.get(key)) for key in keys)

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._raw.executemany(
            f"INSERT INTO {table.name} VALUES ({marks}) {_on_conflict(table)}", _days_as_text(table, rows)
        )

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        width = len(keys[0])
        where = " AND ".join(f"{column.name} = ?" for column in list(table.columns)[:width])
        self._raw.executemany(f"DELETE FROM {table.name} WHERE {where}", keys)


class PostgresBulk:
    """Raw COPY into a staging table: psycopg's conversion of parameters, value by value, would cost most of a batch."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def lock(self, history: Table, keys: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        # All placeholders come before all row locks, and both in key order: so no two workers wait for each other.
        wanted = _array(keys)
        with self._raw.cursor(binary=True) as cursor:
            cursor.execute(
                f"INSERT INTO {history.name} (key) SELECT k FROM unnest(%s::text[]) AS k "
                f"WHERE NOT EXISTS (SELECT FROM {history.name} WHERE key = k) "
                'ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING',
                (wanted,),
            )
            cursor.execute(
                f"SELECT key, state FROM {history.name} WHERE key = ANY(%s::text[]) ORDER BY key FOR UPDATE",
                (wanted,),
            )
            yield from cursor

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        stage = self._stage(table)
        self._copy(stage, table, rows)
        with self._raw.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table.name} SELECT * FROM {stage} {_on_conflict(table)}")

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
        convert = [_to_copy(column.type) for column in table.columns]
        lines = [
            "\t".join(["\\N" if value is None else to(value) for to, value in zip(convert, row, strict=True)])
            for row in rows
        ]
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {stage} FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")


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


def _to_copy(kind: Any) -> Convert:
    if isinstance(kind, Date):
        return iso
    if isinstance(kind, LargeBinary):
        return lambda value: "\\\\x" + value.hex()
    if isinstance(kind, Boolean):
        return lambda value: "t" if value else "f"
    if kind.python_type is str:
        return _escape
    return str


@lru_cache(maxsize=65_536)  # most texts are codes, which repeat
def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal, so that the driver converts one text and not thousands."""
    return '{"' + '","'.join([str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]) + '"}'
