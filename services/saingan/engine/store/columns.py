"""The kinds of columns that a table may have, one line each, as both stores and the relay read it."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import JSON, BigInteger, Boolean, Date, Dialect, Integer, LargeBinary, String, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from saingan.engine.core.derived import Row
from saingan.engine.store import pgcopy
from saingan.engine.store.pgcopy import iso
from saingan.standard.coercion import day_number

Convert = Callable[[Any], Any]


class Strings(TypeDecorator[tuple[str, ...]]):
    """An array of strings, which keeps its order: ``text[]`` in PostgreSQL, JSON in SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else JSON())

    def process_result_value(self, value: Any, _: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)


class Kind(NamedTuple):
    """How a column's values, in the form in which views derive them, go elsewhere; null stays null.

    Attributes:
        copied: by COPY, or as one parameter, see `pgcopy`.
        in_sqlite: as SQLite keeps them; None where that is as they are.
        on_topic: from what is read of a store, as the `Encoder` takes them; None where that is as they are.
    """

    copied: int
    in_sqlite: Convert | None = None
    on_topic: Convert | None = None


def _json(texts: Sequence[str]) -> str:
    return json.dumps(texts, ensure_ascii=False)


_KINDS: Final[dict[type[TypeEngine[Any]], Kind]] = {
    String: Kind(pgcopy.TEXT),
    Strings: Kind(pgcopy.TEXTS, in_sqlite=_json),
    Integer: Kind(pgcopy.INT),
    BigInteger: Kind(pgcopy.LONG),
    Date: Kind(pgcopy.DAY, in_sqlite=iso, on_topic=day_number),
    LargeBinary: Kind(pgcopy.BYTES),
    Boolean: Kind(pgcopy.BOOLEAN),
}


@cache
def kinds(table: Table) -> tuple[Kind, ...]:
    """Of the columns; `KeyError` for a type that no view has had yet."""
    return tuple(_KINDS[type(column.type)] for column in table.columns)


class Conversion:
    """The conversion of rows of a table.

    Args:
        by: which of a kind's conversions.
    """

    def __init__(self, table: Table, by: Callable[[Kind], Convert | None]) -> None:
        found = [(at, by(kind)) for at, kind in enumerate(kinds(table))]
        self._of = [(at, convert) for at, convert in found if convert is not None]

    def row(self, row: Row) -> Row:
        values = list(row)
        for at, convert in self._of:
            if values[at] is not None:
                values[at] = convert(values[at])
        return tuple(values)

    def rows(self, rows: Iterable[Row]) -> Iterable[Row]:
        return map(self.row, rows) if self._of else rows
