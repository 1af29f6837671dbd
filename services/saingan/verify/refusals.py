"""Why a record is a dead letter: the standard's rules of any record, and those that a topic's file lays on it. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from saingan.standard.codec import Record, Schema
from saingan.standard.contract import Contract
from saingan.standard.identity import is_citizen_id, is_juristic_number
from saingan.verify.dates import FIRST_DAY, LAST_DAY

Broken = Callable[[Record], bool]
Rule = tuple[str, str, Broken]  # reason, what is wrong, whether it is

_PERSON_KEY: Final = re.compile(r"[0-9a-f]{32}")


def of_any_change(ours: Contract) -> tuple[Rule, ...]:
    """The rules of a topic for each of its changes."""
    return _OF_A_PERSON + _OF_A_RECORD if ours.topic.person_level else _OF_A_RECORD


def of_an_upsert(ours: Contract) -> tuple[Rule, ...]:
    """The rules of a topic for what only an `UPSERT` has."""
    return _OF_AN_UPSERT + _of_types(ours.schema) + _of_topic(ours)


def _of_types(schema: Schema) -> tuple[Rule, ...]:
    """What holds of any field of a type."""
    dates = [field["name"] for field in schema["fields"] if _logical(field["type"]) == "date"]
    ints = [field["name"] for field in schema["fields"] if _primitive(field["type"]) == "int"]
    texts = [field["name"] for field in schema["fields"] if _primitive(field["type"]) in ("string", "array")]
    return (
        ("text", "a text holds U+0000", _any(texts, _each(lambda text: "\0" in text))),
        ("date", "a date lies outside the calendar", _any(dates, lambda day: not FIRST_DAY <= day <= LAST_DAY)),
        ("number", "an integer is longer than 32 bits", _any(ints, lambda number: not -(2**31) <= number < 2**31)),
    )


def _branch(declared: Any) -> Any:
    """The one type of a field that is not null; None where it has several."""
    branches = [one for one in declared if one != "null"] if isinstance(declared, list) else [declared]
    return branches[0] if len(branches) == 1 else None


def _logical(declared: Any) -> str | None:
    branch = _branch(declared)
    return branch.get("logicalType") if isinstance(branch, dict) else None


def _primitive(declared: Any) -> str | None:
    branch = _branch(declared)
    found = branch.get("type") if isinstance(branch, dict) else branch
    return found if isinstance(found, str) else None


def _of_topic(ours: Contract) -> tuple[Rule, ...]:
    """The topic's own rules by which a worker refuses, those of two fields last, and of these those of order."""
    refused = (rule for rule in ours.rules if rule.level == "refused")
    rules = sorted(refused, key=lambda rule: (len(rule.fields) > 1, rule.check == "order"))
    return tuple((rule.name, f"{', '.join(rule.fields)}: {rule.check}", _READ[rule.check](rule)) for rule in rules)


def _order(rule: Any) -> Broken:
    first, last = rule.fields
    return lambda r: r[first] is not None and r[last] is not None and r[first] > r[last]


def _any(names: list[str], is_wrong: Callable[[Any], bool]) -> Broken:
    return lambda r: any(is_wrong(r[name]) for name in names if r[name] is not None)


def _each(is_wrong: Callable[[str], bool]) -> Callable[[Any], bool]:
    """For a text, or an array of texts that is wrong where one of them is."""
    return lambda value: any(is_wrong(text) for text in ((value,) if isinstance(value, str) else value))


def _without_firm(rule: Any) -> Broken:
    number, told = rule.fields
    return lambda r: r[told] is not None and not is_juristic_number(r[number] or "")


def _is_person(number: str) -> bool:
    return is_citizen_id(number) and not number.startswith("0")


_READ: Final[Mapping[str, Callable[[Any], Broken]]] = {
    "order": _order,
    "one-of": lambda rule: _any([rule.field], lambda value: value not in rule.values),
    "between": lambda rule: _any([rule.field], lambda value: value < rule.least or value > rule.greatest),
    "length": lambda rule: _any([rule.field], _each(lambda text: len(text) > rule.longest)),
    "no-citizen-id": lambda rule: _any([rule.field], _each(_is_person)),
    "of-a-firm": _without_firm,
}
_OF_A_PERSON: Final[tuple[Rule, ...]] = (
    (
        "person-key",
        "`person_key` is not 32 lower-case hex characters",
        lambda r: not _PERSON_KEY.fullmatch(r["person_key"]),
    ),
)
_OF_A_RECORD: Final[tuple[Rule, ...]] = (
    ("version", "`record_version` is less than 1", lambda r: r["record_version"] < 1),
)
_OF_AN_UPSERT: Final[tuple[Rule, ...]] = (
    ("record-id", "`record_id` is longer than 255 characters", lambda r: len(r["record_id"]) > 255),
    ("citizen-id", "`record_id` is a citizen ID", lambda r: _is_person(r["record_id"])),
)
