"""A row of an export as a record, its columns found by their headings. Pure.

Compiled where a C compiler is.
"""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.publish.files import dates
from saingan.publish.files.cells import CellReader
from saingan.publish.files.mapping import problems
from saingan.publish.files.mapping.layout import Column, FileMapping, schema_fields
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.table import REASON, Cell, Flaw, plain_heading
from saingan.publish.files.values import UnreadableError, value_of
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.standard.coercion import kind_of
from saingan.standard.field_checks import UNREPEATED
from saingan.standard.issues import Issue, shape

_PERSON: Final = (CITIZEN_ID, PREVIOUS_CITIZEN_ID)
_UNREPEATED: Final = UNREPEATED.union(_PERSON)
_MEMORY: Final = 4096  # values per column
_UNKNOWN: Final = object()
_MONTH_FIRST: Final = "has dates with the month first: look at those that may be read either way, such as 04/03/2019"
_TWO_ERAS: Final = "has years of both eras, such as 2568 and 2025: both were read; look whether that is meant"


@final
class Reading:
    """What a row says; a field that could not be read is in ``issues`` and not in ``record``.

    Attributes:
        warnings: what a person should look at; of the mapping and of a whole column they come with one row.
    """

    def __init__(self, record: dict[str, Any], issues: tuple[Issue, ...], warnings: tuple[Issue, ...]) -> None:
        self.citizen_id: str | None = record.pop(CITIZEN_ID, None)
        self.previous_citizen_id: str | None = record.pop(PREVIOUS_CITIZEN_ID, None)
        self.record = record
        self.issues = issues
        self.warnings = warnings


@final
class _FieldReader:
    """Reads one field's cells; texts that a column repeats are remembered.

    Attributes:
        place: of the column in the file, from 0.
        buddhist, common: different days read so far with a year of that era.
        warnings: of the column, not yet reported; each comes once.
    """

    def __init__(self, name: str, heading: str, place: int, cells: CellReader, warnings: list[Issue]) -> None:
        self.name = name
        self.heading = heading
        self.place: i64 = place
        self.buddhist: i64 = 0
        self.common: i64 = 0
        self.warnings = warnings
        self._cells = cells
        self._month_first = False
        self._known: dict[str, Any] | None = None if name in _UNREPEATED else {}
        self._days: set[str] | None = set() if cells.kind in ("date", "timestamp-millis") else None

    def value(self, cell: Cell) -> Any:
        if self._known is None or not isinstance(cell, str):
            return self._read(cell)
        value = self._known.get(cell, _UNKNOWN)
        if value is _UNKNOWN:
            value = self._read(cell)
            if len(self._known) < _MEMORY:
                self._known[cell] = value
        return value

    def _read(self, cell: Cell) -> Any:
        try:
            value = self._cells.read(cell)
        except UnreadableError as slip:
            if slip.advice == dates.MONTH_FIRST and not self._month_first:
                self._month_first = True
                self.warnings.append(Issue(self.name, "month-first", "a column", _MONTH_FIRST))
            raise
        if self._days is not None and value is not None:
            self._count_era(cell, self._days)
        return value

    def _count_era(self, cell: Cell, days: set[str]) -> None:
        text = cell if isinstance(cell, str) else str(cell)
        day = text[:10]
        if day in days:
            return
        if len(days) < _MEMORY:
            days.add(day)
        buddhist = dates.is_buddhist(text)
        if buddhist is None:
            return
        if buddhist:
            self.buddhist += 1
        else:
            self.common += 1
        here, other = (self.buddhist, self.common) if buddhist else (self.common, self.buddhist)
        if here == 1 and other:
            self.warnings.append(Issue(self.name, "two-eras", "a column", _TWO_ERAS))


@final
class RowReader:
    """Reads the rows of one file.

    Attributes:
        unused: headings of the file that no field is read from.

    Raises:
        Fault: the file lacks columns that the mapping names, or has one of them twice.
    """

    def __init__(self, mapping: FileMapping, headings: Sequence[str]) -> None:
        there = {plain_heading(heading): place for place, heading in enumerate(headings)}
        _all_there(mapping, headings, there)
        fields = schema_fields(mapping.topic)
        self._constants: dict[str, Any] = {
            name: value_of(text, kind_of(fields[name]["type"], {})[0]) for name, text in mapping.constants.items()
        }
        self._warnings = [*problems.cautions(mapping)]
        self._columns = [
            _FieldReader(name, headings[place], place, _cells(name, column, mapping, fields), self._warnings)
            for name, column in mapping.fields.items()
            if (place := there.get(plain_heading(column.heading))) is not None
        ]
        self._headings = {column.name: column.heading for column in self._columns}
        used = {column.heading for column in self._columns} | {REASON}
        self.unused = tuple(heading for heading in headings if heading not in used)

    def read(self, cells: list[Cell]) -> Reading:
        """Read a row's cells, in the order of the headings; those that a short row lacks are empty."""
        wide: i64 = len(cells)
        record: dict[str, Any] = self._constants.copy()
        issues: list[Issue] = []
        for column in self._columns:
            cell = cells[column.place] if column.place < wide else None
            try:
                record[column.name] = column.value(cell)
            except UnreadableError as slip:
                issues.append(
                    Issue(column.name, slip.rule, cell.shape if isinstance(cell, Flaw) else shape(cell), slip.advice)
                )
        if not self._warnings:
            return Reading(record, tuple(issues), ())
        warnings = tuple(self._warnings)
        self._warnings.clear()
        return Reading(record, tuple(issues), warnings)

    def heading(self, field: str) -> str | None:
        """The heading under which the file has a field; None where it has none."""
        return self._headings.get(field)

    @property
    def eras(self) -> tuple[str, ...]:
        """The eras of the years read so far, by heading, with the number of different days where there are both."""
        return tuple(
            f"{each.heading} (พ.ศ. {each.buddhist}, ค.ศ. {each.common})"
            if each.buddhist and each.common
            else f"{each.heading} ({'พ.ศ.' if each.buddhist else 'ค.ศ.'})"
            for each in self._columns
            if each.buddhist or each.common
        )


def _cells(name: str, column: Column, mapping: FileMapping, fields: dict[str, dict[str, Any]]) -> CellReader:
    field = fields.get(name)
    required = name == CITIZEN_ID if field is None else "default" not in field
    return CellReader(column, field, mapping.blank, required)


def _all_there(mapping: FileMapping, headings: Sequence[str], there: Collection[str]) -> None:
    wanted = {plain_heading(column.heading): column for column in mapping.fields.values()}
    plain = [plain_heading(heading) for heading in headings]
    if twice := [column.heading for name, column in wanted.items() if plain.count(name) > 1]:
        raise FileFault("columns-twice", columns=_quoted(twice))
    absent = [column.heading for name, column in wanted.items() if name not in there and not column.optional]
    if absent:
        free = [heading for heading in headings if heading != REASON and plain_heading(heading) not in wanted]
        raise FileFault("columns-absent", columns="; ".join(_with_nearest(heading, free) for heading in absent))


def _with_nearest(heading: str, free: Sequence[str]) -> str:
    near = get_close_matches(heading, free, n=2, cutoff=0.5)
    return f"`{heading}`" + (f" (nearest: {_quoted(near)})" if near else "")


def _quoted(headings: Collection[str]) -> str:
    return ", ".join(f"`{heading}`" for heading in headings)
