"""Further study, and which enrolment is the graduation's own: section 7 of the standard."""

import pytest

from support.make import day
from support.people import degree, row, study


@pytest.mark.parametrize(
    ("studies", "further"),
    [
        pytest.param([], False, id="none"),
        pytest.param([study("2025-03-31")], True, id="on the day of graduation"),
        pytest.param([study("2025-03-30")], False, id="the day before"),
        pytest.param([study("2025-05-16", "2025-05-17")], True, id="over by now"),
        pytest.param([study("2025-05-16", status="LEFT")], True, id="begun, then left"),
        pytest.param([study("2025-05-16", qualification="SHORT")], False, id="a short course"),
        pytest.param([study("2025-05-16", qualification="OTHER")], False, id="a qualification that we do not know"),
        pytest.param([study("2025-05-16", record_id="E-1")], False, id="its own, dated wrongly"),
        pytest.param([study("2027-06-01")], True, id="on observed_on"),
        pytest.param([study("2027-06-02")], False, id="after observed_on"),
    ],
)
def test_further_study_is_another_enrolment_since_graduation_that_is_no_short_course(studies, further):
    assert row(studies=studies)["further_study"] is further


def test_the_own_enrolment_is_the_one_that_the_graduation_names():
    assert row(studies=[study("2022-05-16", record_id="E-1")])["current_status"] == "NONE_OBSERVED"
    assert row(studies=[study("2022-05-16", record_id="E-2")])["current_status"] == "STUDYING"


def test_an_own_enrolment_that_is_named_but_absent_is_replaced_by_no_other():
    unnamed, absent = degree(enrolment_record_id=None), degree(enrolment_record_id="E-404")
    assert row(degrees=[unnamed], studies=[study("2022-05-16")])["current_status"] == "NONE_OBSERVED"
    assert row(degrees=[absent], studies=[study("2022-05-16")])["current_status"] == "STUDYING"


@pytest.mark.parametrize(
    ("candidate", "own"),
    [
        pytest.param(study("2022-05-16"), True, id="of the same programme"),
        pytest.param(study("2025-03-30"), True, id="begun the day before"),
        pytest.param(study("2025-03-31"), False, id="begun on the day of graduation"),
        pytest.param(study("2022-05-16", institution_code="1"), False, id="at another institution"),
        pytest.param(study("2022-05-16", qualification="PVS"), False, id="for another qualification"),
        pytest.param(study("2022-05-16", field_code="20102"), False, id="in another field"),
        pytest.param(study("2022-05-16", subfield_code="0"), True, id="in another branch of the field"),
    ],
)
def test_where_none_is_named_the_own_enrolment_is_of_the_same_institution_qualification_and_field(candidate, own):
    found = row(degrees=[degree(enrolment_record_id=None)], studies=[candidate])["current_status"]
    assert found == ("NONE_OBSERVED" if own else "STUDYING")


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (study("2022-05-16", record_id="A"), study("2021-05-16", record_id="B")),
        (study("2022-05-16", record_id="E-9"), study("2022-05-16", record_id="E-10")),
    ],
    ids=["that started last", "of equal starts the greatest record id, as text"],
)
def test_of_several_the_own_enrolment_is_one(own, other):
    ended = {"ended_on": day("2025-03-31")}
    unnamed = [degree(enrolment_record_id=None)]
    assert row(degrees=unnamed, studies=[own, {**other, **ended}])["current_status"] == "NONE_OBSERVED"
    assert row(degrees=unnamed, studies=[{**own, **ended}, other])["current_status"] == "STUDYING"


def test_an_enrolment_that_begins_after_observed_on_is_not_yet_taken_for_the_own():
    late = degree("2026-03-31", enrolment_record_id=None)
    studies = [study("2023-05-16", record_id="A"), study("2025-05-16", record_id="B")]
    assert row(degrees=[late], studies=studies, observed_on="2025-05-15")["current_status"] == "NONE_OBSERVED"
    assert row(degrees=[late], studies=studies, observed_on="2025-05-16")["current_status"] == "STUDYING"
