"""From a person's history to the rows of the employment-outcome table (standard, sections 6 to 8).

Rule 1: nothing here reads a clock, a file of the exchange's state or a store. Time is an argument.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from saingan.engine.view import Dates, Days, Derived
from saingan.outcomes.field_match import field_match
from saingan.outcomes.history import Certification, Employment, Enrolment, Graduation

HORIZONS: Final = (6, 12, 24)  # calendar months after graduation
EMPLOYEE: Final = 33
SELF_INSURED: Final = frozenset({39, 40})
STUDY: Final = frozenset({"PVC", "PVS", "BTECH"})  # neither a short course nor what we do not know
GONE: Final = frozenset({"LEFT", "TRANSFERRED", "COMPLETED"})
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Evidence(NamedTuple):
    """What speaks for a graduate's status, begun by `observed_on`."""

    jobs: Collection[Employment]
    self_insured: Collection[Employment]
    studies: Collection[Enrolment]
    dates: Dates


# Section 8: the first that holds at day d.
STATUS: Final[tuple[tuple[str, Callable[[Days, Evidence], bool]], ...]] = (
    ("NOT_YET", lambda d, seen: d > seen.dates.observed_on),
    ("EMPLOYED", lambda d, seen: any(covers(spell, d) for spell in seen.jobs)),
    ("SELF_INSURED", lambda d, seen: any(covers(spell, d) for spell in seen.self_insured)),
    ("STUDYING", lambda d, seen: any(covers_study(study, d) for study in seen.studies)),
    ("NOT_YET", lambda d, seen: d > seen.dates.complete_through),
    ("NONE_OBSERVED", lambda _d, _seen: True),
)
CURRENT: Final = tuple(rule for at, rule in enumerate(STATUS) if at != 4)  # without its complete_through line


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
    begun = {record_id: study for record_id, study in enrolments.items() if study.started_on <= today}
    jobs = {key: job for key, job in spells.items() if job.section == EMPLOYEE and job.started_on <= today}
    self_insured = [spell for spell in spells.values() if spell.section in SELF_INSURED and spell.started_on <= today]
    passed = sum(one.result == "PASSED" and one.issued_on <= today for one in certifications.values())
    job = current_job(jobs, today)

    rows: dict[str, tuple[Any, ...]] = {}
    horizons: set[Days] = set()
    for graduation_id, graduation in graduations.items():
        own = own_enrolment(graduation, begun)
        studies = [study for record_id, study in begun.items() if record_id != own and study.qualification in STUDY]
        seen = Evidence(jobs.values(), self_insured, studies, dates)
        days = [after(graduation.graduated_on, months) for months in HORIZONS]
        horizons.update(days)
        first = first_job_on(jobs.values(), graduation.graduated_on)
        rows[graduation_id] = (
            *graduation[:-1],
            first,
            None if first is None else max(0, first - graduation.graduated_on),
            *((job.employer_id, job.tsic, job.occupation, job.employer_province) if job else (None,) * 4),
            any(study.started_on >= graduation.graduated_on for study in studies),
            passed,
            *(status(day, seen) for day in days),
            status(today, seen, CURRENT),
            field_match(graduation.field_code, job.occupation, job.tsic) if job else None,
        )
    ahead = [*horizons, *turning_points(enrolments, spells, certifications)]
    return Derived(
        rows,
        min((day for day in ahead if day > today), default=None),
        min((day for day in horizons if dates.complete_through < day <= today), default=None),
    )


def status(day: Days, seen: Evidence, rules: tuple[tuple[str, Callable[[Days, Evidence], bool]], ...] = STATUS) -> str:
    return next(name for name, holds in rules if holds(day, seen))


def covers(spell: Employment | Enrolment, day: Days) -> bool:
    return spell.started_on <= day and (spell.ended_on is None or spell.ended_on >= day)


def covers_study(study: Enrolment, day: Days) -> bool:
    return covers(study, day) and not (study.ended_on is None and study.status in GONE)


def current_job(jobs: Mapping[str, Employment], day: Days) -> Employment | None:
    """The latest started of the jobs that cover a day; of equal ones that of the greatest record id."""
    covering = [(job.started_on, record_id) for record_id, job in jobs.items() if covers(job, day)]
    return jobs[max(covering)[1]] if covering else None


def first_job_on(jobs: Collection[Employment], graduated_on: Days) -> Days | None:
    return min((job.started_on for job in jobs if job.ended_on is None or job.ended_on >= graduated_on), default=None)


def own_enrolment(graduation: Graduation, begun: Mapping[str, Enrolment]) -> str | None:
    """Record id of the enrolment that the graduation completes (section 7)."""
    if graduation.enrolment_record_id is not None:
        return graduation.enrolment_record_id
    programme = (graduation.institution_code, graduation.qualification, graduation.field_code)
    candidates = [
        (study.started_on, record_id)
        for record_id, study in begun.items()
        if study[:3] == programme and study.started_on < graduation.graduated_on
    ]
    return max(candidates)[1] if candidates else None


def turning_points(
    enrolments: Mapping[str, Enrolment],
    spells: Mapping[str, Employment],
    certifications: Mapping[str, Certification],
) -> list[Days]:
    """Days on which a spell, an enrolment or a certificate begins to count, or covers today no more."""
    points = [one.issued_on for one in certifications.values()]
    for one in (*enrolments.values(), *spells.values()):
        points.append(one.started_on)
        if one.ended_on is not None:
            points.append(one.ended_on + 1)
    return points


@lru_cache(maxsize=65_536)
def after(day: Days, months: int) -> Days:
    """The same day of the month so many calendar months later, or that month's last day."""
    start = date.fromordinal(day + _EPOCH)
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])).toordinal() - _EPOCH
