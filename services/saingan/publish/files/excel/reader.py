"""Excel workbooks (.xlsx): the sheets and the row that hold the headings are found, the rest is read as a stream."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from saingan.publish.files.excel.merged import Merged, merged_in, spread
from saingan.publish.files.excel.package import Book, Sheet
from saingan.publish.files.excel.sheet import rows_of
from saingan.publish.files.header import HEADER_WITHIN, header_in, repeats
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.table import Origin, Row, filled, plain_heading, ragged


class _Found(NamedTuple):
    """A sheet with headings."""

    sheet: Sheet
    merged: list[Merged]
    header: int  # its row, from 1
    headings: list[str]
    hits: int  # of the wanted headings
    has_rows: bool


class ExcelTable:
    """See `table.Table`.

    Args:
        sheet: the sheet's name; without it the one that has the headings, hidden ones left aside.
        all_sheets: read each sheet that has them.
    """

    def __init__(self, path: Path, wanted: Collection[str], sheet: str | None = None, all_sheets: bool = False) -> None:
        self._book = Book(path)
        try:
            self._sheets = _chosen(self._book, wanted, sheet, all_sheets)
            first = self._sheets[0]
            self._columns = [_columns(first, other, wanted) for other in self._sheets]
        except BaseException:
            self.close()
            raise
        self.headings = first.headings
        self._at = 0
        self._file: IO[bytes] | None = None
        names = {found.sheet.name for found in self._sheets}
        others = [sheet for sheet in self._book.sheets if sheet.name not in names]
        self.origin = Origin(
            sheets=tuple(found.sheet.name for found in self._sheets),
            other_sheets=tuple(sheet.name + " (hidden)" * sheet.hidden for sheet in others),
            header=first.header,
        )

    def rows(self) -> Iterator[Row]:
        for at, (found, columns) in enumerate(zip(self._sheets, self._columns, strict=True)):
            with self._book.open(found.sheet) as file:
                self._at, self._file = at, file
                yield from self._rows_of(found, columns, file)

    def done(self) -> float:
        if self._file is None or self._file.closed:
            return self._at / len(self._sheets)
        size = max(self._book.size(self._sheets[self._at].sheet), 1)
        return (self._at + self._file.tell() / size) / len(self._sheets)

    def close(self) -> None:
        self._book.close()

    def _rows_of(self, found: _Found, columns: list[int] | None, file: IO[bytes]) -> Iterator[Row]:
        wide, origin, above = len(self.headings), self.origin, self.origin.lines
        name = found.sheet.name if len(self._sheets) > 1 else None
        for number, hidden, cells, merged in spread(rows_of(self._book, file), found.merged):
            origin.lines = above + number
            if number <= found.header:
                continue
            if not any(map(filled, cells)) or repeats(cells, found.headings):
                origin.empty += 1
                continue
            origin.hidden += hidden
            origin.merged += merged
            if columns is not None:
                cells = [cells[place] if place < len(cells) else None for place in columns]
            broken = ragged(cells, self.headings) if len(cells) > wide else None
            row = Row(number, cells if broken else cells[:wide], broken)
            if name is not None:
                row.sheet = name
            yield row


def _chosen(book: Book, wanted: Collection[str], named: str | None, all_sheets: bool) -> Sequence[_Found]:
    """The sheets to read.

    Raises:
        FileFault: no sheet has the headings, none has that name, or more than one has the headings and none was named.
    """
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    if named is not None:
        visible = [sheet for sheet in book.sheets if plain_heading(sheet.name) == plain_heading(named)]
        if not visible:
            raise FileFault("no-such-sheet", sheet=named, sheets=_names(book.sheets))
    found = [one for sheet in visible if (one := _looked_at(book, sheet, wanted))]
    best = max(found, key=lambda one: (one.has_rows, one.hits), default=None)
    if best is None:
        raise FileFault("no-headings-in-sheets", within=HEADER_WITHIN, sheets=_names(visible))
    alike = [one for one in found if one is best or (one.has_rows and one.hits * 3 >= best.hits * 2)]
    if len(alike) > 1 and not all_sheets:
        raise FileFault("several-sheets", sheets=_names([one.sheet for one in alike]))
    return alike


def _looked_at(book: Book, sheet: Sheet, wanted: Collection[str]) -> _Found | None:
    with book.open(sheet) as file:
        merged = merged_in(file)
    with book.open(sheet) as file:
        rows = list(islice(spread(rows_of(book, file), merged), HEADER_WITHIN + 1))
    header = header_in([row.cells for row in rows[:HEADER_WITHIN]], wanted)
    if header is None:
        return None
    below = rows[header.row + 1 :]
    has_rows = any(filled(cell) for row in below for cell in row.cells)
    return _Found(sheet, merged, rows[header.row].number, header.headings, header.hits, has_rows)


def _columns(first: _Found, other: _Found, wanted: Collection[str]) -> list[int] | None:
    """Where another sheet has the first one's columns; None where they stand in the same places.

    Raises:
        FileFault: it lacks one that is read.
    """
    mine, theirs = ([*map(plain_heading, found.headings)] for found in (first, other))
    if mine == theirs:
        return None
    for heading, plain in zip(first.headings, mine, strict=True):
        if plain in wanted and plain not in theirs:
            raise FileFault("sheets-differ", sheet=other.sheet.name, heading=heading)
    absent = len(theirs)
    return [theirs.index(plain) if plain in theirs else absent for plain in mine]


def _names(sheets: Sequence[Sheet]) -> str:
    return ", ".join(sheet.name for sheet in sheets) or "-"
