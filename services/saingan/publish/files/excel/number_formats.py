"""Number formats of cells: which are dates, and which show digits that the number does not have."""

import re
from typing import Final, NamedTuple

_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)))
# 71 to 81 are Thai Excel's (ECMA-376, 18.8.30); it writes day, month, year, hour, minute and second in Thai as well.
_OF_DATES: Final = re.compile("[dmyhsbวดปชนท]", re.IGNORECASE)
_UNSHOWN: Final = re.compile(r"\[[^\]]*\]|_.|\*.")  # colours, languages, widths
_LITERAL: Final = re.compile(r'"([^"]*)"|\\(.)')
_LEADING: Final = re.compile(r"(?:\"[^\"]*\"|\\.|[-/ ()])*")
_WHOLE: Final = re.compile("[0#,/ ()-]+")
_SIGN: Final = re.compile("[0-9A-Za-z๐-๙]")
_GENERAL: Final = re.compile("general|ทั่วไป", re.IGNORECASE)


class Format(NamedTuple):
    """How a cell shows its number.

    Attributes:
        is_date: whether it shows a date or a time.
        digits: how many it shows at least.
        before: what it shows before them, where that has digits or Latin letters.
    """

    is_date: bool = False
    digits: int = 1
    before: str = ""

    def shown(self, number: int) -> int | str:
        """A whole number, as a text where the cell shows more than the number has."""
        if number < 0 or not (self.before or self.digits > 1):
            return number
        return f"{self.before}{number:0{self.digits}d}"


def format_of(number: str, code: str | None) -> Format:
    """The format of a built-in number, or of a code that the workbook gives."""
    if code is None:
        return Format(is_date=number.isdecimal() and int(number) in _DATES)
    positive = _UNSHOWN.sub("", code.split(";")[0])
    if _GENERAL.search(positive):
        return Format()
    bare = _LITERAL.sub("", positive)
    if _OF_DATES.search(bare):
        return Format(is_date=True)
    if not _WHOLE.fullmatch(bare):
        return Format()
    leading = _LEADING.match(positive)
    before = _LITERAL.sub(r"\1\2", leading[0]) if leading else ""
    return Format(digits=bare.count("0"), before=before if _SIGN.search(before) else "")
