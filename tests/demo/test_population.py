from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest
from stdnum.th import pin

from demo.people import DAY, SEED, recorded
from saingan.demo.population import Change, everyone, last_academic_year
from saingan.engine.core.derived import Dates
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.standard.coercion import day_number
from saingan.standard.identity import is_citizen_id, is_juristic_number
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic

MANY = 1_500
HORIZONS = ("status_6m", "status_12m", "status_24m")


class Outcome(NamedTuple):
    """The derived columns of an outcome row."""

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


@cache
def population() -> tuple[Change, ...]:
    return tuple(recorded(MANY))


@cache
def outcomes() -> tuple[tuple[str, Outcome], ...]:
    """Qualification and outcome of each graduation, derived without any exchange."""
    standing: dict[str, dict[Topic, dict[str, Any]]] = {}
    for change in sorted(population(), key=lambda change: int(change.record["record_version"])):
        record, kind = change.record, STREAMS[change.topic]
        of_person = standing.setdefault(change.citizen_id, {topic: {} for topic in STREAMS})
        of_person[change.topic][record["record_id"]] = kind._make(record[name] for name in kind._fields)
        if record["change"] == "WITHDRAW":
            del of_person[change.topic][record["record_id"]]
    dates = Dates(day_number(DAY), day_number(DAY) - 45)
    rows = [row for key, registers in standing.items() for row in derive(key, *registers.values(), dates).rows.values()]
    return tuple((row[2], Outcome(*row[8:])) for row in rows)


def share(found: Counter[str], of: str) -> float:
    """Of those whose status is known."""
    return found[of] / (found.total() - found["NOT_YET"])


def test_the_same_seed_makes_the_same_changes() -> None:
    assert recorded(50) == recorded(50)


def test_another_seed_makes_others() -> None:
    ours, others = recorded(50), recorded(50, seed=SEED + 1)
    assert not {change.record["record_id"] for change in ours} & {change.record["record_id"] for change in others}
    assert not {change.citizen_id for change in ours} & {change.citizen_id for change in others}


def test_more_graduates_are_the_same_ones_and_others() -> None:
    assert recorded(90)[: len(recorded(60))] == recorded(60)


def test_a_later_day_only_adds_what_was_recorded_since() -> None:
    before = [(change.citizen_id, str(change.record)) for change in recorded(60)]
    after = [(change.citizen_id, str(change.record)) for change in recorded(60, day=DAY + timedelta(90))]
    assert set(before) < set(after)


def test_nothing_is_recorded_on_the_day_of_the_export_or_later() -> None:
    midnight_ms = (day_number(DAY) * 24 - 7) * 3_600_000
    assert max(change.record["recorded_at"] for change in population()) < midnight_ms


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2567), (date(2026, 5, 31), 2567), (date(2026, 6, 1), 2568)]
)
def test_the_last_academic_year_is_one_whose_graduates_are_registered(day: date, year: int) -> None:
    assert last_academic_year(day) == year


def test_a_graduate_has_about_ten_changes() -> None:
    assert 9 < len(population()) / MANY < 11


def test_all_four_registries_have_much_to_say() -> None:
    by_topic = Counter(change.topic for change in population())
    assert min(by_topic[topic] for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION)) > MANY / 2


def test_citizen_ids_are_well_formed_and_of_no_citizen() -> None:
    ids = {change.citizen_id for change in population()}
    assert all(is_citizen_id(one) and one.startswith("9") for one in ids)


def test_an_employer_is_a_firm_or_a_sole_trader() -> None:
    numbers = {change.record["employer_id"] for change in population() if change.topic is EMPLOYMENT} - {None}
    firms = {number for number in numbers if is_juristic_number(number)}
    assert firms
    assert all(number.startswith("9") and is_citizen_id(number) for number in numbers - firms)
    assert all(pin.calc_check_digit(number[:-1]) == number[-1] for number in numbers)


def test_changes_come_late_corrected_withdrawn_repeated_and_to_the_right_person() -> None:
    times = Counter((change.record["record_id"], change.record["record_version"]) for change in population())
    late = [
        change
        for change in population()
        if change.topic is EMPLOYMENT and change.record["recorded_at"] / 86_400_000 > change.record["started_on"] + 59
    ]
    assert max(version for _, version in times) >= 4
    assert max(times.values()) > 1
    assert late
    assert any(change.record["change"] == "WITHDRAW" for change in population())
    assert any(change.previous_citizen_id for change in population())


def test_a_record_that_moves_was_entered_under_its_previous_citizen_id() -> None:
    first = {
        change.record["record_id"]: change.citizen_id for change in population() if change.record["record_version"] == 1
    }
    moved = [change for change in population() if change.previous_citizen_id]
    assert all(first[change.record["record_id"]] == change.previous_citizen_id for change in moved)


def test_levels_have_their_shares() -> None:
    levels = Counter(someone.studies[0].qualification for _, someone in everyone(SEED, MANY, DAY))
    assert levels["PVC"] / MANY == pytest.approx(0.52, abs=0.05)
    assert levels["PVS"] / MANY == pytest.approx(0.46, abs=0.05)
    assert 0 < levels["BTECH"] < MANY / 20


def test_employment_rises_with_the_months_after_graduation() -> None:
    shares = [share(Counter(getattr(row, at) for _, row in outcomes()), "EMPLOYED") for at in HORIZONS]
    assert shares == pytest.approx([0.45, 0.58, 0.68], abs=0.06)


def test_horizons_are_partly_still_to_come() -> None:
    for at in HORIZONS[1:]:
        not_yet = [getattr(row, at) == "NOT_YET" for _, row in outcomes()]
        assert 0.2 < sum(not_yet) / len(not_yet) < 0.8


def test_many_holders_of_a_first_certificate_go_on_to_the_higher_one() -> None:
    further = [row.further_study for qualification, row in outcomes() if qualification == "PVC"]
    assert sum(further) / len(further) == pytest.approx(0.43, abs=0.06)


def test_jobs_fit_the_field_of_study_in_all_degrees() -> None:
    matches = Counter(row.field_match for _, row in outcomes())
    assert min(matches["MATCHED"], matches["RELATED"], matches["UNRELATED"]) > len(outcomes()) / 15


def test_a_third_has_passed_a_test() -> None:
    passed = [row.certifications > 0 for _, row in outcomes()]
    assert sum(passed) / len(passed) == pytest.approx(0.34, abs=0.06)
