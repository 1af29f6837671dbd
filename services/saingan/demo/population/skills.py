"""DSD's register: skill tests, failed and passed, trainings, certificates of competency."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from saingan.demo.population import trades
from saingan.demo.population.register import Change, Days, Entry, delay, register
from saingan.demo.population.studies import Graduate
from saingan.topics import CERTIFICATION

_TESTED, _TRAINED, _CERTIFIED = 0.42, 0.50, 0.10
_FAILS: Final = 0.25
_TRIES_AGAIN: Final = 0.6
_MARKED_AGAIN: Final = 0.02  # a failed result corrected to a passed one
_SAFETY: Final = {"electrical", "welding"}  # trades that want a certificate of competency
_COURSES: Final = ("เทคโนโลยีระบบอัตโนมัติ 30 ชั่วโมง", "ความปลอดภัยในการทำงาน 18 ชั่วโมง", "ภาษาอังกฤษเพื่อการทำงาน 60 ชั่วโมง")


def register_of_skills(rng: Random, someone: Graduate) -> Iterator[Change]:
    study = someone.studies[0]
    trade_code = f"{trades.TRADES[study.trade].occupations[0][0]}-01"
    office = f"DSD-{someone.home}"
    for number, entries in enumerate(_results(rng, study.trade, study.qualification, study.ended_on), start=1):
        made = [entry._replace(fields={"trade_code": trade_code, **entry.fields}) for entry in entries]
        yield from register(rng, CERTIFICATION, f"C{someone.label}-{number}", office, someone.citizen_id, made)


def _results(rng: Random, trade: str, qualification: str, graduated_on: Days) -> Iterator[list[Entry]]:
    if rng.random() < _TESTED:
        day, level = graduated_on + rng.randint(-200, 500), 1 if qualification == "PVC" else rng.randint(1, 2)
        failed = rng.random() < _FAILS
        yield list(_test(rng, day, level, failed))
        if failed and rng.random() < _TRIES_AGAIN:
            yield list(_test(rng, day + rng.randint(60, 200), level, failed=False))
    if rng.random() < _TRAINED:
        day = graduated_on + rng.randint(-300, 700)
        trained = _result("TRAINING", "ATTENDED", day, course=rng.choice(_COURSES))
        yield [Entry(day + delay(rng, 2, 20), trained)]
    if trade in _SAFETY and rng.random() < _CERTIFIED:
        day = graduated_on + rng.randint(0, 400)
        certified = _result("COMPETENCY_CERTIFICATE", "PASSED", day, expires_on=day + 3 * 365)
        yield [Entry(day + delay(rng, 2, 20), certified)]


def _test(rng: Random, day: Days, level: int, failed: bool) -> Iterator[Entry]:
    entered = day + delay(rng, 3, 25)
    passed = _result("NATIONAL_SKILL_TEST", "PASSED", day, level=level)
    if failed or rng.random() < _MARKED_AGAIN:
        yield Entry(entered, {**passed, "result": "FAILED"})
        entered += 30
    if not failed:
        yield Entry(entered, passed)


def _result(kind: str, result: str, day: Days, **more: Any) -> dict[str, Any]:
    nothing = {"course": None, "level": None, "expires_on": None}
    return {"kind": kind, "result": result, "issued_on": day, **nothing, **more}
