"""One graduation's row from the records that stand: sections 6 to 9 of the standard, read a second time.

Pure, and apart from the engine's own rules on purpose: `saingan verify` compares two readings of one page. Days are
ints since the epoch throughout.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from saingan.verify.dates import EPOCH, LAST_DAY, days

Record = Mapping[str, Any]
Matcher = Callable[[str, str | None, str | None], str | None]

_EMPLOYEE: Final = 33
_SELF_INSURED: Final = (39, 40)
_OVER: Final = ("LEFT", "TRANSFERRED", "COMPLETED")
_NO_STUDY: Final = ("SHORT", "OTHER")  # OTHER satisfies no rule, so neither "a qualification other than SHORT"
_SAME_COURSE: Final = ("institution_code", "qualification", "field_code")


class Row(NamedTuple):
    """The compared columns of the employment-outcome table, in its order."""

    person_key: str
    graduation_id: str
    institution_code: str
    institution_province: str
    qualification: str
    subject_type_code: str
    field_code: str
    subfield_code: str
    academic_year: int
    graduated_on: int
    first_job_on: int | None
    days_to_first_job: int | None
    employer_id: str | None
    tsic: str | None
    occupation: str | None
    employer_province: str | None
    further_study: bool
    certifications: int
    status_6m: str
    status_12m: str
    status_24m: str
    current_status: str
    field_match: str | None


class Sight(NamedTuple):
    """From where the exchange looks: the two dates of observation, and the table of field matches."""

    observed_on: int
    complete_through: int
    match: Matcher


class Person(NamedTuple):
    """The live records of one person besides the graduations."""

    enrolments: Sequence[Record]
    spells: Sequence[Record]
    certifications: Sequence[Record]


class MatchRow(NamedTuple):
    """One row of ``schemas/codes/field_match.csv``, its basis left out."""

    field_prefix: str
    classification: str
    code_prefix: str
    match: str


def months_after(day: int, months: int) -> int:
    """The same day of the month, ``months`` calendar months later, or the month's last day where it has no such day."""
    start = date.fromordinal(day + EPOCH)
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    if year > date.max.year:
        return LAST_DAY + 1
    return days(date(year, month, min(start.day, monthrange(year, month)[1])))


def row(person_key: str, graduation: Record, person: Person, sight: Sight) -> Row:
    """The row of one live graduation.

    Args:
        graduation: its kept fields and ``record_id``.
        person: all live records of the same person, those that begin after ``observed_on`` included.
    """
    today, graduated_on = sight.observed_on, graduation["graduated_on"]
    spells = [spell for spell in person.spells if spell["started_on"] <= today]
    enrolments = [enrolment for enrolment in person.enrolments if enrolment["started_on"] <= today]
    passed = [c for c in person.certifications if c["result"] == "PASSED" and c["issued_on"] <= today]

    employed = [spell for spell in spells if spell["section"] == _EMPLOYEE]
    own = own_enrolment(graduation, enrolments)
    studies = [e for e in enrolments if e["record_id"] != own and e["qualification"] not in _NO_STUDY]

    counted = (s["started_on"] for s in employed if s["ended_on"] is None or s["ended_on"] >= graduated_on)
    first_job_on = min(counted, default=None)
    current = (spell for spell in employed if _covers(spell, today))
    job: Record = max(current, key=lambda spell: (spell["started_on"], spell["record_id"]), default={})

    def status(day: int, complete_through: int) -> str:
        answers = (
            ("NOT_YET", day > today),
            ("EMPLOYED", any(_covers(spell, day) for spell in employed)),
            ("SELF_INSURED", any(_covers(spell, day) for spell in spells if spell["section"] in _SELF_INSURED)),
            ("STUDYING", any(_enrolled(study, day) for study in studies)),
            ("NOT_YET", day > complete_through),
            ("NONE_OBSERVED", True),
        )
        return next(name for name, holds in answers if holds)

    def horizon(months: int) -> str:
        return status(months_after(graduated_on, months), sight.complete_through)

    return Row(
        person_key=person_key,
        graduation_id=graduation["record_id"],
        institution_code=graduation["institution_code"],
        institution_province=graduation["institution_province"],
        qualification=graduation["qualification"],
        subject_type_code=graduation["subject_type_code"],
        field_code=graduation["field_code"],
        subfield_code=graduation["subfield_code"],
        academic_year=graduation["academic_year"],
        graduated_on=graduated_on,
        first_job_on=first_job_on,
        days_to_first_job=None if first_job_on is None else max(0, first_job_on - graduated_on),
        employer_id=job.get("employer_id"),
        tsic=job.get("tsic"),
        occupation=job.get("occupation"),
        employer_province=job.get("employer_province"),
        further_study=any(study["started_on"] >= graduated_on for study in studies),
        certifications=len(passed),
        status_6m=horizon(6),
        status_12m=horizon(12),
        status_24m=horizon(24),
        current_status=status(today, today),
        field_match=sight.match(graduation["field_code"], job.get("occupation"), job.get("tsic")),
    )


def own_enrolment(graduation: Record, enrolments: Iterable[Record]) -> str | None:
    """The ``record_id`` of the enrolment that this graduation ended; None where there is none to be found."""
    if graduation["enrolment_record_id"] is not None:
        return str(graduation["enrolment_record_id"])
    candidates = (
        (enrolment["started_on"], enrolment["record_id"])
        for enrolment in enrolments
        if enrolment["started_on"] < graduation["graduated_on"]
        and all(enrolment[field] == graduation[field] for field in _SAME_COURSE)
    )
    return max(candidates, default=(0, None))[1]


def matcher(table: Iterable[MatchRow]) -> Matcher:
    """Section 9 as a function of (field code, occupation, tsic)."""
    rows = tuple(table)

    @cache
    def match(field_code: str, occupation: str | None, tsic: str | None) -> str | None:
        classification, code = ("ISCO", occupation) if occupation else ("TSIC", tsic)
        of_field = [row for row in rows if field_code.startswith(row.field_prefix)]
        if not code or not of_field:
            return None
        named = [row for row in of_field if row.classification == classification and code.startswith(row.code_prefix)]
        if not named:
            return "UNRELATED"
        decides = max(named, key=lambda row: (len(row.field_prefix), len(row.code_prefix)))
        return decides.match if classification == "ISCO" else "RELATED"

    return match


def _covers(record: Record, day: int) -> bool:
    return bool(record["started_on"] <= day and (record["ended_on"] is None or record["ended_on"] >= day))


def _enrolled(enrolment: Record, day: int) -> bool:
    return _covers(enrolment, day) and not (enrolment["ended_on"] is None and enrolment["status"] in _OVER)
