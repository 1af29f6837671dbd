"""The row with the headings: often not the first, and sometimes two rows that belong together."""

from collections.abc import Collection, Sequence
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from saingan.publish.files.table import Cell, filled, plain_heading

HEADER_WITHIN: Final = 30  # rows: titles often stand above the headings


class Header(NamedTuple):
    """The headings of a table.

    Attributes:
        row: where they stand, from 0; of two rows the lower one.
        cells: one for each column.
        hits: how many of the wanted headings are there.
    """

    row: int
    cells: Sequence[Cell]
    hits: int

    @property
    def headings(self) -> list[str]:
        """The headings without what is empty at their end."""
        headings = [str(cell).strip() if isinstance(cell, str) or filled(cell) else "" for cell in self.cells]
        while headings and not headings[-1]:
            headings.pop()
        return headings


def header_in(rows: Sequence[Sequence[Cell]], wanted: Collection[str]) -> Header | None:
    """The first of the rows with the most of the wanted headings; None where no row has any.

    A heading may span two rows: cells that the row leaves empty are taken from its neighbour where they are wanted.
    """
    found = [Header(row, cells, _hits(cells, wanted)) for row, cells in enumerate(rows)]
    best = max(found, key=lambda header: header.hits, default=None)
    if best is None or not best.hits:
        return None
    for upper, lower in pairwise(found[max(best.row - 1, 0) : best.row + 2]):
        for first, second in ((lower, upper), (upper, lower)):
            cells = [one if filled(one) else two for one, two in zip_longest(first.cells, second.cells)]
            if (hits := _hits(cells, wanted)) > best.hits:
                best = Header(lower.row, cells, hits)
    return best


def repeats(cells: Sequence[Cell], headings: Sequence[str]) -> bool:
    """Whether a row is the headings again, as at the top of each printed page."""
    if len(cells) < len(headings):
        return False
    return all(_plain(cell) == plain_heading(heading) for cell, heading in zip(cells, headings, strict=False))


def begins_another(cells: Sequence[Cell], headings: Sequence[str]) -> bool:
    """Whether a row has the headings of another table: mostly the same, but not in the same places."""
    there = [cell for cell in cells if filled(cell)]
    hits = _hits(there, {plain_heading(heading) for heading in headings if heading})
    return hits > 1 and hits * 2 > len(there)


def _plain(cell: Cell) -> str:
    return plain_heading(cell) if isinstance(cell, str) else str(cell or "")


def _hits(cells: Sequence[Cell], wanted: Collection[str]) -> int:
    return len({plain_heading(cell) for cell in cells if isinstance(cell, str)} & set(wanted))
