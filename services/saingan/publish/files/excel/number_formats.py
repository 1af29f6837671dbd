"""Number formats of cells (ECMA-376, 18.8.30 and .31): which are dates, and what others show besides the digits."""

import re
from typing import Final, NamedTuple

from saingan.publish.files.table import Cell, Flaw

_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)))
# 71 to 81 are Thai Excel's (ECMA-376, 18.8.30); it writes day, month, year, hour, minute and second in Thai as well.
_SHARES: Final = frozenset(("9", "10", "12", "13"))  # per cent and fractions
_OF_DATES: Final = re.compile("[dmyhsbวดปชนท]", re.IGNORECASE)
_CONDITION: Final = re.compile(r"\[[<>=]")
_UNSHOWN: Final = re.compile(r"\[[^\]]*\]|_.|\*.|t(?=[0#?])|(?<=[0#?]),(?=[0#?])|(?<=[0#?])\.[0#?]+")
_TOKEN: Final = re.compile(
    r"\"([^\"]*)\"|\\(.)|([-+():!^&'~{}<>= $฿])|(general|ทั่วไป|[0#?])|(.)", re.IGNORECASE | re.DOTALL
)
_SIGN: Final = re.compile("[0-9A-Za-z๐-๙]")
_OTHERWISE: Final = Flaw("spreadsheet", "a number that is shown otherwise", "must be text as it is shown", "#FORMAT!")


class Format(NamedTuple):
    """How a cell shows its number.

    Attributes:
        is_date: whether it shows a date or a time.
        signs: of a number that is not shown by its digits alone: texts that stand for themselves, and between them
            ``None`` for a digit that may be shown, ``0`` for one that always is.
        is_odd: whether it shows something else than the number's digits: a share, thousands, what its size decides.
    """

    is_date: bool = False
    signs: tuple[str | int | None, ...] = ()
    is_odd: bool = False

    def shown(self, number: int) -> Cell:
        """A whole number; a text where the cell shows more than its digits, a flaw where it shows others."""
        if self.is_odd:
            return _OTHERWISE
        if number < 0 or not self.signs:
            return number
        digits, shown = list(str(number)), []
        for at in range(len(self.signs) - 1, -1, -1):
            sign = self.signs[at]
            if isinstance(sign, str):
                shown.append(sign)
            elif all(isinstance(before, str) for before in self.signs[:at]):
                shown.append("".join(digits) or "0" * (sign == 0))  # the first place takes all that is left
            elif digits:
                shown.append(digits.pop())
            elif sign == 0:
                shown.append("0")
        return "".join(reversed(shown))


_ODD: Final = Format(is_odd=True)


def format_of(number: str, code: str | None) -> Format:
    """The format of a built-in number, or of a code that the workbook gives."""
    if code is None:
        return _ODD if number in _SHARES else Format(is_date=number.isdecimal() and int(number) in _DATES)
    if _CONDITION.search(code):
        first, *others = {_of_section(section) for section in code.split(";")[:2]}
        return _ODD if others else first
    return _of_section(code.split(";")[0])


def _of_section(section: str) -> Format:
    signs: list[str | int | None] = []
    others = ""
    for token in _TOKEN.finditer(_UNSHOWN.sub("", section)):
        quoted, escaped, literal, digit, other = token.groups()
        if digit is not None:
            signs.append(0 if digit == "0" else None)
        elif other is not None:
            others += other
        elif text := quoted or escaped or literal:
            signs.append(text)
    if _OF_DATES.search(others):
        return Format(is_date=True)
    if others.strip("@Ee"):
        return _ODD
    signs = _without_ends(signs)
    plain = "E" in others.upper() or (signs.count(0) < 2 and not any(isinstance(sign, str) for sign in signs))
    return Format() if plain else Format(signs=tuple(signs))


def _without_ends(signs: list[str | int | None]) -> list[str | int | None]:
    """Without texts at the ends that have no letter or digit of an identifier, such as a currency or a unit."""
    places = [at for at, sign in enumerate(signs) if not isinstance(sign, str)]
    if not places:
        return []
    first, last = places[0], places[-1] + 1
    before, after = signs[:first], signs[last:]
    return [
        *(before if any(_SIGN.search(str(sign)) for sign in before) else ()),
        *signs[first:last],
        *(after if any(_SIGN.search(str(sign)) for sign in after) else ()),
    ]
