"""The strict check at the publisher (standard, section 10): `rules` says what, this goes through a record once.

On the way of every published record, so the rules are compiled once for each topic, and what a field often repeats
is remembered.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, NamedTuple

from saingan.standard.forms import Form, day_number, form, kind_of
from saingan.standard.issues import Checked, Issue, Refused, shape
from saingan.standard.rules import ALWAYS, HAPPENED, INT, LONG, NO_CITIZEN_ID, OF_UPSERT, ORDER, WRITABLE, Rule, one_of
from saingan.standard.schemas import Schema, schema

__all__ = ["Checked", "Issue", "Refused", "check"]

_DAY_MS = 86_400_000
_EARLIEST = day_number(date(1950, 1, 1))
_EARLIEST_INSTANT = day_number(date(1980, 1, 1)) * _DAY_MS  # seconds given as milliseconds lie before it
_AHEAD = 50 * 366  # days
_MEMORY = 65_536  # values per field
_TAKES_OUT = ("WITHDRAW", "ERASE")
# Fields that hardly any two records share.
UNREPEATED = {"record_id", "record_version", "person_key", "recorded_at", "enrolment_record_id", "identity"}
_ANY_DAY = (-(2**31), 2**31 - 1, 2**31 - 1)
_ERA = " (a year of the Buddhist era is 543 more than that of the common era)"
_BY_KIND = {"string": (NO_CITIZEN_ID, WRITABLE), "int": (INT,), "long": (LONG,), "timestamp-millis": (LONG,)}
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")

_Test = Callable[[Any], Rule | None]


# Name, form, its exact type, whether it may be null, and the test: None where no rule is left, and for dates, which
# are looked at together. A plain tuple, as a named one takes longer to unpack than most tests do.
_Field = tuple[str, Form, type, bool, _Test | None]


class _Checker(NamedTuple):
    record: str
    empty: dict[str, None]
    of_upsert: tuple[_Field, ...]
    of_others: tuple[_Field, ...]
    dates: tuple[tuple[str, bool], ...]  # and whether it says what happened
    order: tuple[tuple[str, str], ...]


def check(topic_name: str, record: Mapping[str, Any], today: date) -> Checked:
    """Check a record strictly and make it ready for Avro.

    Args:
        record: dates as `date`, ISO text or days since 1970; times as aware `datetime`, ISO text with an offset or
            milliseconds; a field that is left out counts as null.
        today: what may have happened lies before the end of the day after it.

    Raises:
        Refused: with everything that is wrong.
        KeyError: the topic has no schema.
    """
    checker = _checker(topic_name)
    ready = {**checker.empty, **record}
    upsert = ready.get("change") not in _TAKES_OUT
    issues: list[Issue] = []
    warnings: list[Issue] = []
    for name, accepted, exact, nullable, test in checker.of_upsert if upsert else checker.of_others:
        value = ready[name]
        if value is None:
            if not nullable:
                issues.append(Issue(name, "required", "missing", "must be there"))
            continue
        if type(value) is not exact:
            try:
                ready[name] = value = accepted.read(value)
            except (TypeError, ValueError, OverflowError):
                ready[name] = None
                issues.append(Issue(name, "type", shape(value), accepted.advice))
                continue
        if test is not None and (broken := test(value)) is not None:
            (warnings if broken.warns else issues).append(Issue(name, broken.name, shape(value), broken.advice))
    issues += _untimely(checker, ready, day_number(today) + 1, upsert)
    if len(ready) > len(checker.empty):
        issues += _unknown(checker, record)
    if issues:
        raise Refused(tuple(issues))
    return Checked(ready, tuple(warnings))


@cache
def _checker(topic_name: str) -> _Checker:
    described = schema(topic_name)
    named: dict[str, Schema] = {}
    types = {field["name"]: kind_of(field["type"], named) for field in described["fields"]}
    happened = HAPPENED.get(topic_name, ())
    return _Checker(
        record=described["name"],
        empty=dict.fromkeys(types),
        of_upsert=tuple(_field(name, *described, OF_UPSERT.get(name, ())) for name, described in types.items()),
        of_others=tuple(_field(name, *described, ()) for name, described in types.items()),
        dates=tuple((name, name in happened) for name, (kind, _, _) in types.items() if kind == "date"),
        order=ORDER.get(topic_name, ()),
    )


def _field(name: str, kind: str, nullable: bool, described: Schema, more: tuple[Rule, ...]) -> _Field:
    by_kind = (one_of(described["symbols"]),) if kind == "enum" else _BY_KIND.get(kind, ())
    rules = ALWAYS.get(name, by_kind) + more
    test = _test(rules) if rules else None
    if test is not None and name not in UNREPEATED:
        test = lru_cache(_MEMORY)(test)
    return name, form(kind), form(kind).exact, nullable, test


def _test(rules: tuple[Rule, ...]) -> _Test:
    def test(value: Any) -> Rule | None:
        for rule in rules:
            if not rule.holds(value):
                return rule
        return None

    return test


def _untimely(checker: _Checker, ready: dict[str, Any], tomorrow: int, upsert: bool) -> list[Issue]:
    issues = []
    at = ready.get("recorded_at")
    if at is not None and not _EARLIEST_INSTANT <= at < (tomorrow + 1) * _DAY_MS:
        issues.append(Issue("recorded_at", "time", "a time", f"must lie between 1980 and tomorrow{_ERA}"))
    low, past, ahead = (_EARLIEST, tomorrow, tomorrow + _AHEAD) if upsert else _ANY_DAY
    for name, happened in checker.dates:
        value = ready[name]
        if value is not None and not low <= value <= (past if happened else ahead):
            until = "tomorrow, as it says what happened" if happened else "50 years ahead"
            issues.append(Issue(name, "time", "a date", f"must lie between 1950 and {until}{_ERA}"))
    if upsert:
        for first, last in checker.order:
            start, end = ready[first], ready[last]
            if start is not None and end is not None and end < start:
                issues.append(Issue(last, "order", shape(end), f"must not lie before {first}"))
    return issues


def _unknown(checker: _Checker, record: Mapping[str, Any]) -> Iterator[Issue]:
    for name in record.keys() - checker.empty.keys():
        near = get_close_matches(name, checker.empty, n=1)
        advice = f"is no field of {checker.record}: " + (f"did you mean {near[0]}?" if near else "leave it out")
        # A heading may be a value by mistake, so only what looks like a name is repeated.
        yield Issue(name if _NAME.fullmatch(name) else "(unnamed)", "unknown-field", shape(record[name]), advice)
