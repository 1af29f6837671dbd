"""A cell of an export as a field's value: read by its column of the mapping and its field's type. Pure.

Compiled where a C compiler is.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final

from saingan.publish import dates
from saingan.publish.mapping import Column
from saingan.publish.table import Cell, Flaw, plain_heading
from saingan.standard.codes import codes
from saingan.standard.forms import kind_of
from saingan.standard.identity import is_citizen_id, normalise_citizen_id
from saingan.standard.texts import INVISIBLE

_TIDY: Final = INVISIBLE | {ord(thai): str(digit) for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_DAMAGED: Final = re.compile(r"\d([.,]\d+)?E\+\d+|#(N/A|VALUE!|REF!|NAME\?|DIV/0!|NULL!|NUM!|#+)")  # by a spreadsheet
_AS_TEXT: Final = "was changed by a spreadsheet: format its column as text and export again"
_GROUPED: Final = re.compile(r"\d{1,3}(,\d{3})+")

Read = Callable[[Cell], Any]


class UnreadableError(ValueError):
    def __init__(self, rule: str, advice: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.advice = advice


def reader(column: Column, field: dict[str, Any] | None, blank: Collection[str]) -> Read:
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
                raise UnreadableError("spreadsheet", _AS_TEXT)
            return text
        case bool():
            raise UnreadableError("type", "must be text or a number")
        case int():
            return str(cell)
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            raise UnreadableError("spreadsheet", _AS_TEXT)
        case Flaw():
            raise UnreadableError(cell.rule, cell.advice)
        case _:
            raise UnreadableError("type", "must be one text, whole number or date")


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
            raise UnreadableError("code", f"has a value that the mapping does not know; it knows {few}")
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
        raise UnreadableError(*_ADVICE[kind]) from None


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
