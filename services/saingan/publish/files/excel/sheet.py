"""The rows of a worksheet as a stream: constant memory, whatever the sheet's size, but for its merged cells."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Final, NamedTuple
from xml.parsers.expat import ParserCreate

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from saingan.publish.files.excel.number_formats import Format
from saingan.publish.files.excel.package import Book, unescaped
from saingan.publish.files.table import Cell, Flaw

_BLOCK: Final = 1 << 16
_EXACT: Final = 10**15  # a spreadsheet keeps 15 digits of a number

_DAYS: Final = 4096  # that are remembered

_ERROR: Final = "must be a value: a formula gave an error"
_FORMULA: Final = "must have a value: its formula was never calculated; open the file in Excel and save it"
_DAMAGED: Final = "must be typed again: the file is damaged here"


class SheetRow(NamedTuple):
    number: int  # from 1
    hidden: bool
    cells: list[Cell]
    merged: int = 0  # cells that took their value from the cell above that they are merged with


def rows_of(book: Book, file: IO[bytes]) -> Iterator[SheetRow]:
    """The rows of a sheet's XML that have cells, as they are written."""
    reader = _RowReader(book)
    while block := file.read(_BLOCK):
        yield from reader.rows(block)
    yield from reader.rows(b"", last=True)


class _RowReader:
    """Turns a worksheet's XML into rows, block by block."""

    def __init__(self, book: Book) -> None:
        self._cell_of = _Cells(book).cell
        self._columns: dict[str, int] = {}
        self._rows: list[SheetRow] = []
        self._names: dict[str, str] = {}
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._number = 0
        self._hidden = False
        self._cells: list[Cell] = []
        self._column = -1
        self._kind = "n"
        self._style: str | None = None
        self._formula = False
        self._pronounced = False
        self._texts: list[str] = []

    def rows(self, block: bytes, last: bool = False) -> list[SheetRow]:
        self._parser.Parse(block, last)
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names.get(name) or self._names.setdefault(name, name.rpartition(" ")[2])
        if local == "c":
            self._column = self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s")
            self._formula = False
            self._texts = []
        elif local == "v" or (local == "t" and not self._pronounced):
            self._parser.CharacterDataHandler = self._texts.append
        elif local == "f":
            self._formula = True
        elif local == "row":
            self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
            self._hidden = attributes.get("hidden") in ("1", "true")
            self._cells, self._column = [], -1
        elif local == "rPh":  # how a text is pronounced
            self._pronounced = True

    def _end(self, name: str) -> None:
        local = self._names[name]
        if local in ("v", "t"):
            self._parser.CharacterDataHandler = None
        elif local == "c":
            cells = self._cells
            while len(cells) < self._column:
                cells.append(None)
            cells.append(self._cell_of(self._kind, self._style, "".join(self._texts), self._formula))
        elif local == "rPh":
            self._pronounced = False
        elif local == "row":
            self._rows.append(SheetRow(self._number, self._hidden, self._cells))

    def _place(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            place = self._columns[letters] = column_index_from_string(letters) - 1
        return place


class _Cells:
    """Turns what a cell's XML holds into its value."""

    def __init__(self, book: Book) -> None:
        self._texts = book.texts
        self._formats = book.formats
        self._epoch = book.epoch
        self._uncalculated = book.uncalculated
        self._days: dict[float, Cell] = {}
        self._of_kind: dict[str, Callable[[str], Cell]] = {
            "s": self._shared,
            "str": unescaped,
            "inlineStr": unescaped,
            "b": lambda text: text in ("1", "true"),
            "e": lambda text: Flaw("spreadsheet", "an error of a formula", _ERROR, text),
            "d": _day,
        }

    def cell(self, kind: str, style: str | None, text: str, formula: bool) -> Cell:
        if formula and kind != "str" and (text == "" or (text == "0" and self._uncalculated)):
            return Flaw("formula", "a formula without a value", _FORMULA, "#FORMULA!")
        if text == "":
            return None
        try:
            return self._number(style, text) if kind == "n" else self._of_kind[kind](text)
        except (ValueError, LookupError, OverflowError):
            return Flaw("spreadsheet", "a value that the file spoils", _DAMAGED, "#DAMAGED!")

    def _shared(self, text: str) -> Cell:
        return self._texts[int(text)]

    def _number(self, style: str | None, text: str) -> Cell:
        place = int(style) if style else 0
        shows = self._formats[place] if place < len(self._formats) else Format()
        number = int(text) if text.isdecimal() else float(text)
        if shows.is_date:
            return self._date(number)
        if isinstance(number, float):
            if not number.is_integer() or abs(number) >= _EXACT:
                return number
            number = int(number)
        return shows.shown(number)

    def _date(self, number: float) -> Cell:
        if number not in self._days:
            if len(self._days) >= _DAYS:
                self._days.clear()
            self._days[number] = from_excel(number, self._epoch)
        return self._days[number]


def _day(text: str) -> Cell:
    found = datetime.fromisoformat(text)
    return text if found.tzinfo else found
