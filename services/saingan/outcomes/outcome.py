"""From a person's history to the rows of the employment-outcome table (standard, sections 6 to 8).

Rule 1: nothing here reads a clock, a file of the exchange's state or a store. Time is an argument. Compiled where a C
compiler is.
"""

from calendar import monthrange
from datetime import MAXYEAR, date
from functools import lru_cache
from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from saingan.engine.core.derived import Dates, Days, Derived
from saingan.engine.core.standing import Fields
from saingan.outcomes.field_match import field_match
from saingan.standard.admission import LAST_DAY

HORIZONS: Final = (6, 12, 24)  # calendar months after graduation
WORDS: Final = ["EMPLOYED", "SELF_INSURED", "STUDYING"]  # section 8: of what is seen at a day, the first holds
EMPLOYED: Final = 0
SELF_INSURED: Final = 1
STUDYING: Final = 2
WORD_OF_SECTION: Final = {33: EMPLOYED, 39: SELF_INSURED, 40: SELF_INSURED}
STUDY: Final = frozenset({"PVC", "PVS", "BTECH"})  # neither a short course nor what we do not know
GONE: Final = frozenset({"LEFT", "TRANSFERRED", "COMPLETED"})  # without an end, such an enrolment covers nothing
FOREVER: Final = 2**31
_NO_JOB: Final[Fields] = (None,) * 7
_EPOCH: Final = date(1970, 1, 1).toordinal()


@final
@mypyc_attr(acyclic=True)
class Span:
    """The days, from ``first`` to ``last``, that bear out one of `WORDS`, by its place there."""

    def __init__(self, word: i64, first: i64, last: i64) -> None:
        self.word: i64 = word
        self.first: i64 = first
        self.last: i64 = last


@final
@mypyc_attr(acyclic=True)
class Study:
    """An enrolment. ``programme``: institution, qualification and field; ``counts``: it is study, by its kind."""

    def __init__(self, record_id: str, enrolment: Fields) -> None:
        _, qualification, _, start, end, state = enrolment
        first: i64 = start
        last: i64 = end if end is not None else first - 1 if state in GONE else FOREVER
        self.record_id: str = record_id
        self.programme: Fields = enrolment[:3]
        self.counts: bool = qualification in STUDY
        self.span: Span = Span(STUDYING, first, last)


@final
@mypyc_attr(acyclic=True)
class Person:
    """What of a person's history counts at ``today``, and when that changes.

    Attributes:
        insured: the spells that have begun.
        job: the current employment; None where there is none.
        begun: the enrolments that have begun.
        passed: certifications.
        due: the next day on which something begins to count, covers no more, or is a horizon.
        due_complete: the next horizon that the registry has yet to be complete to.
    """

    def __init__(self, dates: Dates) -> None:
        self.today: i64 = dates.observed_on
        self.complete_through: i64 = dates.complete_through
        self.insured: list[Span] = []
        self.job: Fields | None = None
        self.begun: list[Study] = []
        self.passed: i64 = 0
        self.due: i64 = FOREVER
        self.due_complete: i64 = FOREVER

    def works(self, spells: dict[str, Fields]) -> None:
        latest: i64 = 0
        latest_id = ""
        for record_id, spell in spells.items():
            section, _, _, _, _, start, end = spell
            span = Span(WORD_OF_SECTION[section], start, FOREVER if end is None else end)
            if not self._begins(span):
                continue
            self.insured.append(span)
            if section != 33 or span.last < self.today or (self.job is not None and span.first < latest):
                continue
            if self.job is None or span.first > latest or record_id > latest_id:
                self.job, latest, latest_id = spell, span.first, record_id

    def studies(self, enrolments: dict[str, Fields]) -> None:
        for record_id, enrolment in enrolments.items():
            study = Study(record_id, enrolment)
            if self._begins(study.span):
                self.begun.append(study)

    def passes(self, certifications: dict[str, Fields]) -> None:
        for result, issued_on in certifications.values():
            self.due = sooner(self.due, issued_on, self.today)
            if result == "PASSED" and issued_on <= self.today:
                self.passed += 1

    def row(self, graduation: Fields) -> Fields:
        """The columns of a graduation."""
        graduated_on: i64 = graduation[7]
        own = own_enrolment(graduation, self.begun)
        studies = [study.span for study in self.begun if study.counts and study.record_id != own]
        evidence = self.insured + studies
        statuses: list[str] = []
        for day in horizons(graduated_on):
            self.due = sooner(self.due, day, self.today)
            self.due_complete = sooner(self.due_complete, day, self.complete_through)
            statuses.append(status(day, evidence, self.today, self.complete_through))
        first = first_job(self.insured, graduated_on)
        _, employer_id, employer_province, tsic, occupation, _, _ = self.job or _NO_JOB
        return (
            *graduation[:8],
            first,
            None if first is None else max(0, first - graduated_on),
            *(employer_id, tsic, occupation, employer_province),
            bool([span for span in studies if span.first >= graduated_on]),
            self.passed,
            *statuses,
            observed(self.today, evidence) or "NONE_OBSERVED",
            None if self.job is None else field_match(graduation[4], occupation, tsic),
        )

    def _begins(self, span: Span) -> bool:
        """Whether something has begun; when it will, or will end, is noted."""
        self.due = sooner(sooner(self.due, span.first, self.today), span.last + 1, self.today)
        return span.first <= self.today


def derive(
    _person_key: str,
    enrolments: dict[str, Fields],
    graduations: dict[str, Fields],
    spells: dict[str, Fields],
    certifications: dict[str, Fields],
    dates: Dates,
) -> Derived:
    """A person's rows by graduation id, and when time alone will change one."""
    if not graduations:
        return Derived({}, None, None)
    person = Person(dates)
    person.works(spells)
    person.studies(enrolments)
    person.passes(certifications)
    rows = {graduation_id: person.row(graduation) for graduation_id, graduation in graduations.items()}
    return Derived(
        rows,
        person.due if person.due <= LAST_DAY else None,
        person.due_complete if person.due_complete <= person.today else None,
    )


def sooner(due: i64, day: i64, today: i64) -> i64:
    """Of two days the earlier one that lies ahead; ``due`` does, or is `FOREVER`."""
    return day if today < day < due else due


def first_job(insured: list[Span], graduated_on: i64) -> Days | None:
    """The earliest start among section-33 spells that have not ended before the graduation."""
    first: i64 = FOREVER
    for span in insured:
        if span.word == EMPLOYED and span.last >= graduated_on and span.first < first:
            first = span.first
    return None if first == FOREVER else first


def status(day: i64, evidence: list[Span], today: i64, complete_through: i64) -> str:
    """The status at a day (section 8): what is seen shows at once, and none is never said too early."""
    if day > today:
        return "NOT_YET"
    return observed(day, evidence) or ("NOT_YET" if day > complete_through else "NONE_OBSERVED")


def observed(day: i64, evidence: list[Span]) -> str | None:
    """The first word that the evidence bears out at a day."""
    word: i64 = len(WORDS)
    for span in evidence:
        if span.first <= day <= span.last and span.word < word:
            word = span.word
    return WORDS[word] if word < len(WORDS) else None


def own_enrolment(graduation: Fields, begun: list[Study]) -> str | None:
    """Record id of the enrolment that a graduation completes (section 7)."""
    institution_code, _, qualification, _, field_code, _, _, graduated_on, named = graduation
    if named is not None:
        own: str = named
        return own
    programme = (institution_code, qualification, field_code)
    candidates = [
        (study.span.first, study.record_id)
        for study in begun
        if study.span.first < graduated_on and study.programme == programme
    ]
    return max(candidates)[1] if candidates else None


@lru_cache(maxsize=65_536)
def horizons(graduated_on: Days) -> tuple[Days, ...]:
    return tuple([after(graduated_on, months) for months in HORIZONS])


def after(day: Days, months: int) -> Days:
    """The same day of the month, ``months`` later, or that month's last day; `FOREVER` past the calendar."""
    start = date.fromordinal(day + _EPOCH)
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    if year > MAXYEAR:
        return FOREVER
    return date(year, month, min(start.day, monthrange(year, month)[1])).toordinal() - _EPOCH
