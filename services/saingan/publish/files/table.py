"""What an export file is, whatever its format: headings, and rows one after another."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, final

from saingan.standard.issues import Issue
from saingan.standard.texts import INVISIBLE, one_spelling

Cell = object  # text, number, date, `Flaw` or nothing; JSON can bring anything
REASON = "เหตุผลที่ปฏิเสธ (reason)"  # the column of a refused row that says why; left aside when it comes back
BROKEN = "บรรทัดเดิม (line)"  # the key of a refused line that is no JSON object

_BETWEEN_THAI: Final = re.compile("(?<=[\u0e00-\u0e7f])\\s+(?=[\u0e00-\u0e7f])")  # Thai has no blanks between words


class Flaw(NamedTuple):
    """A cell without a value of its own: the reader of the file's format knows why, its field's reader refuses it.

    Attributes:
        rule: as in `Issue`; so are ``shape`` and ``advice``.
        kept: the text that stands for it in the file of refused rows; it is refused as well when it comes back.
    """

    rule: str
    shape: str
    advice: str
    kept: str

    def __str__(self) -> str:
        return self.kept


@dataclass
class Origin:
    """Where the rows of a file come from, for its summary. The counts grow while the rows are read.

    Attributes:
        encoding: of a text file, as Python names it.
        delimiter: of CSV.
        sheets: of a workbook, those that are read.
        other_sheets: of a workbook, those that are not read; the hidden ones end with `` (hidden)``.
        header: line or row of the headings, from 1; None in JSON.
        lines: lines of the text, or rows of the sheets, that have been read; header and titles included.
        empty: of these, rows without a value, which are passed over.
        hidden: of these, rows that the sheet hides, which are read.
        merged: cells that took the value of the merged cells that they belong to.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    header: int | None = None
    lines: int = 0
    empty: int = 0
    hidden: int = 0
    merged: int = 0

    @property
    def header_place(self) -> str:
        """``line 3``, ``row 3 of the sheet 'ก.พ.'``, or nothing."""
        if self.header is None:
            return ""
        return f"row {self.header} of the sheet '{self.sheets[0]}'" if self.sheets else f"line {self.header}"


@final
class Row:
    """One row.

    Attributes:
        number: its line in the text file, or its row in the sheet.
        cells: in the order of the headings; there may be fewer or more of them.
        broken: why it cannot be read at all.
        raw: of JSON Lines, the object, which may have more than the headings.
        sheet: of a workbook of which several sheets are read, the row's.
    """

    sheet: str | None = None

    def __init__(
        self, number: int, cells: list[Any], broken: Issue | None = None, raw: dict[str, Any] | None = None
    ) -> None:
        self.number = number
        self.cells = cells
        self.broken = broken
        self.raw = raw

    @property
    def place(self) -> int | str:
        """Its number, with the sheet before it where several are read."""
        return self.number if self.sheet is None else f"{self.sheet}!{self.number}"


class Table(Protocol):
    """An open export file.

    Attributes:
        headings: in the file's order, `REASON` included where it has one.
        origin: what was found and read so far.
    """

    headings: list[str]
    origin: Origin

    def rows(self) -> Iterator[Row]:
        """The rows, read as they are asked for; once."""

    def done(self) -> float:
        """The share of the file that has been read, 0 to 1."""

    def close(self) -> None: ...


def plain_heading(heading: str) -> str:
    """A heading, code or name as it is compared: texts that look alike are equal. Idempotent.

    Case, blanks and line breaks between Thai letters, and what `texts.one_spelling` brings together make no difference.
    """
    text = unicodedata.normalize("NFKC", _BETWEEN_THAI.sub("", one_spelling(heading)))
    return " ".join(text.casefold().split())


def without_reason(headings: Sequence[str], cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row as the file of refused rows keeps them: without an earlier reason."""
    kept = [cell.kept if isinstance(cell, Flaw) else cell for cell in cells]
    if REASON in headings:
        del kept[headings.index(REASON) : headings.index(REASON) + 1]
    return kept


def ragged(cells: Sequence[Cell], headings: Sequence[str]) -> Issue | None:
    """What is wrong with a row of more or fewer cells than headings: its values may stand under the wrong ones."""
    there, wide = len(cells), len(headings)
    found = f"{there} cell{'' if there == 1 else 's'}"
    if there < wide:
        return Issue("row", "short", found, f"must have {wide} cells, one for each heading: the last cells are missing")
    if there > wide and any(map(filled, cells[wide:])):
        return Issue("row", "columns", found, f"must have {wide} cells, one for each heading: it has more")
    return None


def filled(cell: Cell) -> bool:
    """Whether a cell holds anything but blanks and invisible characters."""
    return bool(cell.translate(INVISIBLE).strip() if isinstance(cell, str) else cell is not None)
