"""A text as a field's value, by the kind of its type. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from saingan.publish.files.dates import parse_day, parse_instant

BETWEEN: Final = "|"  # the items of an array, where a mapping names no other separator
_GROUPED: Final = re.compile(r"\d{1,3}(,\d{3})+")


class UnreadableError(ValueError):
    """Why a cell is refused; see `Issue` for both words."""

    def __init__(self, rule: str, advice: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.advice = advice


def whole(text: str) -> int:
    """Raises ValueError where it is no whole number; ``int`` takes more: signs, blanks, underscores."""
    digits = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if not digits.isdecimal():
        raise ValueError
    return int(digits)


def truth(text: str) -> bool:
    """Raises ValueError where it is neither."""
    word = text.casefold()
    if word not in ("true", "false"):
        raise ValueError
    return word == "true"


CONVERT: Final[Mapping[str, Callable[[str], Any]]] = {
    "string": lambda text: text or None,
    "enum": str,
    "int": whole,
    "long": whole,
    "boolean": truth,
    "date": parse_day,
    "timestamp-millis": parse_instant,
    "bytes": str.encode,
    "array": lambda text: tuple(text.split(BETWEEN)),
}
ADVICE: Final = {
    "int": ("type", "must be a whole number"),
    "long": ("type", "must be a whole number"),
    "boolean": ("type", "must be true or false: name the agency's words for them under `codes`"),
    "date": ("date", "must be a date such as 31/03/2562, 2019-03-31 or 31 มี.ค. 2562, the year in four digits"),
    "timestamp-millis": ("date", "must be a time such as 31/03/2562 14:05 or 2019-03-31T14:05:00+07:00"),
}


def value_of(text: str, kind: str) -> Any:
    """The value of a text.

    Raises:
        UnreadableError: it is none of this kind.
    """
    try:
        return CONVERT[kind](text)
    except ValueError:
        raise UnreadableError(*ADVICE[kind]) from None
