"""Rows as PostgreSQL reads them: lines of a COPY (text format), or one parameter. Compiled where a C compiler is."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

Row = tuple[Any, ...]

TEXT: Final = 0
NUMBER: Final = 1
DAY: Final = 2  # days since the epoch
BYTES: Final = 3
BOOLEAN: Final = 4
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=65_536)
def iso(day: int) -> str:
    """A day, counted from the epoch, as ISO 8601 text."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


def copy_text(rows: Sequence[Row], kinds: Sequence[int]) -> str:
    """Lines for ``COPY ... FROM STDIN``; ``kinds`` column by column."""
    lines: list[str] = []
    shapes = list(kinds)
    for row in rows:
        fields: list[str] = []
        for at, value in enumerate(row):
            fields.append("\\N" if value is None else _copied(value, shapes[at]))
        lines.append("\t".join(fields))
    lines.append("")
    return "\n".join(lines)


def record_array(rows: Sequence[Row], kinds: Sequence[int]) -> str:
    """The rows as one parameter, an array of records, which PostgreSQL reads faster than JSON: ``{"(a,1)","(,2)"}``."""
    records: list[str] = []
    shapes = list(kinds)
    for row in rows:
        fields: list[str] = []
        for at, value in enumerate(row):
            fields.append("" if value is None else _enclosed(value, shapes[at]))
        records.append(f'"({",".join(fields)})"')
    return f"{{{','.join(records)}}}"


def _copied(value: Any, kind: int) -> str:
    if kind == TEXT:
        text: str = value
        return text if text.isalnum() else _escape(text)
    if kind == BYTES:
        data: bytes = value
        return "\\\\x" + data.hex()
    return _plain(value, kind)


def _enclosed(value: Any, kind: int) -> str:
    """A field of a record in an array: what is quoted or escaped is so for both."""
    if kind == TEXT:
        text: str = value
        return text if text.isalnum() else f'\\"{_quote(_quote(text))}\\"'
    if kind == BYTES:
        data: bytes = value
        return "\\\\\\\\x" + data.hex()
    return _plain(value, kind)


def _plain(value: Any, kind: int) -> str:
    if kind == DAY:
        return iso(value)
    if kind == BOOLEAN:
        return "t" if value else "f"
    return str(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
