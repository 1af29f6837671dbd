"""CSV by comma, semicolon, tab or pipe. A row that cannot be read, or an open quote, costs that row alone."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from saingan.publish.files import inert
from saingan.publish.files.encoding import encoding_of
from saingan.publish.files.header import HEADER_WITHIN, Header, header_in, repeats
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.table import REASON, Origin, Row, filled, ragged
from saingan.standard.issues import Issue

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_BLOCK: Final = 256  # lines; a row that has more is an open quote
_LARGEST_CELL: Final = 1 << 24  # characters: a photo in a column that is not read is no fault
_BOM: Final = "\ufeff"
_END_MARK: Final = "\x1a"  # Ctrl-Z, with which DOS ends a text
_NOTHING: Final = frozenset(("", "\u200b", _BOM, _END_MARK))
_BEFORE_CLOSING_QUOTE: Final = re.compile('(?:[^"]|"")*(?=")')


class DelimitedTable:
    """See `table.Table`."""

    def __init__(self, path: Path, wanted: Collection[str]) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
        encoding = encoding_of(path)
        self._size = path.stat().st_size
        self._raw = path.open("rb")
        self._text = io.TextIOWrapper(self._raw, encoding, newline="")
        lines = list(islice(self._text, _BLOCK))
        lines[:1] = [line.lstrip(_BOM) for line in lines[:1]]
        try:
            self.delimiter, header, self._above = _layout(lines[:HEADER_WITHIN], wanted)
        except FileFault:
            self.close()
            raise
        self.headings = header.headings
        self._refused_before = REASON in self.headings
        if self._refused_before:
            self.headings = [inert.unescaped(heading) for heading in self.headings]
        self._lines = lines[self._above :]
        self.origin = Origin(encoding=encoding, delimiter=self.delimiter, header=header.row + 1, lines=self._above)

    def rows(self) -> Iterator[Row]:
        above, lines, ended = self._above, self._lines, len(self._lines) + self._above < _BLOCK
        while True:
            lines[-1:] = [line.rstrip(_END_MARK) for line in lines[-1:]]  # such a line is the last of the file
            rows, taken = self._rows_of(lines, above, ended)
            yield from rows
            above += taken
            self.origin.lines = above
            if ended:
                return
            block = list(islice(self._text, _BLOCK))
            ended = len(block) < _BLOCK
            lines = lines[taken:] + block

    def _rows_of(self, lines: list[str], above: int, ended: bool) -> tuple[list[Row], int]:
        """The rows, and how many of the lines they take: a row that goes on in the next block waits."""
        rows: list[Row] = []
        wide, plain = len(self.headings), not self._refused_before
        odd = _NOTHING | {self.headings[0]}
        taken = 0
        while taken < len(lines):
            begun, reader = taken, _reader(islice(lines, taken, None), self.delimiter, strict=True)
            try:
                for cells in reader:
                    taken += 1
                    number = above + taken
                    if reader.line_num != taken - begun:
                        end = begun + reader.line_num
                        if self._swallows(lines[taken - 1 : end], cells):
                            taken -= 1
                            break
                        taken = end
                    if plain and len(cells) == wide and (first := cells[0]) not in odd and not first.isspace():
                        rows.append(Row(number, cells))
                    elif row := self._odd(number, cells):
                        rows.append(row)
                else:
                    break
                problem = _OPEN_QUOTE
            except csv.Error:
                at_end = begun + reader.line_num == len(lines)
                if at_end and not ended and len(lines) - taken < _BLOCK:
                    break
                problem = _problem(lines[taken])
            taken += 1
            rows.append(self._broken(lines[taken - 1], above + taken, problem))
        return rows, taken

    def _odd(self, number: int, cells: list[str]) -> Row | None:
        """A row that wants a closer look; None of one that holds nothing."""
        if self._refused_before:
            cells = [inert.unescaped(cell) for cell in cells]
            if _still_quoted(cells):
                return Row(number, cells, _OPEN_QUOTE)
        if any(map(filled, cells)) and cells != [_END_MARK] and not repeats(cells, self.headings):
            return Row(number, cells, ragged(cells, self.headings))
        self.origin.empty += 1
        return None

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()

    def _swallows(self, lines: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a row over several lines is an open quote: a later line alone has the cells of a row."""
        wide = len(self.headings)
        first_of_last = _BEFORE_CLOSING_QUOTE.match(lines[-1])
        inside = first_of_last[0] if first_of_last else ""
        if wide == 1:
            return False
        if ragged(cells, self.headings):
            return any(self._alone(line) * 2 > wide for line in lines[1:])
        later = lines[1:] if self.delimiter in inside else lines[1:-1]
        return any(self._alone(line) == wide or line.count(self.delimiter) + 1 == wide for line in later)

    def _alone(self, line: str) -> int:
        """How many cells a line has when it is read alone."""
        return len(next(_reader([line], self.delimiter), []))

    def _broken(self, line: str, number: int, problem: Issue) -> Row:
        return Row(number, line.rstrip("\r\n").split(self.delimiter), problem)


_OPEN_QUOTE: Final = Issue("row", "quote", "an open quote", 'must close each quote (") on its line, or double it')


def _still_quoted(cells: Sequence[str]) -> bool:
    """Whether a row that was refused for an open quote has it still; here it is closed, so that Excel shows the row."""
    return any("(rule quote;" in cell for cell in cells) and any(cell.startswith('"') for cell in cells)


def _problem(line: str) -> Issue:
    """Why the csv module cannot read a row that begins with this line."""
    if len(line) > _LARGEST_CELL:
        return Issue("row", "text", f"a line of {len(line)} characters", "must have shorter cells")
    if '\\"' in line:
        return Issue("row", "quote", "a backslash before a quote", 'must double a quote (") inside a cell')
    return _OPEN_QUOTE


def _layout(lines: list[str], wanted: Collection[str]) -> tuple[str, Header, int]:
    """The separator, the headings, and how many lines stand above the first row."""
    best: tuple[str, Header, int] | None = None
    for delimiter in _SEPARATORS:
        rows: list[list[str]] = []
        ends: list[int] = []
        for start in range(len(lines)):  # each line may be the first of the headings: a title's quote hides none
            cells, taken = _headings_at(lines, start, delimiter)
            rows.append(cells)
            ends.append(start + taken)
        header = header_in(rows, wanted)
        if header and (best is None or header.hits > best[1].hits):
            best = delimiter, header, ends[header.row]
    if best is None:
        raise _without_headings("".join(lines))
    return best


def _headings_at(lines: Sequence[str], start: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of what may be the headings, and how many lines they take; an open quote takes no more than its own."""
    reader = _reader(islice(lines, start, None), delimiter, strict=True)
    try:
        cells: list[str] = next(reader, [])
        if not any("\n" in cell.replace("\r", "\n") and delimiter in cell for cell in cells):
            return cells, reader.line_num
    except csv.Error:
        pass
    return [cell.strip().strip('"') for cell in lines[start].split(delimiter)], 1


def _without_headings(text: str) -> FileFault:
    if not filled(text):
        return FileFault("empty")
    if "???" in text and text.isascii():
        return FileFault("thai-lost")
    if not any(delimiter in text for delimiter in _SEPARATORS):
        return FileFault("no-separator", tried=", ".join(_SEPARATORS.values()))
    return FileFault("no-headings", within=HEADER_WITHIN, tried=", ".join(_SEPARATORS.values()))


def _reader(lines: Iterator[str] | list[str], delimiter: str, strict: bool = False) -> Any:
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=True)
