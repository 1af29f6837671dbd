"""Section 5 of the standard: which change of a record stands."""

from itertools import permutations

import pytest

from saingan.engine.tables import LINEAGE
from saingan.outcomes.table import employment_outcome
from saingan.standard import schemas
from saingan.topics import EMPLOYMENT, GRADUATION
from saingan.verify.outcomes.oracle import KEPT
from saingan.verify.outcomes.rules import Row
from saingan.verify.standing import canonical, standing
from support.make import OTHER_PERSON, PERSON, certification, day, employment, enrolment, graduation
from support.readings import changes, table

GRADUATED = (PERSON, "G-1")


def first_job(jobs):
    return table(changes(graduations=[graduation()], jobs=jobs))[GRADUATED].first_job_on


def started(on, **fields):
    return employment(started_on=day(on), **fields)


def test_a_row_has_the_compared_columns_of_the_table_in_its_order():
    assert Row._fields == tuple(c.name for c in employment_outcome.c if c.name not in LINEAGE)


@pytest.mark.parametrize("topic", KEPT)
def test_every_kept_field_is_a_field_of_the_streams_schema(topic):
    assert set(KEPT[topic]) <= {field["name"] for field in schemas.schema(topic)["fields"]}


def test_the_canonical_form_is_the_change_and_the_kept_fields_as_one_compact_json_array():
    job = employment(
        section=33, employer_id=None, employer_province="20", tsic="45201", occupation="ช่าง", started_on=1, ended_on=2
    )
    assert canonical(KEPT[EMPLOYMENT.name], job).decode() == '["UPSERT",33,null,"20","45201","ช่าง",1,2]'


def test_the_canonical_form_of_a_withdrawal_keeps_no_field():
    withdrawal = employment(change="WITHDRAW")
    assert canonical(KEPT[EMPLOYMENT.name], withdrawal) == b'["WITHDRAW",null,null,null,null,null,null,null]'


@pytest.mark.parametrize(
    ("stands", "falls"),
    [
        pytest.param(
            started("2025-06-01", record_version=10, recorded_at=1),
            started("2025-05-01", record_version=9, recorded_at=2),
            id="the highest version, whenever it was recorded",
        ),
        pytest.param(
            started("2025-06-01", recorded_at=10),
            started("2025-07-01", recorded_at=9),
            id="of equal versions the one recorded last",
        ),
        pytest.param(
            started("2025-07-01"),
            started("2025-06-01"),
            id="of equal times the greater canonical form",
        ),
        pytest.param(
            employment(change="ERASE", record_version=1, recorded_at=1),
            started("2025-05-01", record_version=99, recorded_at=99),
            id="an erasure before every version",
        ),
        pytest.param(
            employment(change="WITHDRAW", record_version=2),
            started("2025-05-01", record_version=1),
            id="a withdrawal before an older upsert",
        ),
        pytest.param(
            started("2025-05-01", record_version=3),
            employment(change="WITHDRAW", record_version=2),
            id="a later upsert before a withdrawal",
        ),
        pytest.param(
            employment(change="ERASE", record_version=1),
            employment(change="WITHDRAW", record_version=2),
            id="an erasure before a later withdrawal",
        ),
    ],
)
def test_what_stands_does_not_depend_on_order_or_repetition(stands, falls):
    alone = standing(changes(jobs=[stands]), KEPT)
    for order in permutations([stands, falls, falls, stands]):
        assert standing(changes(jobs=order), KEPT) == alone


def test_equal_versions_are_decided_by_bytes_and_not_by_numbers():
    nine, ten = employment(started_on=9), employment(started_on=10)
    assert standing(changes(jobs=[nine, ten]), KEPT) == standing(changes(jobs=[nine]), KEPT)  # "9" is greater than "10"


@pytest.mark.parametrize("ending", ["WITHDRAW", "ERASE"])
def test_a_record_that_is_withdrawn_or_erased_counts_no_longer(ending):
    gone = employment(record_id="S-1", record_version=2, change=ending)
    later = started("2025-09-01", record_id="S-2")
    assert first_job([employment(record_id="S-1"), gone, later]) == day("2025-09-01")


@pytest.mark.parametrize("ending", ["WITHDRAW", "ERASE"])
def test_a_graduation_that_is_withdrawn_or_erased_has_no_row(ending):
    assert table(changes(graduations=[graduation(), graduation(record_version=2, change=ending)])) == {}


def test_a_withdrawn_record_comes_back_with_a_later_version():
    history = [employment(), employment(record_version=2, change="WITHDRAW"), employment(record_version=3)]
    assert first_job(history) == day("2025-05-01")


def test_an_erased_record_does_not_come_back():
    history = [employment(), employment(record_version=2, change="ERASE"), employment(record_version=3)]
    assert first_job(history) is None


def test_one_record_id_in_two_topics_is_two_records():
    came = changes(graduations=[graduation(record_id="X")], jobs=[employment(record_id="X", record_version=2)])
    assert {topic for _, topic, _ in standing(came, KEPT)} == {GRADUATION.name, EMPLOYMENT.name}
    assert table(came)[PERSON, "X"].first_job_on == day("2025-05-01")


def test_one_record_id_under_two_persons_is_two_records():
    rows = table(changes(graduations=[graduation(), graduation(person_key=OTHER_PERSON, record_version=7)]))
    assert set(rows) == {(PERSON, "G-1"), (OTHER_PERSON, "G-1")}


def test_a_record_that_moves_to_another_person_leaves_no_trace_with_the_first():
    moved = [
        employment(),
        employment(record_version=2, change="WITHDRAW"),
        employment(record_version=2, person_key=OTHER_PERSON),
    ]
    rows = table(changes(graduations=[graduation(), graduation(person_key=OTHER_PERSON)], jobs=moved))
    assert rows[PERSON, "G-1"].first_job_on is None
    assert rows[OTHER_PERSON, "G-1"].first_job_on == day("2025-05-01")


def test_a_person_without_a_graduation_has_no_row():
    came = changes(enrolments=[enrolment()], jobs=[employment()], certifications=[certification()])
    assert table(came) == {}


def test_each_graduation_of_a_person_has_a_row_of_its_own():
    second = graduation(record_id="G-2", graduated_on=day("2026-03-31"))
    rows = table(changes(graduations=[graduation(), second], jobs=[employment()]))
    assert rows[PERSON, "G-1"].days_to_first_job == 31
    assert rows[PERSON, "G-2"].days_to_first_job == 0
