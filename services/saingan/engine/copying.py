"""Rows as PostgreSQL's COPY reads them (text format). Compiled where a C compiler is."""

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
            fields.append("\\N" if value is None else _field(value, shapes[at]))
        lines.append("\t".join(fields))
    lines.append("")
    return "\n".join(lines)


def _field(value: Any, kind: int) -> str:
    if kind == TEXT:
        text: str = value
        return text if text.isalnum() else _escape(text)
    if kind == DAY:
        return iso(value)
    if kind == BYTES:
        data: bytes = value
        return "\\\\x" + data.hex()
    if kind == BOOLEAN:
        return "t" if value else "f"
    return str(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
