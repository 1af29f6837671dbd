"""The strict check at the publisher (standard, section 10): `rules` says what, this goes through a record once.

Every published record passes here: the rules are put together once for each topic, a field is encoded when it is found
right, what a field often repeats is remembered with its bytes, and where a C compiler is this is compiled.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.coercion import day_number
from saingan.standard.contract import Contract, contract
from saingan.standard.encoder import NULL
from saingan.standard.field_checks import CheckedField
from saingan.standard.issues import Issue, Refused, shape
from saingan.standard.strict_pairs import Pair, pair
from saingan.standard.strict_rules import ACADEMIC_YEARS, NO_FIELD

__all__ = ["Checked", "Checker", "Issue", "Refused", "check", "checker"]

_ABSENT: Final = object()
_TAKES_OUT: Final = ("WITHDRAW", "ERASE")
_BUDDHIST: Final = 543  # years more than the common era
_NEAR: Final = 0.75  # of two names; `wage` and `change` have 0.6
_NAME: Final = re.compile("[a-z][a-z0-9_]{0,63}")


@final
class Checked:
    """A record that may be sent.

    Attributes:
        values: the schema's fields in its order, ready for Avro: dates in days since 1970, times in milliseconds.
        datum: the same, encoded.
        warnings: what a person should look at; it does not stand in the way.
    """

    def __init__(self, places: dict[str, int], values: list[Any], datum: bytes, warnings: tuple[Issue, ...]) -> None:
        self._places = places
        self.values = values
        self.datum = datum
        self.warnings = warnings

    def __getitem__(self, name: str) -> Any:
        return self.values[self._places[name]]

    @property
    def record(self) -> dict[str, Any]:
        return dict(zip(self._places, self.values, strict=True))


@final
class _Review:
    """What is found of one record, field by field in the schema's order.

    Attributes:
        untimely: the issues that are told after all others of single fields.
    """

    def __init__(self, tomorrow: int) -> None:
        self._tomorrow = tomorrow
        self.values: list[Any] = []
        self.parts: list[bytes] = []
        self.issues: list[Issue] = []
        self.untimely: list[Issue] = []
        self.warnings: list[Issue] = []

    def take(self, field: CheckedField, value: Any) -> None:
        if value is None:
            value = field.default
        if value is not None and type(value) is not field.exact:
            try:
                value = field.read(value)
            except (TypeError, ValueError, OverflowError):
                self.issues.append(Issue(field.name, "type", shape(value), field.advice))
                self.values.append(None)
                return
        self.values.append(value)
        if value is None:
            self.parts.append(NULL)
            if not field.nullable:
                self.issues.append(Issue(field.name, "required", "missing", "must be there"))
        elif field.span is not None and not field.span.holds(value, self._tomorrow):
            self.untimely.append(Issue(field.name, "time", field.span.what, field.span.advice))
        else:
            written = field.remembered(value)
            self.parts.append(self._judged(field, value) if written is None else written)

    def _judged(self, field: CheckedField, value: Any) -> bytes:
        rule = field.broken(value)
        if rule is None:
            return field.written(value)
        found = Issue(field.name, rule.name, shape(value), rule.advice)
        if rule.warns:
            self.warnings.append(found)
            return field.encode(value)
        self.issues.append(found)
        return NULL


@final
class _Nearness:
    """A rule that a date lies near an academic year: for each year the first and the last day that do."""

    def __init__(self, near: Any, places: dict[str, int]) -> None:
        day, academic_year = near.fields
        self.day: str = day
        self.advice = f"lies too far from {academic_year}: was its year typed in two digits, or in the other era?"
        self._at: i64 = places[day]
        self._year_at: i64 = places[academic_year]
        self._spans: dict[int, tuple[int, int]] = {
            year: (
                day_number(date(year + near.since - _BUDDHIST, 1, 1)),
                day_number(date(year + near.until - _BUDDHIST, 12, 31)),
            )
            for year in ACADEMIC_YEARS
        }

    def holds(self, values: list[Any]) -> bool:
        day, span = values[self._at], self._spans.get(values[self._year_at])
        return day is None or span is None or span[0] <= day <= span[1]


@final
class Checker:
    """One topic's rules."""

    def __init__(self, contract: Contract) -> None:
        types: dict[str, Any] = contract.types()
        defaults: dict[str, Any] = contract.defaults()
        person_level: bool = contract.topic.person_level
        own: dict[str, list[Any]] = {name: [] for name in types}
        self._places = {name: place for place, name in enumerate(types)}
        self._order: list[tuple[str, str]] = []
        self._near: list[_Nearness] = []
        self._pairs: list[Pair] = []
        for rule in contract.rules:
            if rule.check == "order":
                self._order.append(rule.fields)
            elif rule.check == "near":
                self._near.append(_Nearness(rule, self._places))
            elif len(rule.fields) == 1:
                own[rule.fields[0]].append(rule)
            else:
                self._pairs.append(pair(rule))
        self._record: str = contract.schema["name"]
        self._of_upsert, self._of_others = [
            [
                CheckedField(name, typed, own[name], defaults.get(name), person_level, upsert)
                for name, typed in types.items()
            ]
            for upsert in (True, False)
        ]

    def check(self, record: Mapping[str, Any], today: date, person_key: str | None = None) -> Checked:
        """Check a record strictly and encode it.

        Args:
            record: dates as `date`, ISO text or days since 1970; times as aware `datetime`, ISO text with an offset
                or milliseconds; a field that is left out counts as null.
            today: what may have happened lies before the end of the day after it.
            person_key: a right one, which stands for the record's own.

        Raises:
            Refused: with everything that is wrong.
        """
        given: dict[str, Any] = record if isinstance(record, dict) else dict(record)
        change = given.get("change")
        upsert = not (isinstance(change, str) and change in _TAKES_OUT)
        review = _Review(day_number(today) + 1)
        met: i64 = 0
        for field in self._of_upsert if upsert else self._of_others:
            value = given.get(field.name, _ABSENT)
            if value is _ABSENT:
                value = None
            else:
                met += 1
            if field.is_person and person_key is not None:
                review.values.append(person_key)
                review.parts.append(field.encode(person_key))
            else:
                review.take(field, value)
        issues = review.issues
        issues += review.untimely
        if upsert:
            self._compare(review.values, issues)
        if len(given) > met:
            issues += self._unknown(given)
        if issues:
            raise Refused(tuple(issues))
        return Checked(self._places, review.values, b"".join(review.parts), tuple(review.warnings))

    def _compare(self, values: list[Any], issues: list[Issue]) -> None:
        for first, last in self._order:
            start, end = values[self._places[first]], values[self._places[last]]
            if start is not None and end is not None and end < start:
                issues.append(Issue(last, "order", shape(end), f"must not lie before {first}"))
        for both in self._pairs:
            one, other = values[self._places[both.first]], values[self._places[both.last]]
            if not both.holds(one, other):
                issues.append(Issue(both.last, both.name, shape(other), both.advice))
        for near in self._near:
            if not near.holds(values) and all(issue.field != near.day for issue in issues):
                issues.append(Issue(near.day, "year", "a date", near.advice))

    def _unknown(self, record: dict[Any, Any]) -> Iterator[Issue]:
        for name in record.keys() - self._places.keys():
            # A heading may be a value by mistake, so only what looks like a name is repeated.
            named = isinstance(name, str) and (name in NO_FIELD or bool(_NAME.fullmatch(name)))
            yield Issue(name if named else "(unnamed)", "unknown-field", shape(record[name]), self._no_field(name))

    def _no_field(self, name: Any) -> str:
        text = name.casefold() if isinstance(name, str) else ""
        for word, advice in NO_FIELD.items():
            if word in text:
                return advice
        near = get_close_matches(text, self._places, n=1, cutoff=_NEAR)
        return f"is no field of {self._record}: " + (f"did you mean {near[0]}?" if near else "leave it out")


@cache
def checker(topic_name: str) -> Checker:
    """Raises as `contract`."""
    return Checker(contract(topic_name))


def check(topic_name: str, record: Mapping[str, Any], today: date) -> Checked:
    """See `Checker.check` and `contract`."""
    return checker(topic_name).check(record, today)
