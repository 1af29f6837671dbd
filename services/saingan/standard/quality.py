"""What looks wrong in a record that is taken in all the same (standard, section 10): counted, never refused.

A code list that lags must not cost a person their outcome.
"""

from collections.abc import Callable
from typing import Any

from saingan.standard.codec import Record
from saingan.standard.codes import codes
from saingan.standard.identity import is_juristic_number
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

Rule = tuple[str, str, Callable[[Any, int], bool]]  # name, field, whether the value looks wrong on a day


def _unlisted(list_name: str, depth: int) -> Callable[[Any, int], bool]:
    known = frozenset(codes(list_name))
    return lambda value, _today: value[:depth] not in known


def _rules() -> dict[str, tuple[Rule, ...]]:
    no_province = _unlisted("provinces", 99)
    no_division = _unlisted("tsic_divisions", 2)
    no_occupation = _unlisted("isco_submajor", 2)

    def ahead(day: Any, today: int) -> bool:
        return bool(day > today + 1)

    return {
        ENROLMENT.name: (
            ("institution-province-unlisted", "institution_province", no_province),
            ("desired-occupation-unlisted", "desired_occupation", no_occupation),
            ("started-in-the-future", "started_on", ahead),
        ),
        GRADUATION.name: (
            ("institution-province-unlisted", "institution_province", no_province),
            ("graduated-in-the-future", "graduated_on", ahead),
        ),
        EMPLOYMENT.name: (
            ("employer-number-check-digit", "employer_id", lambda number, _today: not is_juristic_number(number)),
            ("employer-province-unlisted", "employer_province", no_province),
            ("tsic-unlisted", "tsic", no_division),
            ("occupation-unlisted", "occupation", no_occupation),
            ("started-in-the-future", "started_on", ahead),
        ),
        CERTIFICATION.name: (("issued-in-the-future", "issued_on", ahead),),
    }


def quality(topic_name: str) -> Callable[[Record, int], list[str]]:
    """A function from a decoded record and today, in days since the epoch, to the rules that it breaks."""
    rules = _rules().get(topic_name, ())

    def broken(record: Record, today: int) -> list[str]:
        if record["change"] != "UPSERT":
            return []
        return [rule for rule, field, wrong in rules if (value := record[field]) is not None and wrong(value, today)]

    return broken
