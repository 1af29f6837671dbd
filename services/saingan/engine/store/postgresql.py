"""Set-wise reading and writing in PostgreSQL."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, cast

from psycopg import Pipeline
from psycopg.errors import InvalidArgumentForLogarithm, InvalidArgumentForPowerFunction, UniqueViolation
from psycopg.generators import send
from sqlalchemy import Column, Connection, Select, Table
from sqlalchemy.dialects import postgresql

from saingan.engine.core.derived import Row
from saingan.engine.store.columns import kinds
from saingan.engine.store.pgcopy import copy_binary, record_array
from saingan.engine.store.statements import Held, Overtaken, in_order, on_conflict

_FEW: Final = 500  # rows of one statement and one parameter; of more COPY is cheaper
# What fails where a statement did not change all rows that it should, and with it all that follows, COMMIT too.
_OVERTAKEN: Final = "ln(changed_all::int)"  # InvalidArgumentForLogarithm
_OTHERWISE: Final = "sqrt(changed_all::int - 1)"  # InvalidArgumentForPowerFunction
_dialect: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


class _AtOnce(Pipeline):
    """Sends its statements when all are there, BEGIN too.

    psycopg's sends each by itself, so that PostgreSQL wakes up for each, and waits for the answer to BEGIN. It ends
    with a Flush, by which PostgreSQL (15) forgets its `idle_in_transaction_session_timeout`.
    """

    def _communicate_gen(self) -> Generator[Any, Any, None]:
        while self.command_queue:
            self.command_queue.popleft()()
        return
        yield  # type: ignore[unreachable] # what makes a generator of it

    _sync_gen = _communicate_gen

    def _exit_gen(self) -> Generator[Any, Any, None]:
        try:
            self._enqueue_sync()
            yield from self._communicate_gen()
            yield from send(self.pgconn)
        finally:
            yield from self._fetch_gen(flush=False)


class PostgresBulk:
    """Raw COPY: psycopg's conversion of parameters, value by value, would cost most of a batch.

    Rows of keys that are new go straight into their tables, those of others through a staging table: that costs
    PostgreSQL several times as much. A few rows go as one parameter of one statement: there the staging table, which
    is emptied at commit, would cost more than they do.
    """

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._raw = cast("Any", conn.connection.driver_connection)
        self._new: set[str] = set()  # keys that `read` did not find
        self._otherwise: type[Exception] = Overtaken  # from the last call of `swap`

    def ask(self, question: Select[Any]) -> Callable[[], Any]:
        cursor = self._raw.cursor()
        cursor.execute(_text(question))
        return cast("Callable[[], Any]", cursor.fetchone)

    def read(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        answer = self._ask_held(history, _array(keys), "")

        def held() -> list[Held]:
            rows = answer()
            self._new = set(keys).difference([row[0] for row in rows])
            return in_order(keys, rows)

        return held

    def lock(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        # All placeholders come before all row locks, and both in key order: so no two workers wait for each other.
        wanted = _array(keys)
        self._raw.execute(
            f"INSERT INTO {history.name} (key) SELECT k FROM unnest(%s::text[]) AS k "
            f"WHERE NOT EXISTS (SELECT FROM {history.name} WHERE key = k) "
            'ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING',
            (wanted,),
        )
        return self._ask_held(history, wanted, "ORDER BY key FOR UPDATE")

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        # A placeholder has no revision, as a state that is built on nothing.
        still = f"WHERE {history.name}.revision IS NOT DISTINCT FROM excluded.built_on"
        if held := self._load_new(history, rows):
            with self._refusals():
                self._merge(history, held, still, _OVERTAKEN)

    def _ask_held(self, history: Table, wanted: str, how: str) -> Callable[[], list[Held]]:
        cursor = self._raw.cursor(binary=True)
        cursor.execute(f"SELECT key, state, revision FROM {history.name} WHERE key = ANY(%s::text[]) {how}", (wanted,))

        def answer() -> list[Held]:
            with cursor:  # what it holds goes before the rows are written: of a full batch megabytes
                return cast("list[Held]", cursor.fetchall())

        return answer

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        self._copy(table.name, table, rows)

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        if held := self._load_new(table, rows):
            self._merge(table, held)

    def _load_new(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        """Load the rows of new keys; the others are given back."""
        new = [row for row in rows if row[0] in self._new] if len(rows) > _FEW else ()
        if not new:
            return rows
        try:
            self.load(table, new)
        except UniqueViolation:
            raise Overtaken from None
        return [row for row in rows if row[0] not in self._new]

    def _merge(self, table: Table, rows: Sequence[Row], where: str = "", refusal: str = "") -> None:
        if few := len(rows) <= _FEW:
            came = f"unnest(%s::{table.name}[])"
        else:
            came = self._stage(table)
            self._copy(came, table, rows)
        merge = f"INSERT INTO {table.name} SELECT * FROM {came} {on_conflict(table)} {where}"
        given: list[Any] = [record_array(rows, _kinds(table))] if few else []
        if refusal:
            merge, given = _all_or(refusal, merge), [*given, len(rows)]
        self._raw.execute(merge, given, prepare=True)

    def swap(self, column: Column[Any], rows: Sequence[Row], otherwise: type[Exception]) -> None:
        self._otherwise = otherwise
        given: list[Any] = [*map(_array, zip(*rows, strict=True)), len(rows)]
        with self._refusals():
            self._raw.execute(_all_or(_OTHERWISE, _swap(column)), given, prepare=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except InvalidArgumentForLogarithm:
            raise Overtaken from None
        except InvalidArgumentForPowerFunction:
            raise self._otherwise from None

    @contextmanager
    def together(self, rows: int, last: bool = False) -> Iterator[None]:
        if rows > _FEW:
            yield  # COPY has no place in a pipeline
            return
        pipeline = self._raw._pipeline = _AtOnce(self._raw)
        try:
            with self._refusals(), pipeline:
                yield
                if last:
                    self._raw.execute("COMMIT", prepare=False)
        finally:
            self._raw._pipeline = None

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        self._delete(table, keys, "{}")

    def clear(self, table: Table, keys: Sequence[Row]) -> None:
        # Whoever waits for no one is in no deadlock; PostgreSQL would look for one after a second only.
        free = f"SELECT ctid FROM {table.name} WHERE {{}} FOR UPDATE SKIP LOCKED"
        self._delete(table, keys, f"ctid = ANY(ARRAY({free}))")

    def _delete(self, table: Table, keys: Sequence[Row], where: str) -> None:
        columns = list(table.columns)[: len(keys[0])]
        names = ", ".join(f'"{column.name}"' for column in columns)  # `offset` is a word of PostgreSQL's own
        arrays = ", ".join(f"%s::{'text' if column.type.python_type is str else 'bigint'}[]" for column in columns)
        given = f"({names}) IN (SELECT * FROM unnest({arrays}))"
        with self._raw.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table.name} WHERE {where.format(given)}",
                [_array(values) for values in zip(*keys, strict=True)],
            )

    def _stage(self, table: Table) -> str:
        stage = f"stage_{table.name}"
        with self._raw.cursor() as cursor:
            # Emptied in place at commit; TRUNCATE or DROP would write to the catalogue with every batch.
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {stage} (LIKE {table.name}) ON COMMIT DELETE ROWS")
        return stage

    def _copy(self, stage: str, table: Table, rows: Sequence[Row]) -> None:
        data = copy_binary(rows, _kinds(table))
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {stage} FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(data)


@cache
def _text(question: Select[Any]) -> str:
    return str(question.compile(dialect=_dialect, compile_kwargs={"literal_binds": True}))


def _all_or(refusal: str, change: str) -> str:
    """A statement that fails unless the number of rows that it changes is its last parameter."""
    counted = "SELECT count(*) = %s::bigint AS changed_all FROM changed"
    return f"WITH changed AS ({change} RETURNING 1) SELECT {refusal} FROM ({counted}) AS counted"


@cache
def _swap(column: Column[Any]) -> str:
    """A statement whose parameters are the rows' keys, old and new values, column by column."""
    table = column.table
    keys = list(table.primary_key)
    names = [*(key.name for key in keys), "was", "becomes"]
    arrays = ", ".join(f"%s::{one.type.compile(_dialect)}[]" for one in (*keys, column, column))
    same = " AND ".join(f"{table.name}.{key.name} = came.{key.name}" for key in keys)
    return (
        f"UPDATE {table.name} SET {column.name} = came.becomes FROM unnest({arrays}) AS came ({', '.join(names)}) "
        f"WHERE {same} AND {table.name}.{column.name} = came.was"
    )


@cache
def _kinds(table: Table) -> list[int]:
    return [kind.copied for kind in kinds(table)]


def _array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal, so that the driver converts one text and not thousands."""
    return '{"' + '","'.join([str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]) + '"}'
