"""From a person's history to the rows of the employment-outcome table (standard, sections 6 to 8).

Rule 1: nothing here reads a clock, a file of the exchange's state or a store. Time is an argument.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import MAXYEAR, date
from functools import lru_cache
from typing import Any, Final

from saingan.engine.derived import Dates, Days, Derived
from saingan.outcomes.field_match import field_match
from saingan.outcomes.history import Certification, Employment, Enrolment, Graduation
from saingan.standard.admission import LAST_DAY

Span = tuple[Days, Days]  # first and last day covered
Evidence = tuple[tuple[str, list[Span]], ...]  # section 8: words in their order, and the days that bear them out

HORIZONS: Final = (6, 12, 24)  # calendar months after graduation
WORD_OF_SECTION: Final = {33: "EMPLOYED", 39: "SELF_INSURED", 40: "SELF_INSURED"}
STUDY: Final = frozenset({"PVC", "PVS", "BTECH"})  # neither a short course nor what we do not know
GONE: Final = frozenset({"LEFT", "TRANSFERRED", "COMPLETED"})  # without an end, such an enrolment covers nothing
FOREVER: Final = 2**31
_EPOCH: Final = date(1970, 1, 1).toordinal()


def derive(
    enrolments: Mapping[str, Enrolment],
    graduations: Mapping[str, Graduation],
    spells: Mapping[str, Employment],
    certifications: Mapping[str, Certification],
    dates: Dates,
) -> Derived:
    """A person's rows by graduation id, and when time alone will change one."""
    if not graduations:
        return Derived({}, None, None)
    today = dates.observed_on
    turns: list[Days] = []  # days on which something begins to count, or covers no more
    insured: dict[str, list[Span]] = {"EMPLOYED": [], "SELF_INSURED": []}
    current: tuple[Days, str] | None = None
    for record_id, spell in spells.items():
        start, end = spell.started_on, FOREVER if spell.ended_on is None else spell.ended_on
        turns += (start, end + 1)
        if start > today:
            continue
        insured[WORD_OF_SECTION[spell.section]].append((start, end))
        if spell.section == 33 and end >= today and (current is None or current < (start, record_id)):
            current = (start, record_id)
    job = spells[current[1]] if current else None
    for study in enrolments.values():
        turns += (study.started_on, FOREVER if study.ended_on is None else study.ended_on + 1)
    turns += [one.issued_on for one in certifications.values()]
    passed = len([one for one in certifications.values() if one.result == "PASSED" and one.issued_on <= today])

    rows: dict[str, tuple[Any, ...]] = {}
    horizons: list[Days] = []
    for graduation_id, graduation in graduations.items():
        graduated_on = graduation.graduated_on
        begun = other_studies(graduation, enrolments, today)
        studies = [(study.started_on, last_day(study)) for study in begun]
        evidence: Evidence = (*insured.items(), ("STUDYING", studies))
        days = [after(graduated_on, months) for months in HORIZONS]
        horizons += days
        first = min([start for start, end in insured["EMPLOYED"] if end >= graduated_on], default=None)
        rows[graduation_id] = (
            *graduation[:-1],
            first,
            None if first is None else max(0, first - graduated_on),
            *((job.employer_id, job.tsic, job.occupation, job.employer_province) if job else (None,) * 4),
            any(study.started_on >= graduated_on for study in begun),
            passed,
            *[status(day, evidence, dates) for day in days],
            observed(today, evidence) or "NONE_OBSERVED",
            field_match(graduation.field_code, job.occupation, job.tsic) if job else None,
        )
    return Derived(
        rows,
        min([day for day in horizons + turns if today < day <= LAST_DAY], default=None),
        min([day for day in horizons if dates.complete_through < day <= today], default=None),
    )


def status(day: Days, evidence: Evidence, dates: Dates) -> str:
    """The status at a day (section 8): what is seen shows at once, and none is never said too early."""
    if day > dates.observed_on:
        return "NOT_YET"
    return observed(day, evidence) or ("NOT_YET" if day > dates.complete_through else "NONE_OBSERVED")


def observed(day: Days, evidence: Evidence) -> str | None:
    """The first word that the evidence bears out at a day."""
    for word, spans in evidence:
        for start, end in spans:
            if start <= day <= end:
                return word
    return None


def other_studies(graduation: Graduation, enrolments: Mapping[str, Enrolment], today: Days) -> list[Enrolment]:
    """Enrolments begun that are study, but for the one that the graduation completes."""
    begun = {record_id: study for record_id, study in enrolments.items() if study.started_on <= today}
    own = own_enrolment(graduation, begun)
    return [study for record_id, study in begun.items() if record_id != own and study.qualification in STUDY]


def own_enrolment(graduation: Graduation, begun: Mapping[str, Enrolment]) -> str | None:
    """Record id of the enrolment that a graduation completes (section 7)."""
    if graduation.enrolment_record_id is not None:
        return graduation.enrolment_record_id
    programme = (graduation.institution_code, graduation.qualification, graduation.field_code)
    candidates = [
        (study.started_on, record_id)
        for record_id, study in begun.items()
        if study.started_on < graduation.graduated_on and study[:3] == programme
    ]
    return max(candidates)[1] if candidates else None


def last_day(study: Enrolment) -> Days:
    if study.ended_on is not None:
        return study.ended_on
    return study.started_on - 1 if study.status in GONE else FOREVER


@lru_cache(maxsize=65_536)
def after(day: Days, months: int) -> Days:
    """The same day of the month so many months later, or that month's last day; `FOREVER` past the calendar."""
    start = date.fromordinal(day + _EPOCH)
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    if year > MAXYEAR:
        return FOREVER
    return date(year, month, min(start.day, monthrange(year, month)[1])).toordinal() - _EPOCH
