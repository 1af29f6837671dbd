"""OVEC's registers of students and graduates: what someone learnt, where, and what they went on to learn."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final, NamedTuple

from saingan.demo.population import places, trades
from saingan.demo.population.register import Change, Days, Entry, Fields, delay, register, stranger
from saingan.standard.coercion import day_number
from saingan.topics import ENROLMENT, GRADUATION

_OVEC: Final = "OVEC"
_BUDDHIST: Final = 543
_LEVELS: Final = {"PVC": 52, "PVS": 46, "BTECH": 2}  # share of graduates
_YEARS: Final = {"PVC": 3, "PVS": 2, "BTECH": 2}
_NEXT: Final = {"PVC": ("PVS", 0.46), "PVS": ("BTECH", 0.12)}  # and the share that goes on to it
_DROPS_OUT: Final = 0.12  # of those who go on
_TRANSFERRED: Final = 0.04
_SHORT_COURSE: Final = 0.05
_SUMMER_TERM: Final = 0.08  # graduate after it
_DATE_CORRECTED: Final = 0.05
_ANNULLED: Final = 0.01  # certificates, of which most are issued again
_ENROLMENT_UNKNOWN: Final = 0.04  # to the register of graduates
_WISHES: Final = {"WORK": 45, "OWN_OCCUPATION": 8, "FURTHER_STUDY": 8, "BOTH": 14, "UNDECIDED": 25}


class Study(NamedTuple):
    """Years at a college; ``academic_year`` is that of graduation (Buddhist era)."""

    qualification: str
    field_code: str
    province: str
    institution_code: str
    academic_year: int
    started_on: Days
    ended_on: Days
    graduates: bool

    @property
    def trade(self) -> str:
        return trades.trade_of(self.field_code)


class Graduate(NamedTuple):
    """A synthetic person.

    Attributes:
        label: within record ids; says nothing about the person.
        studies: the first one is that of the cohort, the second one what they went on to.
    """

    label: str
    citizen_id: str
    home: str
    studies: tuple[Study, ...]


def graduate(rng: Random, label: str, academic_year: int) -> Graduate:
    """Someone who graduates in an academic year."""
    citizen_id, home = stranger(rng), places.home(rng)
    level = rng.choices(tuple(_LEVELS), tuple(_LEVELS.values()))[0]
    first = _study(rng, level, trades.field(rng, level), home, academic_year)
    further, share = _NEXT.get(level, ("", 0.0))
    if rng.random() >= share:
        return Graduate(label, citizen_id, home, (first,))
    second = _study(rng, further, trades.field(rng, further, first.trade), home, academic_year + _YEARS[further])
    if rng.random() < _DROPS_OUT:
        second = second._replace(ended_on=second.started_on + rng.randint(60, 500), graduates=False)
    return Graduate(label, citizen_id, home, (first, second))


def register_of_students(rng: Random, someone: Graduate) -> Iterator[Change]:
    def enrolment(number: object, *entries: Entry) -> Iterator[Change]:
        return register(rng, ENROLMENT, f"E{someone.label}-{number}", _OVEC, someone.citizen_id, entries)

    for number, study in enumerate(someone.studies, start=1):
        if rng.random() < _TRANSFERRED:
            yield from enrolment(f"{number}A", *_transferred(rng, study, someone.home))
        yield from enrolment(number, *_years_of(rng, study, someone))
    if rng.random() < _SHORT_COURSE:
        yield from enrolment("K", *_short_course(rng, someone))


def register_of_graduates(rng: Random, someone: Graduate) -> Iterator[Change]:
    for number, study in enumerate(someone.studies, start=1):
        if not study.graduates:
            continue
        known = rng.random() >= _ENROLMENT_UNKNOWN
        fields: Fields = {
            **_programme(study),
            "academic_year": study.academic_year,
            "entry_academic_year": study.academic_year - _YEARS[study.qualification] + 1,
            "graduated_on": study.ended_on,
            "enrolment_record_id": f"E{someone.label}-{number}" if known else None,
        }
        entries = list(_certificate(rng, study.ended_on, fields))
        yield from register(rng, GRADUATION, f"G{someone.label}-{number}", _OVEC, someone.citizen_id, entries)


def _study(rng: Random, level: str, field_code: str, home: str, academic_year: int) -> Study:
    begins = academic_year - _BUDDHIST - _YEARS[level] + 1
    ends = date(academic_year - _BUDDHIST + 1, 3, 31)
    return Study(
        level,
        field_code,
        home,
        places.college(rng, home),
        academic_year,
        day_number(date(begins, 5, 16)) + rng.randint(0, 5),
        day_number(ends) + (rng.randint(60, 75) if rng.random() < _SUMMER_TERM else -rng.randint(0, 12)),
        graduates=True,
    )


def _programme(study: Study) -> Fields:
    return {
        "institution_code": study.institution_code,
        "institution_province": study.province,
        "qualification": study.qualification,
        "curriculum_code": "2563" if study.qualification == "PVS" else "2562",
        "subject_type_code": str(int(study.field_code[1:3])),
        "field_code": study.field_code,
        "subfield_code": f"{study.field_code}01",
    }


def _enrolment(study: Study, home: str) -> Fields:
    return {
        **_programme(study),
        "academic_year": study.academic_year - _YEARS[study.qualification] + 1,
        "started_on": study.started_on,
        "ended_on": None,
        "expected_graduation_on": day_number(date(study.academic_year - _BUDDHIST + 1, 3, 31)),
        "status": "STUDYING",
        "desired_path": "UNDECIDED",
        "desired_occupation": None,
        "home_province": home,
    }


def _years_of(rng: Random, study: Study, someone: Graduate) -> Iterator[Entry]:
    """Enrolled, in a branch from the second year on, asked for their wishes in the last, gone."""
    fields = _enrolment(study, someone.home)
    yield Entry(study.started_on + delay(rng, 10, 40), {**fields, "subfield_code": f"{study.field_code}00"})
    second_year = study.started_on + 365
    if second_year < study.ended_on:
        yield Entry(second_year + rng.randint(5, 40), fields)
    if not study.graduates:
        yield Entry(study.ended_on + delay(rng, 5, 60), {**fields, "ended_on": study.ended_on, "status": "LEFT"})
        return
    asked = {**fields, "status": "EXPECTED_TO_GRADUATE", **_wish(rng, study, someone)}
    yield Entry(study.ended_on - rng.randint(45, 90), asked)
    yield Entry(study.ended_on + delay(rng, 3, 20), {**asked, "ended_on": study.ended_on, "status": "COMPLETED"})


def _wish(rng: Random, study: Study, someone: Graduate) -> Fields:
    goes_on = study is not someone.studies[-1]
    path = "FURTHER_STUDY" if goes_on else rng.choices(tuple(_WISHES), tuple(_WISHES.values()))[0]
    occupation = trades.TRADES[study.trade].occupations[0][0] if path in ("WORK", "OWN_OCCUPATION") else None
    return {"desired_path": path, "desired_occupation": occupation}


def _transferred(rng: Random, study: Study, home: str) -> tuple[Entry, Entry]:
    left = study.started_on - rng.randint(20, 200)
    fields = {**_enrolment(study, home), "started_on": left - 150, "institution_code": places.college(rng, home)}
    gone = {**fields, "ended_on": left, "status": "TRANSFERRED"}
    return Entry(left - 150 + delay(rng, 10, 40), fields), Entry(left + delay(rng, 5, 30), gone)


def _short_course(rng: Random, someone: Graduate) -> tuple[Entry]:
    """Further learning that is no further study (standard, section 7)."""
    study = someone.studies[0]
    began = study.ended_on + rng.randint(30, 400)
    fields = {
        **_enrolment(study, someone.home),
        "qualification": "SHORT",
        "academic_year": date.fromordinal(began + date(1970, 1, 1).toordinal()).year + _BUDDHIST,
        "started_on": began,
        "ended_on": began + 10,
        "expected_graduation_on": began + 10,
        "status": "COMPLETED",
    }
    return (Entry(began + 10 + delay(rng, 2, 20), fields),)


def _certificate(rng: Random, graduated_on: Days, fields: Fields) -> Iterator[Entry]:
    on = graduated_on + delay(rng, 8, 30)
    if rng.random() < _DATE_CORRECTED:
        yield Entry(on, {**fields, "graduated_on": graduated_on - rng.randint(1, 30)})
        on += rng.randint(5, 60)
    yield Entry(on, fields)
    if rng.random() < _ANNULLED:
        yield Entry(on + 15, fields, "WITHDRAW")
        if rng.random() < 0.7:
            yield Entry(on + 40, fields)
