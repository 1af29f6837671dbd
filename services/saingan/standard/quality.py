"""What looks wrong in a record that is taken in all the same (standard, section 10): counted, never refused.

A code list that lags must not cost a person their outcome.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.codec import Schema
from saingan.standard.codes import codes
from saingan.standard.identity import is_juristic_number
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

Fine = Callable[[Any], bool]
_MEMORY: Final = 65_536  # values of a field that are remembered


def _listed(list_name: str, depth: int) -> Fine:
    known = frozenset(codes(list_name))
    return lambda value: value[:depth] in known


@cache
def _rules() -> dict[str | None, tuple[tuple[tuple[str, str, Fine], ...], str, str]]:
    """By record: rules as name, field and whether a value is fine; then the date that should not lie ahead."""
    province, division, occupation = _listed("provinces", 99), _listed("tsic_divisions", 2), _listed("isco_submajor", 2)
    at = ("institution-province-unlisted", "institution_province", province)
    return {
        ENROLMENT.record: (
            (at, ("desired-occupation-unlisted", "desired_occupation", occupation)),
            *("started-in-the-future", "started_on"),
        ),
        GRADUATION.record: ((at,), "graduated-in-the-future", "graduated_on"),
        EMPLOYMENT.record: (
            (
                ("employer-number-check-digit", "employer_id", is_juristic_number),
                ("employer-province-unlisted", "employer_province", province),
                ("tsic-unlisted", "tsic", division),
                ("occupation-unlisted", "occupation", occupation),
            ),
            *("started-in-the-future", "started_on"),
        ),
        CERTIFICATION.record: ((), "issued-in-the-future", "issued_on"),
    }


@final
class Quality:
    """The rules of one topic, for values in the order of its schema's fields."""

    def __init__(self, schema: Schema) -> None:
        names = [field["name"] for field in schema["fields"]]
        rules, ahead, day = _rules().get(schema["name"], ((), "", ""))
        self._rules = [_Rule(rule, names.index(field), fine) for rule, field, fine in rules]
        self._ahead = ahead
        self._day: i64 = names.index(day) if ahead else 0
        self._change: i64 = names.index("change") if ahead else 0

    def broken(self, values: list[Any], today: i64) -> list[str] | None:
        """The rules that a record breaks; None for none. ``today`` in days since the epoch."""
        if values[self._change] != "UPSERT":
            return None
        found: list[str] | None = None
        for rule in self._rules:
            value = values[rule.place]
            if value is not None and value not in rule.known and not rule.learns(value):
                found = [*(found or ()), rule.name]
        if self._ahead:
            on: i64 = values[self._day]
            if on > today + 1:
                found = [*(found or ()), self._ahead]
        return found


@final
class _Rule:
    """One rule for one field; ``known``: values that are fine, as codes repeat."""

    def __init__(self, name: str, place: int, fine: Fine) -> None:
        self.name = name
        self.place: i64 = place
        self.known: set[Any] = set()
        self._fine = fine

    def learns(self, value: Any) -> bool:
        if not self._fine(value):
            return False
        if len(self.known) < _MEMORY:
            self.known.add(value)
        return True
