"""The strict check at the publisher (standard, section 10): `rules` says what, this goes through a record once.

Every published record passes here: the rules are put together once for each topic, what a field often repeats is
remembered, and where a C compiler is this is compiled.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.forms import Form, day_number, form, kind_of
from saingan.standard.issues import Checked, Issue, Refused, shape
from saingan.standard.rules import ALWAYS, HAPPENED, INT, LONG, NO_CITIZEN_ID, OF_UPSERT, ORDER, WRITABLE, Rule, one_of
from saingan.standard.schemas import Schema, schema

__all__ = ["Checked", "Issue", "Refused", "check"]

_DAY_MS: Final = 86_400_000
_EARLIEST: Final = day_number(date(1950, 1, 1))
_EARLIEST_INSTANT: Final = day_number(date(1980, 1, 1)) * _DAY_MS  # seconds given as milliseconds lie before it
_AHEAD: Final = 50 * 366  # days
_MEMORY: Final = 65_536  # values per field
_TAKES_OUT: Final = ("WITHDRAW", "ERASE")
# Fields that hardly any two records share.
UNREPEATED = {"record_id", "record_version", "person_key", "recorded_at", "enrolment_record_id", "identity"}
_FIRST_INT: Final = -(2**31)
_LAST_INT: Final = 2**31 - 1
_ERA: Final = " (a year of the Buddhist era is 543 more than that of the common era)"
_BY_KIND: Final = {"string": (NO_CITIZEN_ID, WRITABLE), "int": (INT,), "long": (LONG,), "timestamp-millis": (LONG,)}
_NAME: Final = re.compile("[a-z][a-z0-9_]{0,63}")

_Test = Callable[[Any], Rule | None]


@final
class _Field:
    """How one field is checked.

    Attributes:
        test: None where no rule is left, and for dates, which are looked at together.
        known: values that break no rule, as codes repeat; None where values hardly do.
    """

    def __init__(self, name: str, accepted: Form, nullable: bool, test: _Test | None) -> None:
        self.name = name
        self.accepted = accepted
        self.exact: Any = accepted.exact
        self.nullable = nullable
        self.test = test
        self.known: set[Any] | None = None if name in UNREPEATED else set()

    def broken(self, value: Any) -> Rule | None:
        known = self.known
        if self.test is None or (known is not None and value in known):
            return None
        rule = self.test(value)
        if rule is None and known is not None and len(known) < _MEMORY:
            known.add(value)
        return rule


@final
class _Checker:
    """One topic's rules.

    Attributes:
        dates: names, and whether each says what happened.
        order: pairs of fields of which the first must not come after the second.
    """

    def __init__(
        self,
        record: str,
        empty: dict[str, Any],
        of_upsert: list[_Field],
        of_others: list[_Field],
        dates: list[tuple[str, bool]],
        order: list[tuple[str, str]],
    ) -> None:
        self.record = record
        self.empty = empty
        self.of_upsert = of_upsert
        self.of_others = of_others
        self.dates = dates
        self.order = order


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
    checker: _Checker = _checker(topic_name)
    ready = checker.empty.copy()
    ready.update(record)
    upsert = ready.get("change") not in _TAKES_OUT
    issues: list[Issue] = []
    warnings: list[Issue] = []
    for field in checker.of_upsert if upsert else checker.of_others:
        value = ready[field.name]
        if value is None:
            if not field.nullable:
                issues.append(Issue(field.name, "required", "missing", "must be there"))
            continue
        if type(value) is not field.exact:
            try:
                value = field.accepted.read(value)
            except (TypeError, ValueError, OverflowError):
                ready[field.name] = None
                issues.append(Issue(field.name, "type", shape(value), field.accepted.advice))
                continue
            ready[field.name] = value
        broken = field.broken(value)
        if broken is not None:
            (warnings if broken.warns else issues).append(Issue(field.name, broken.name, shape(value), broken.advice))
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
        described["name"],
        dict.fromkeys(types),
        [_field(name, typed, OF_UPSERT.get(name, ())) for name, typed in types.items()],
        [_field(name, typed, ()) for name, typed in types.items()],
        [(name, name in happened) for name, (kind, _, _) in types.items() if kind == "date"],
        list(ORDER.get(topic_name, ())),
    )


def _field(name: str, typed: tuple[str, bool, Schema], more: tuple[Rule, ...]) -> _Field:
    kind, nullable, described = typed
    by_kind = (one_of(described["symbols"]),) if kind == "enum" else _BY_KIND.get(kind, ())
    rules = ALWAYS.get(name, by_kind) + more
    return _Field(name, form(kind), nullable, _test(rules) if rules else None)


def _test(rules: tuple[Rule, ...]) -> _Test:
    def test(value: Any) -> Rule | None:
        for rule in rules:
            if not rule.holds(value):
                return rule
        return None

    return test


def _untimely(checker: _Checker, ready: dict[str, Any], tomorrow: i64, upsert: bool) -> list[Issue]:
    issues: list[Issue] = []
    at = ready.get("recorded_at")
    if at is not None and not _EARLIEST_INSTANT <= at < (tomorrow + 1) * _DAY_MS:
        issues.append(Issue("recorded_at", "time", "a time", f"must lie between 1980 and tomorrow{_ERA}"))
    low: i64 = _EARLIEST if upsert else _FIRST_INT
    past: i64 = tomorrow if upsert else _LAST_INT
    ahead: i64 = tomorrow + _AHEAD if upsert else _LAST_INT
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
