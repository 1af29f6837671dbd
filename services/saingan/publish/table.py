"""What an export file is, whatever its format: headings, and rows one after another."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, Protocol, final

from saingan.standard.issues import Issue

Cell = object  # text, number, date or nothing; JSON can bring anything
HEADER_WITHIN = 10  # rows: titles often stand above the headings
REASON = "เหตุผลที่ปฏิเสธ (reason)"  # the column of a refused row that says why; left aside when it comes back

INVISIBLE: Final[dict[int, str | None]] = {0x200B: None, 0x200C: None, 0x200D: None, 0xFEFF: None, 0xA0: " "}


@final
class Row:
    """One row.

    Attributes:
        number: its line in the text file, or its row in the sheet.
        cells: in the order of the headings; there may be fewer or more of them.
        broken: why it cannot be read at all.
        raw: of JSON Lines, the object, which may have more than the headings.
    """

    def __init__(
        self, number: int, cells: list[Any], broken: Issue | None = None, raw: dict[str, Any] | None = None
    ) -> None:
        self.number = number
        self.cells = cells
        self.broken = broken
        self.raw = raw


class Table(Protocol):
    """An open export file.

    Attributes:
        headings: in the file's order, `REASON` included where it has one.
    """

    headings: list[str]

    def rows(self) -> Iterator[Row]:
        """The rows, read as they are asked for; once."""

    def done(self) -> float:
        """The share of the file that has been read, 0 to 1."""

    def close(self) -> None: ...


def plain_heading(heading: str) -> str:
    """A heading as it is compared: blanks, case and the ways to type sara am make no difference."""
    return " ".join(unicodedata.normalize("NFKC", heading).translate(INVISIBLE).casefold().split())


def headings_in(cells: Sequence[Cell]) -> list[str]:
    """The headings that a row holds, without what is empty at its end."""
    headings = ["" if cell is None else str(cell).strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def hits(cells: Sequence[Cell], wanted: Collection[str]) -> int:
    """How many of the wanted headings stand in a row that may be the header."""
    return len({plain_heading(cell) for cell in cells if isinstance(cell, str)} & set(wanted))


def without_reason(headings: Sequence[str], cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row that was refused before, without the earlier reason."""
    if REASON not in headings:
        return list(cells)
    at = headings.index(REASON)
    return [*cells[:at], *cells[at + 1 :]]


def ragged(cells: Sequence[Cell], headings: Sequence[str]) -> Issue | None:
    """What is wrong with a row of more or fewer cells than headings: its values may stand under the wrong ones."""
    if len(cells) == len(headings) or (len(cells) > len(headings) and not any(cells[len(headings) :])):
        return None
    advice = f"must have {len(headings)} cells, one for each heading: is a value with the separator in it unquoted?"
    return Issue("row", "columns", f"{len(cells)} cells", advice)
