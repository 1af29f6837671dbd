"""Merged cells: the file keeps the value of the first alone, a person sees it in all."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import IO, Final, NamedTuple

from openpyxl.utils import column_index_from_string

from saingan.publish.files.excel.sheet import SheetRow
from saingan.publish.files.table import Cell, Flaw, filled

_BLOCK: Final = 1 << 16
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_LONGEST: Final = 512  # bytes of such an element
_OVER: Final = Flaw("merged", "a merged cell", "must be a cell of its own: unmerge the cells, fill in each", "#MERGED!")


class Merged(NamedTuple):
    first_row: int  # from 1
    last_row: int
    first_column: int  # from 0
    last_column: int


def merged_in(file: IO[bytes]) -> list[Merged]:
    """The merged cells of a sheet's XML, by their first row. They stand behind the rows, so all of it is read."""
    found, rest = [], b""
    while block := file.read(_BLOCK):
        text, last = rest + block, 0
        for match in _MERGED.finditer(text):
            left, top, right, bottom = match.groups()
            found.append(Merged(int(top), int(bottom), _column(left), _column(right)))
            last = match.end()
        rest = text[max(last, len(text) - _LONGEST) :]
    return sorted(found)


def spread(rows: Iterable[SheetRow], merged: Iterable[Merged]) -> Iterator[SheetRow]:
    """The rows, with the value of merged cells in each row that they span.

    Cells of several columns that are merged have no value under each heading: all but the first become a `Flaw`. Where
    the first is empty all stay so, and a row that has nothing else stays empty.
    """
    waiting = deque(merged)
    open_: list[tuple[Merged, Cell]] = []
    for row in rows:
        while waiting and waiting[0].first_row <= row.number:
            area = waiting.popleft()
            value = row.cells[area.first_column] if area.first_column < len(row.cells) else None
            if area.first_row == row.number and filled(value):
                open_.append((area, value))
        if not open_:
            yield row
            continue
        open_ = [(area, value) for area, value in open_ if area.last_row >= row.number]
        yield _spread(row, open_) if any(map(filled, row.cells)) else row


def _spread(row: SheetRow, areas: Iterable[tuple[Merged, Cell]]) -> SheetRow:
    cells, taken = list(row.cells), 0
    for area, value in areas:
        cells += [None] * (area.last_column + 1 - len(cells))
        begins = area.first_row == row.number
        if area.first_column == area.last_column:
            if not begins:
                cells[area.first_column] = value
                taken += 1
        else:
            for column in range(area.first_column + begins, area.last_column + 1):
                cells[column] = _OVER
    return row._replace(cells=cells, merged=taken)


def _column(letters: bytes) -> int:
    return column_index_from_string(letters.decode()) - 1
