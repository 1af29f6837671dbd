"""The forms in which a field may be given, each read into the one that Avro takes. Compiled where a C compiler is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import index
from types import NoneType
from typing import Any

from saingan.standard.schemas import Schema

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_EPOCH_DAY = _EPOCH.toordinal()
_MILLISECOND = timedelta(milliseconds=1)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Form:
    """How one type of the schemas is given.

    Attributes:
        exact: the Python type that Avro takes as it is; `NoneType` where each value is read first.
        read: any other accepted form as `exact`; raises ValueError or TypeError where it is none.
        advice: what the field must be.
    """

    exact: type
    read: Callable[[Any], Any]
    advice: str


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def _date(value: Any) -> int:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        value = date.fromisoformat(value)
    elif isinstance(value, datetime):  # as a spreadsheet gives a date
        if value.time() != time():
            raise ValueError
        value = value.date()
    if not isinstance(value, date):
        raise TypeError
    return day_number(value)


def _instant(value: Any) -> int:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise TypeError
    return (value - _EPOCH) // _MILLISECOND  # TypeError where it has no offset


def _sealed(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError
    return value.encode("ascii")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return str.__str__(value)  # a kind of str, as NumPy's


def in_order(texts: Iterable[str]) -> tuple[str, ...]:
    """An array of a record: sorted by code point, without repeats (standard, section 2)."""
    return tuple(sorted(set(texts)))


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise TypeError
    return in_order([_text(item) for item in value])


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return index(value)


def _boolean(_: Any) -> bool:
    raise TypeError


_FORMS = {
    "string": Form(str, _text, "must be text, leading zeros kept"),
    "enum": Form(str, _text, "must be text, one of the symbols of the schema"),
    "int": Form(int, _whole, "must be a whole number"),
    "long": Form(int, _whole, "must be a whole number"),
    "boolean": Form(bool, _boolean, "must be true or false"),
    "array": Form(NoneType, _texts, "must be a list of texts"),
    "bytes": Form(bytes, _sealed, "must be bytes, or ASCII text"),
    "date": Form(int, _date, "must be a date such as 2026-03-31"),
    "timestamp-millis": Form(int, _instant, "must be a time with its offset, such as 2026-03-31T09:00:00+07:00"),
}


KINDS = frozenset(_FORMS)


def form(kind: str) -> Form:
    """The form of a type as `kind_of` names it."""
    return _FORMS[kind]


def kind_of(field_type: Any, named: dict[str, Schema]) -> tuple[str, bool, Schema]:
    """A schema field's type as (kind, whether it may be null, the type itself); a union of several is kind "union".

    Args:
        named: the named types met so far, by name; one more is added when the field defines it.
    """
    nullable = isinstance(field_type, list) and "null" in field_type
    inner: Any = field_type
    if isinstance(field_type, list):
        branches = [branch for branch in field_type if branch != "null"]
        inner = branches[0] if len(branches) == 1 else "union"
    described: Schema = named.get(inner, {"type": inner}) if isinstance(inner, str) else inner
    if "name" in described:
        named[described["name"]] = described
    kind: str = described.get("logicalType") or described["type"]
    return kind, nullable, described
