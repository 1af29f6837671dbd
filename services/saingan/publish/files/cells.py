"""A cell of an export as a field's value: read by its column of the mapping and its field's type. Pure.

Compiled where a C compiler is.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, Final, final

from saingan.publish.files import dates
from saingan.publish.files.artefacts import AS_TEXT, bare, number_as_text, refuse_day
from saingan.publish.files.mapping.layout import Column
from saingan.publish.files.mapping.translation import Translation
from saingan.publish.files.table import Cell, Flaw
from saingan.publish.files.values import ADVICE, CONVERT, UnreadableError, value_of
from saingan.standard.coercion import kind_of
from saingan.standard.identity import is_citizen_id, normalise_citizen_id
from saingan.standard.texts import LONGEST_NOTHING, means_nothing, one_spelling

_DIGITS: Final = {ord(thai): str(digit) for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_DAYS: Final = ("date", "timestamp-millis")


@final
class CellReader:
    """Reads one column's cells.

    Args:
        field: of the schema; None for a citizen ID.
        blank: what stands for nothing, besides the words that always do.
        required: whether nothing is refused.
    """

    def __init__(self, column: Column, field: dict[str, Any] | None, blank: Collection[str], required: bool) -> None:
        kind, _, described = kind_of(field["type"], {}) if field else ("string", False, {})
        self._separator: str = ""
        if kind == "array":  # each item is read as a text
            kind, self._separator = "string", column.separator
        self.kind: str = kind
        self._convert: Any = CONVERT.get(kind)
        self._nothing = frozenset(_tidy(word).casefold() for word in blank)
        self._longest = max([LONGEST_NOTHING, *map(len, self._nothing)])
        self._letters_last = not any(word[-1:].isdecimal() for word in self._nothing)
        self._default: Any = None if column.default is None else value_of(column.default, kind)
        self._required: bool = required and self._default is None
        self._is_text: bool = kind in ("string", "enum")
        # a zero that is lost from the front of one of these shows
        self._keeps_digits: bool = field is None or column.width is not None or column.parse is not None
        self._translation: Any = None
        if column.codes or column.code_list:
            self._translation = Translation(column.codes, column.code_list, described.get("symbols", ()))
        self._parse = column.parse
        self._width: int = column.width or 0
        self._prefix = column.prefix

    def read(self, cell: Cell) -> Any:
        """The field's value; None or the default where the cell holds nothing.

        Raises:
            UnreadableError: the cell holds no value of this field.
        """
        if not self._separator:
            return self._one(cell)
        items: Any = cell if isinstance(cell, list) else [cell]
        if isinstance(cell, str):
            items = cell.split(self._separator)
        values = [self._one(item) for item in items]
        return tuple([value for value in values if value is not None])

    def _one(self, cell: Cell) -> Any:
        if isinstance(cell, str):
            return self._of_text(_tidy(cell))
        if cell is None:
            return self._default
        if isinstance(cell, Flaw):
            raise UnreadableError(cell.rule, cell.advice)
        if self._convert is None:  # no agency's table has it; `check` says what it thinks of it
            return cell
        return self._of_day(cell) if isinstance(cell, date) else self._of_text(self._text_of(cell))

    def _of_text(self, text: str) -> Any:
        if self._translation is not None:
            return self._of_code(text)
        if self._is_text:
            text = bare(text, self._keeps_digits)
            refuse_day(text)
        if text == "" or self._is_nothing(text):
            return self._absent(text)
        if self._is_text:
            return self._convert(self._spelt(text)) if self._convert is not None else text
        try:
            value = self._convert(text)
        except ValueError:
            return self._of_odd_text(text)
        if self.kind == "date" and dates.stands_for_none(value):
            raise UnreadableError("placeholder", dates.NO_DAY)
        return value

    def _of_code(self, text: str) -> Any:
        if not self._translation.knows(text):
            text = bare(text, keeps_digits=True)
            if text == "" or (self._is_nothing(text) and not self._translation.knows(text)):
                return self._absent(text)
        return value_of(self._translation(text), self.kind)

    def _of_odd_text(self, text: str) -> Any:
        """What a spreadsheet left around a number or a date; or why it is none."""
        inner = bare(text, keeps_digits=True)
        if inner != text:
            return self._of_text(inner)
        if self.kind in _DAYS and (why := dates.why_not(text, self.kind == "date")) is not None:
            raise UnreadableError(*why)
        raise UnreadableError(*ADVICE[self.kind])

    def _of_day(self, cell: date) -> Any:
        if self.kind not in _DAYS:
            raise UnreadableError("spreadsheet", AS_TEXT)
        if not self._nothing.isdisjoint((f"{cell:%d/%m/%Y}", f"{cell:%Y-%m-%d}")):
            return self._absent("a date")
        try:
            value = dates.day_of_cell(cell)
            if self.kind == "timestamp-millis":
                return dates.instant_of_cell(cell)
        except ValueError:
            raise UnreadableError(*ADVICE[self.kind]) from None
        if dates.stands_for_none(value):
            raise UnreadableError("placeholder", dates.NO_DAY)
        if dates.has_time(cell):
            raise UnreadableError("date", dates.WITH_TIME)
        return value

    def _text_of(self, cell: Cell) -> str:
        if isinstance(cell, bool):
            if self.kind == "boolean":
                return str(cell)
            raise UnreadableError("type", "must be text or a number")
        if not isinstance(cell, int | float):
            raise UnreadableError("type", "must be one text, whole number or date")
        if isinstance(cell, int) and self.kind == "long":
            return str(cell)
        if self.kind in _DAYS and not float(cell).is_integer():
            raise UnreadableError("date", dates.SERIAL)
        return number_as_text(cell)

    def _is_nothing(self, text: str) -> bool:
        if len(text) > self._longest or (self._letters_last and text[-1:].isdecimal()):
            return False
        return text.casefold() in self._nothing or means_nothing(text)

    def _absent(self, text: str) -> Any:
        if text and self._required:
            raise UnreadableError("required", "must be there; the cell holds a word for nothing")
        return self._default

    def _spelt(self, text: str) -> str:
        if self._parse == "juristic_number":
            text = normalise_citizen_id(text)
            if text[:1] != "0" and is_citizen_id(text):  # a sole trader's
                return ""
        if self._width and text.isdigit():
            text = text.zfill(self._width)
        return self._prefix + text


def _tidy(cell: str) -> str:
    return cell.strip() if cell.isascii() else one_spelling(cell).translate(_DIGITS).strip()
