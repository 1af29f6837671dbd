"""A row of an export as a record, its columns found by their headings. Pure.

Compiled where a C compiler is.
"""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.errors import Fault
from saingan.publish.cells import Read, UnreadableError, reader
from saingan.publish.mapping import FileMapping, schema_fields
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.publish.table import REASON, Cell, Flaw, plain_heading
from saingan.standard.fields import UNREPEATED
from saingan.standard.issues import Issue, shape

_UNREPEATED: Final = UNREPEATED | {CITIZEN_ID, PREVIOUS_CITIZEN_ID}
_MEMORY: Final = 4096  # values per column
_UNKNOWN: Final = object()


@final
class Reading:
    """What a row says; a field that could not be read is in ``issues`` and not in ``record``."""

    def __init__(self, record: dict[str, Any], issues: tuple[Issue, ...]) -> None:
        self.citizen_id: str | None = record.pop(CITIZEN_ID, None)
        self.previous_citizen_id: str | None = record.pop(PREVIOUS_CITIZEN_ID, None)
        self.record = record
        self.issues = issues


@final
class _FieldReader:
    """Reads one field's cells; texts that a column repeats are remembered.

    Attributes:
        place: of the column in the file, from 0.
    """

    def __init__(self, name: str, heading: str, place: int, read: Read) -> None:
        self.name = name
        self.heading = heading
        self.place: i64 = place
        self._read: Any = read
        self._known: dict[str, Any] | None = None if name in _UNREPEATED else {}

    def value(self, cell: Cell) -> Any:
        if self._known is None or not isinstance(cell, str):
            return self._read(cell)
        value = self._known.get(cell, _UNKNOWN)
        if value is _UNKNOWN:
            value = self._read(cell)
            if len(self._known) < _MEMORY:
                self._known[cell] = value
        return value


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
        self._constants = dict(mapping.constants)
        self._columns = [
            _FieldReader(name, headings[place], place, reader(column, fields.get(name), mapping.blank))
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
        return Reading(record, tuple(issues))

    def heading(self, field: str) -> str | None:
        """The heading under which the file has a field; None where it has none."""
        return self._headings.get(field)


def _all_there(mapping: FileMapping, headings: Sequence[str], there: Collection[str]) -> None:
    wanted = {plain_heading(column.heading): column for column in mapping.fields.values()}
    plain = [plain_heading(heading) for heading in headings]
    if twice := [column.heading for name, column in wanted.items() if plain.count(name) > 1]:
        raise Fault(f"the file has more than one column {_quoted(twice)}: rename or remove the other")
    absent = [column.heading for name, column in wanted.items() if name not in there and not column.optional]
    if absent:
        free = [heading for heading in headings if heading != REASON and plain_heading(heading) not in wanted]
        raise Fault(
            f"the file lacks {'; '.join(_with_nearest(heading, free) for heading in absent)}. "
            "Rename its headings, or name them in a mapping (`optional: true` where a column may be absent)"
        )


def _with_nearest(heading: str, free: Sequence[str]) -> str:
    near = get_close_matches(heading, free, n=2, cutoff=0.5)
    return f"`{heading}`" + (f" (nearest: {_quoted(near)})" if near else "")


def _quoted(headings: Collection[str]) -> str:
    return ", ".join(f"`{heading}`" for heading in headings)
