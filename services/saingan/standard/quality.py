"""What looks wrong in a record that is taken in all the same (standard, section 10): counted, never refused.

A code list that lags must not cost a person their outcome.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, final

from mypy_extensions import i64

from saingan.standard.codec import Schema
from saingan.standard.codes import codes
from saingan.standard.identity import is_juristic_number
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

Fine = Callable[[Any], bool]


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
    """The rules of one topic, for values in the order of its schema's fields.

    Attributes:
        ahead: the rule for the date that should not lie ahead; "" where there is none.
        day: the field of that date.
    """

    def __init__(self, schema: Schema) -> None:
        self._names = [field["name"] for field in schema["fields"]]
        self._rules, self.ahead, self.day = _rules().get(schema["name"], ((), "", ""))
        self._change: i64 = self._names.index("change") if self.ahead else 0

    def fine(self, name: str) -> list[Fine]:
        """The rules for one field."""
        return [fine for _, field, fine in self._rules if field == name]

    def broken(self, values: list[Any], today: int) -> list[str]:
        """The rules that a record breaks. ``today`` in days since the epoch."""
        if values[self._change] != "UPSERT":
            return []
        by_name = dict(zip(self._names, values, strict=True))
        found = [rule for rule, field, fine in self._rules if by_name[field] is not None and not fine(by_name[field])]
        if self.ahead and by_name[self.day] > today + 1:
            found.append(self.ahead)
        return found
