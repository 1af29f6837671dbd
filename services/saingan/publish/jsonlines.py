"""JSON Lines: one object on each line."""

import io
from collections.abc import Collection, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import msgspec

from saingan.errors import Fault
from saingan.publish.delimited import encoding_of
from saingan.publish.table import Row
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
        lines = _lines(self._text)
        first = list(islice(lines, _SEEN_FOR_HEADINGS))
        self._lines = chain(first, lines)
        self.headings = list(dict.fromkeys(name for _, line in first if isinstance(line, dict) for name in line))
        if not any(isinstance(line, dict) for _, line in first):
            self._text.close()
            raise Fault(f"none of the first lines is a JSON object: each line {_ADVICE}")

    def rows(self) -> Iterator[Row]:
        for number, line in self._lines:
            if isinstance(line, dict):
                yield Row(number, [line.get(heading) for heading in self.headings], raw=line)
            else:
                broken = Issue("row", "json", f"text of {len(line)} characters", _ADVICE)
                yield Row(number, [], broken, raw={"line": line})

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The number of each line and its object, or its text where it is none."""
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            found = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            found = None
        yield number, found if isinstance(found, dict) else line.rstrip("\r\n")
