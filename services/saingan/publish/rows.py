"""A row of an export as a record: each cell read by its column of the mapping and its field's type. Pure.

Compiled where a C compiler is.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, final

from saingan.errors import Fault
from saingan.publish import dates
from saingan.publish.mapping import Column, FileMapping, schema_fields
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.publish.table import INVISIBLE, REASON, Cell, plain_heading
from saingan.standard.checks import UNREPEATED
from saingan.standard.codes import codes
from saingan.standard.forms import kind_of
from saingan.standard.identity import is_citizen_id, normalise_citizen_id
from saingan.standard.issues import Issue, shape

_TIDY: Final = INVISIBLE | {ord(thai): str(digit) for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_DAMAGED: Final = re.compile(r"\d([.,]\d+)?E\+\d+|#(N/A|VALUE!|REF!|NAME\?|DIV/0!|NULL!|NUM!|#+)")  # by a spreadsheet
_AS_TEXT: Final = "was changed by a spreadsheet: format its column as text and export again"
_GROUPED: Final = re.compile(r"\d{1,3}(,\d{3})+")
_UNREPEATED: Final = UNREPEATED | {CITIZEN_ID, PREVIOUS_CITIZEN_ID}
_MEMORY: Final = 65_536  # values per column
_UNMET: Final = object()

_Read = Callable[[Cell], Any]


class _UnreadableError(ValueError):
    def __init__(self, rule: str, advice: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.advice = advice


class Reading(NamedTuple):
    """What a row says; a field that could not be read is in ``issues`` and not in ``record``."""

    record: dict[str, Any]
    citizen_id: str | None
    previous_citizen_id: str | None
    issues: tuple[Issue, ...]


@final
class _FieldReader:
    """Reads one field's cells.

    Attributes:
        known: what texts mean, where a column repeats them; else None.
    """

    def __init__(self, name: str, heading: str, read: _Read) -> None:
        self.name = name
        self.heading = heading
        self._read = read
        self._known: dict[str, Any] | None = None if name in _UNREPEATED else {}

    def value(self, cell: Cell) -> Any:
        known = self._known
        if known is None or not isinstance(cell, str):
            return self._read(cell)
        value = known.get(cell, _UNMET)
        if value is _UNMET:
            value = self._read(cell)
            if len(known) < _MEMORY:
                known[cell] = value
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
        there = {plain_heading(heading): heading for heading in headings}
        _all_there(mapping, headings, there)
        fields = schema_fields(mapping.topic)
        self._constants = dict(mapping.constants)
        self._columns = [
            _FieldReader(name, there[plain_heading(column.heading)], _reader(column, fields.get(name), mapping.blank))
            for name, column in mapping.fields.items()
            if plain_heading(column.heading) in there
        ]
        self._headings = {column.name: column.heading for column in self._columns if column.name != column.heading}
        used = {column.heading for column in self._columns} | {REASON}
        self.unused = tuple(heading for heading in headings if heading not in used)

    def read(self, cells: Mapping[str, Cell]) -> Reading:
        record: dict[str, Any] = self._constants.copy()
        issues: list[Issue] = []
        for column in self._columns:
            cell = cells.get(column.heading)
            try:
                record[column.name] = column.value(cell)
            except _UnreadableError as slip:
                issues.append(Issue(column.name, slip.rule, shape(cell), slip.advice))
        return Reading(record, record.pop(CITIZEN_ID, None), record.pop(PREVIOUS_CITIZEN_ID, None), tuple(issues))

    def explained(self, issue: Issue) -> str:
        """An issue with the heading under which the file has the field."""
        heading = self._headings.get(issue.field)
        return f"{heading}: {issue}" if heading else str(issue)


def _all_there(mapping: FileMapping, headings: Sequence[str], there: Mapping[str, str]) -> None:
    wanted = {plain_heading(column.heading): column for column in mapping.fields.values()}
    plain = [plain_heading(heading) for heading in headings]
    if twice := [column.heading for name, column in wanted.items() if plain.count(name) > 1]:
        raise Fault(f"the file has more than one column {_quoted(twice)}: rename or remove the other")
    absent = [column.heading for name, column in wanted.items() if name not in there and not column.optional]
    if absent:
        free = [heading for name, heading in there.items() if name not in wanted]
        raise Fault(
            f"the file lacks {'; '.join(_with_nearest(heading, free) for heading in absent)}. "
            "Rename its headings, or name them in a mapping (`optional: true` where a column may be absent)"
        )


def _with_nearest(heading: str, free: Sequence[str]) -> str:
    near = get_close_matches(heading, free, n=2, cutoff=0.5)
    return f"`{heading}`" + (f" (nearest: {_quoted(near)})" if near else "")


def _quoted(headings: Collection[str]) -> str:
    return ", ".join(f"`{heading}`" for heading in headings)


def _reader(column: Column, field: dict[str, Any] | None, blank: Collection[str]) -> _Read:
    kind, _, described = kind_of(field["type"], {}) if field else ("string", False, {})
    convert = _CONVERT.get(kind)
    if convert is None:  # no agency's table holds it; `check` says what it thinks of it
        return lambda cell: cell
    translate = _translation(column, described.get("symbols", ()))
    nothing = frozenset(blank)

    def read(cell: Cell) -> Any:
        if isinstance(cell, date) and (of_cell := _OF_CELL.get(kind)) is not None:
            return _converted(of_cell, cell, kind)
        text = _text(cell)
        if text == "" or text in nothing:
            return column.default
        return _converted(convert, translate(text), kind)

    return read


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            text = (cell if cell.isascii() else cell.translate(_TIDY)).strip()
            if ("E+" in text or "#" in text) and _DAMAGED.fullmatch(text):
                raise _UnreadableError("spreadsheet", _AS_TEXT)
            return text
        case bool():
            raise _UnreadableError("type", "must be text or a number")
        case int():
            return str(cell)
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            raise _UnreadableError("spreadsheet", _AS_TEXT)
        case _:
            raise _UnreadableError("type", "must be one text, whole number or date")


def _translation(column: Column, symbols: Collection[str]) -> Callable[[str], str]:
    """From the agency's value to ours, as text."""
    if not column.codes and column.code_list is None:
        return _spelling(column)
    table = _names(column.code_list) if column.code_list else {}
    table |= {_plain_name(code): str(ours) for code, ours in column.codes.items()}
    table |= {_plain_name(ours): ours for ours in (*table.values(), *symbols)}
    few = ", ".join([*column.codes, *symbols][:12]) or f"a code or a name of {column.code_list}"

    def translate(text: str) -> str:
        ours = table.get(text) or table.get(_plain_name(text))
        if ours is None:
            raise _UnreadableError("code", f"has a value that the mapping does not know; it knows {few}")
        return ours

    return translate


def _names(code_list: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in codes(code_list).values():
        for name in (code.more.get("abbr_th", ""), code.name_en, code.name_th, code.code):
            if name:
                found[_plain_name(name)] = code.code
    return found


def _plain_name(text: str) -> str:
    name = plain_heading(text).rstrip(".")
    for word in ("จังหวัด", "จ."):  # "province", before its name
        name = name.removeprefix(word)
    return name.strip()


def _spelling(column: Column) -> Callable[[str], str]:
    def spell(text: str) -> str:
        if column.parse == "juristic_number":
            text = normalise_citizen_id(text)
            if text[:1] != "0" and is_citizen_id(text):  # a sole trader's
                return ""
        if column.width and text.isdigit():
            text = text.zfill(column.width)
        return column.prefix + text

    return spell if column.parse or column.width or column.prefix else lambda text: text


def _converted(convert: Callable[[Any], Any], value: Any, kind: str) -> Any:
    try:
        return convert(value)
    except ValueError:
        raise _UnreadableError(*_ADVICE[kind]) from None


def _whole(text: str) -> int:
    digits = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if not digits.isdecimal():  # int() takes more: signs, blanks, underscores
        raise ValueError
    return int(digits)


_CONVERT: Final[Mapping[str, Callable[[str], Any]]] = {
    "string": lambda text: text or None,
    "enum": str,
    "int": _whole,
    "long": _whole,
    "date": dates.parse_day,
    "timestamp-millis": dates.parse_instant,
    "bytes": str.encode,
}
_OF_CELL: Final[Mapping[str, Callable[[Any], int]]] = {
    "date": dates.day_of_cell,
    "timestamp-millis": dates.instant_of_cell,
}
_ADVICE: Final = {
    "int": ("type", "must be a whole number"),
    "long": ("type", "must be a whole number"),
    "date": ("date", "must be a date such as 31/03/2562, 2019-03-31 or 31 มี.ค. 2562, the year in four digits"),
    "timestamp-millis": ("date", "must be a time such as 31/03/2562 14:05 or 2019-03-31T14:05:00+07:00"),
}
