"""JSON Lines: one object on each line."""

import io
from collections.abc import Collection, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final

import msgspec

from saingan.errors import Fault
from saingan.publish.delimited import encoding_of
from saingan.publish.table import EXTRA, REASON, Row
from saingan.standard.issues import Issue

_SEEN_FOR_HEADINGS: Final = 1000  # rows; an object may leave out what it has not
_ADVICE: Final = "must be one JSON object on one line"


class JsonLinesTable:
    """See `table.Table`."""

    def __init__(self, path: Path, _wanted: Collection[str]) -> None:
        encoding = encoding_of(path)
        self._size = path.stat().st_size
        self._raw = path.open("rb")
        self._text = io.TextIOWrapper(self._raw, encoding, newline="\n")
        rows = _rows(self._text)
        first = list(islice(rows, _SEEN_FOR_HEADINGS))
        if all(row.broken for row in first):
            self._text.close()
            raise Fault(f"none of the first lines is a JSON object: each line {_ADVICE}")
        self._rows = chain(first, rows)
        names = dict.fromkeys(name for row in first if not row.broken for name in row.cells)
        self.headings = [name for name in names if name != REASON]

    def rows(self) -> Iterator[Row]:
        return self._rows

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()


class JsonLinesRefused:
    """See `table.RefusedRows`."""

    def __init__(self, file: IO[bytes], _table: JsonLinesTable) -> None:
        self._file = file

    def add(self, row: Row, reason: str) -> None:
        cells = {"line": row.cells[EXTRA]} if EXTRA in row.cells else row.cells
        self._file.write(msgspec.json.encode({REASON: reason} | {**cells, REASON: reason}) + b"\n")

    def close(self) -> None:
        self._file.close()


def _rows(lines: io.TextIOWrapper) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cells = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            cells = None
        if isinstance(cells, dict):
            yield Row(number, cells)
        else:
            text = line.rstrip("\r\n")
            yield Row(number, {EXTRA: text}, Issue("row", "json", f"text of {len(text)} characters", _ADVICE))
