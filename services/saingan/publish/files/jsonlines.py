"""JSON: one object on each line, or an array of objects. No key is lost, wherever in the file it first appears."""

import io
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from saingan.publish.files.encoding import encoding_of
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.table import BROKEN, REASON, Origin, Row, plain_heading
from saingan.standard.issues import Issue

_ADVICE: Final = "must be one JSON object on one line"
_BLOCK: Final = 1 << 16  # characters
_LARGEST_OBJECT: Final = 1 << 20  # characters, in an array
_BLANK: Final = " \t\r\n\ufeff"
_BETWEEN: Final = re.compile(rf"[{_BLANK},\[\]]*")
_NEXT_OBJECT: Final = re.compile(rf"(?<=[\n,])[{_BLANK}]*\{{")
_HALF_CHARACTER: Final = re.compile(r"\\u[dD][89a-fA-F]")

_Piece = tuple[int, str]  # a number, and the text of what should be an object


class JsonLinesTable:
    """See `table.Table`. A row's number is its line, or its place in the array."""

    def __init__(self, path: Path, _wanted: Collection[str]) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        self._size = path.stat().st_size
        self.headings: list[str] = []
        self._places: dict[str, int] = {}  # of each key; keys that differ by case alone share one
        with self._opened() as text:
            self._learn(text)
        if not self._places:
            raise FileFault("no-json")
        self._text = self._opened()
        self.origin = Origin(encoding=self._encoding)

    def rows(self) -> Iterator[Row]:
        alike = len(self._places) > len(self.headings)
        for number, text in _pieces(self._text):
            self.origin.lines = number
            try:
                found = _object(text)
            except _RefusedError as refused:
                yield Row(number, [], refused.issue, raw={BROKEN: text})
                continue
            cells = self._gathered(found) if alike else [found.get(heading) for heading in self.headings]
            yield Row(number, cells, raw=found) if cells else Row(number, [], _twice("spelt alike"), raw=found)

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()

    def _opened(self) -> io.TextIOWrapper:
        self._raw = self._path.open("rb")
        return io.TextIOWrapper(self._raw, self._encoding, newline="\n")

    def _learn(self, text: io.TextIOWrapper) -> None:
        """Find the keys of all objects: a key that is often empty may first appear at the end."""
        places: dict[str, int] = {}
        for _, piece in _pieces(text):
            try:
                found = msgspec.json.decode(piece)
            except (ValueError, RecursionError):
                continue
            if not isinstance(found, dict) or found.keys() <= self._places.keys():
                continue
            for key in found:
                place = places.setdefault(plain_heading(key), len(self.headings))
                if place == len(self.headings):
                    self.headings.append(key)
                self._places[key] = place

    def _gathered(self, found: dict[str, Any]) -> list[Any]:
        """The cells of an object; none where two of its keys are one heading."""
        cells: list[Any] = [None] * len(self.headings)
        for key, value in found.items():
            cells[self._places[key]] = value
        return cells if len({self._places[key] for key in found}) == len(found) else []


class _RefusedError(ValueError):
    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.rule)
        self.issue = issue


def _object(text: str) -> dict[str, Any]:
    try:
        found = _DECODER.decode(text)
        if isinstance(found, dict):
            if "\\u" in text and _HALF_CHARACTER.search(text):
                msgspec.json.decode(text)  # refuses a half without the other
            return found
    except _RefusedError:
        raise
    except (ValueError, RecursionError):
        pass
    raise _RefusedError(Issue("row", "json", f"text of {len(text)} characters", _ADVICE))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError(_twice("of the same name"))
    return found


def _twice(how: str) -> Issue:
    return Issue("row", "twice", f"two keys {how}", "must have each key once")


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
_END: Final = json.JSONDecoder()


def _pieces(text: io.TextIOWrapper) -> Iterator[_Piece]:
    first = ""
    for line in text:
        if first := line.strip(_BLANK):
            break
    text.seek(0)
    array = first.startswith("[")
    return _elements(text, array) if array or first == "{" else _lines(text)


def _lines(text: io.TextIOWrapper) -> Iterator[_Piece]:
    for number, line in enumerate(text, start=1):
        if piece := line.strip(_BLANK):
            yield number, _as_it_was(piece) if REASON in piece else piece


def _as_it_was(piece: str) -> str:
    """What was refused as no object comes back within one: the text that it was, or that a person made of it."""
    try:
        found = msgspec.json.decode(piece)
    except (ValueError, RecursionError):
        return piece
    kept = found.get(BROKEN) if isinstance(found, dict) and found.keys() == {REASON, BROKEN} else None
    return kept if isinstance(kept, str) else piece


def _elements(text: io.TextIOWrapper, array: bool) -> Iterator[_Piece]:
    """The elements of an array, or one after another, however they are laid out.

    Raises:
        FileFault: the array does not end.
    """
    number, at, buffer, ended, closed = 0, 0, text.read(_BLOCK), False, not array
    while True:
        between = _BETWEEN.match(buffer, at)
        if between:
            closed = closed or "]" in between[0]
            at = between.end()
        end = _end(buffer, at)
        if end is None and not ended and len(buffer) - at < _LARGEST_OBJECT:
            more = text.read(_BLOCK)
            buffer, at, ended = buffer[at:] + more, 0, not more
            continue
        if at == len(buffer):
            break
        if end is None:
            following = _NEXT_OBJECT.search(buffer, at + 1)
            end = following.start() if following else len(buffer)
        number, closed = number + 1, not array
        yield number, buffer[at:end]
        at = end
    if not closed:
        raise FileFault("cut-json")


def _end(text: str, at: int) -> int | None:
    """Where the JSON value ends that begins here; None where none is whole."""
    try:
        return _END.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return None
