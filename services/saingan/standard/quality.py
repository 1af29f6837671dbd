"""What looks wrong in a record that is taken in all the same (standard, section 10): counted, never refused.

A code list that lags must not cost a person their outcome.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from saingan.standard.codec import Record
from saingan.standard.codes import codes
from saingan.standard.identity import is_juristic_number
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

Fine = Callable[[Any], bool]
_MEMORY = 65_536  # values whose answer is remembered: codes repeat


def _listed(list_name: str, depth: int) -> Fine:
    known = frozenset(codes(list_name))
    return lru_cache(_MEMORY)(lambda value: value[:depth] in known)


@cache
def _rules() -> dict[str, tuple[tuple[tuple[str, str, Fine], ...], str, str]]:
    """By topic: rules as name, field and whether a value is fine; then the date that should not lie ahead."""
    province, division, occupation = _listed("provinces", 99), _listed("tsic_divisions", 2), _listed("isco_submajor", 2)
    juristic = lru_cache(_MEMORY)(is_juristic_number)
    at = ("institution-province-unlisted", "institution_province", province)
    return {
        ENROLMENT.name: (
            (at, ("desired-occupation-unlisted", "desired_occupation", occupation)),
            *("started-in-the-future", "started_on"),
        ),
        GRADUATION.name: ((at,), "graduated-in-the-future", "graduated_on"),
        EMPLOYMENT.name: (
            (
                ("employer-number-check-digit", "employer_id", juristic),
                ("employer-province-unlisted", "employer_province", province),
                ("tsic-unlisted", "tsic", division),
                ("occupation-unlisted", "occupation", occupation),
            ),
            *("started-in-the-future", "started_on"),
        ),
        CERTIFICATION.name: ((), "issued-in-the-future", "issued_on"),
    }


def quality(topic_name: str) -> Callable[[Record, int], tuple[str, ...]]:
    """A function from a decoded record and today, in days since the epoch, to the rules that it breaks."""
    rules, ahead, day = _rules().get(topic_name, ((), "", "record_version"))
    fields = [field for _, field, _ in rules]
    values: Callable[[Record], tuple[Any, ...]] = itemgetter(*fields, day, day)

    @lru_cache(_MEMORY)  # codes repeat, and so do their combinations
    def broken(held: tuple[Any, ...]) -> tuple[str, ...]:
        looked_at = zip(rules, held, strict=True)
        return tuple(rule for (rule, _, fine), value in looked_at if value is not None and not fine(value))

    def check(record: Record, today: int) -> tuple[str, ...]:
        if record["change"] != "UPSERT":
            return ()
        *held, on, _ = values(record)
        found = broken(tuple(held))
        return (*found, ahead) if ahead and on > today + 1 else found

    return check
