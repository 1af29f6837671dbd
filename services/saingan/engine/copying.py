"""Rows as PostgreSQL's COPY reads them (text format). Compiled where a C compiler is."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

Row = tuple[Any, ...]
Column = tuple[Any, ...]

TEXT: Final = 0
NUMBER: Final = 1
DAY: Final = 2  # days since the epoch
BYTES: Final = 3
BOOLEAN: Final = 4
_TOGETHER: Final = 500  # rows that are written column by column: what fits into a processor's cache
_NULL: Final = "\\N"
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=65_536)
def iso(day: int) -> str:
    """A day, counted from the epoch, as ISO 8601 text."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


def copy_text(rows: Sequence[Row], kinds: Sequence[int]) -> str:
    """Lines for ``COPY ... FROM STDIN``; ``kinds`` column by column."""
    lines: list[str] = []
    for start in range(0, len(rows), _TOGETHER):
        columns = zip(*rows[start : start + _TOGETHER], strict=True)
        written = [_WRITERS[kind](values) for values, kind in zip(columns, kinds, strict=True)]
        lines.extend(["\t".join(fields) for fields in zip(*written, strict=True)])
    lines.append("")
    return "\n".join(lines)


def _texts(values: Column) -> list[str]:
    whole = "".join(filter(None, values))  # hardly ever is there anything to escape: all are looked at at once
    if "\\" in whole or "\t" in whole or "\n" in whole or "\r" in whole:
        return [_NULL if value is None else _escape(value) for value in values]
    return [_NULL if value is None else value for value in values]


def _numbers(values: Column) -> list[str]:
    return [_NULL if value is None else str(value) for value in values]


def _days(values: Column) -> list[str]:
    written = {day: _NULL if day is None else iso(day) for day in set(values)}
    return [written[day] for day in values]


def _bytes(values: Column) -> list[str]:
    return [_NULL if value is None else "\\\\x" + value.hex() for value in values]


def _booleans(values: Column) -> list[str]:
    return [_NULL if value is None else "t" if value else "f" for value in values]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_WRITERS: Final = [_texts, _numbers, _days, _bytes, _booleans]  # by kind
