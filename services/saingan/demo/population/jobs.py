"""SSO's registry: jobs found sooner or later, changed, lost; those who insure themselves."""

from collections.abc import Iterator
from random import Random
from typing import Final

from stdnum.th import pin

from saingan.demo.population import places, trades
from saingan.demo.population.register import Change, Days, Entry, Fields, delay, register, stranger
from saingan.demo.population.studies import Graduate
from saingan.topics import EMPLOYMENT

_LIFE: Final = 1_250  # days after graduation: more than three cohorts ever see
_NEVER: Final = 0.06  # civil service, family, abroad, informal work: no job of theirs is in the registry
_SELF_EMPLOYED: Final = 0.05
_STUDIES_AND_WORKS: Final = 0.26
_STAYS_WITH_TRAINER: Final = 0.10  # dual training: a job from before graduation goes on
_FIRST_WAIT: Final = (4.85, 1.1)  # days to the first job: logarithm's mean and deviation
_IN_JOB: Final = 330  # days, on average
_BETWEEN_JOBS: Final = 18
_GOES_ON_INSURED: Final = 0.10  # section 39, after a job
_SOLE_TRADER: Final = 0.08  # of employers: their number is a citizen ID
_OCCUPATION_UNKNOWN: Final = 0.15
_DATE_CORRECTED, _EMPLOYER_CORRECTED = 0.06, 0.03
_PROMOTED: Final = 0.15
_ENTERED_BY_MISTAKE: Final = 0.03  # of graduates; later withdrawn


def registry_of_insured(rng: Random, someone: Graduate) -> Iterator[Change]:
    office = f"SSO-{someone.home}"
    for number, entries in enumerate(_spells(rng, someone), start=1):
        yield from register(rng, EMPLOYMENT, f"S{someone.label}-{number}", office, someone.citizen_id, entries)


def _spells(rng: Random, someone: Graduate) -> Iterator[list[Entry]]:
    first, last = someone.studies[0], someone.studies[-1]
    until = first.ended_on + _LIFE
    if rng.random() < _ENTERED_BY_MISTAKE:
        yield list(_mistaken(rng, someone, first.ended_on + rng.randint(20, 500)))
    if rng.random() < _NEVER:
        return
    if rng.random() < _SELF_EMPLOYED:
        began = last.ended_on + rng.randint(30, 300)
        yield list(_self_insured(rng, 40, began, min(until, began + rng.randint(200, 900))))
        return
    day = _first_day(rng, first.ended_on, last.ended_on if last is not first else None)
    while day < until:
        ended = day + max(15, int(rng.expovariate(1 / _IN_JOB)))
        yield list(_job(rng, someone, day, ended))
        if rng.random() < _GOES_ON_INSURED:
            yield list(_self_insured(rng, 39, ended + 1, ended + rng.randint(60, 300)))
        day = ended + 1 + int(rng.expovariate(1 / _BETWEEN_JOBS))


def _first_day(rng: Random, graduated_on: Days, studies_until: Days | None) -> Days:
    if studies_until is not None and rng.random() >= _STUDIES_AND_WORKS:
        graduated_on = studies_until
    if rng.random() < _STAYS_WITH_TRAINER:
        return graduated_on - rng.randint(30, 250)
    return graduated_on + int(rng.lognormvariate(*_FIRST_WAIT))


def _job(rng: Random, someone: Graduate, started: Days, ended: Days) -> Iterator[Entry]:
    """Entered; now and then corrected; promoted; left."""
    fields = _position(rng, someone, started)
    on = started + delay(rng, 3, 30)
    if rng.random() < _DATE_CORRECTED:
        yield Entry(on, {**fields, "started_on": started - rng.choice((14, 30, 31, 92))})
        on += rng.randint(15, 90)
    if rng.random() < _EMPLOYER_CORRECTED:
        other = _position(rng, someone, started)
        yield Entry(on, {**fields, "employer_id": other["employer_id"], "tsic": other["tsic"]})
        on += rng.randint(15, 60)
    yield Entry(on, fields)
    if ended - started > 300 and rng.random() < _PROMOTED:
        fields = {**fields, "position": f"หัวหน้า{fields['position']}"}
        yield Entry(on + 250, fields)
        on += 250
    yield Entry(max(on + 1, ended + delay(rng, 1, 45)), {**fields, "ended_on": ended})


def _mistaken(rng: Random, someone: Graduate, started: Days) -> Iterator[Entry]:
    """A job of someone else's; one in five was theirs after all."""
    fields = _position(rng, someone, started)
    yield Entry(started + 20, fields)
    yield Entry(started + 60, fields, "WITHDRAW")
    if rng.random() < 0.2:
        yield Entry(started + 95, fields)


def _self_insured(rng: Random, section: int, started: Days, ended: Days) -> Iterator[Entry]:
    fields = {
        "section": section,
        "employer_id": None,
        "employer_province": None,
        "tsic": None,
        "occupation": None,
        "position": None,
        "started_on": started,
        "ended_on": None,
    }
    yield Entry(started + delay(rng, 1, 30), fields)
    yield Entry(ended + delay(rng, 5, 45), {**fields, "ended_on": ended})


def _position(rng: Random, someone: Graduate, started: Days) -> Fields:
    job = trades.job(rng, someone.studies[0].trade)
    province = places.workplace(rng, someone.home)
    return {
        "section": 33,
        "employer_id": stranger(rng) if rng.random() < _SOLE_TRADER else _firm(rng, province, job.tsic),
        "employer_province": province,
        "tsic": job.tsic,
        "occupation": None if rng.random() < _OCCUPATION_UNKNOWN else job.occupation,
        "position": job.position,
        "started_on": started,
        "ended_on": None,
    }


def _firm(rng: Random, province: str, tsic: str) -> str:
    """The juristic number of one of a province's synthetic firms in an industry."""
    digits = f"0{province}5{550 + rng.randrange(12)}{tsic}"
    return digits + str(pin.calc_check_digit(digits))
