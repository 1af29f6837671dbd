"""The first job and the current one: section 7 of the standard."""

import pytest

from support.make import day
from support.people import job, row

# The first job


@pytest.mark.parametrize(
    ("jobs", "first", "wait"),
    [
        pytest.param([], None, None, id="none"),
        pytest.param([job("2025-05-01")], "2025-05-01", 31, id="after graduation"),
        pytest.param([job("2025-03-31")], "2025-03-31", 0, id="on the day itself"),
        pytest.param([job("2024-01-01")], "2024-01-01", 0, id="before graduation, still running"),
        pytest.param([job("2024-01-01", "2025-03-31")], "2024-01-01", 0, id="ended on the day itself"),
        pytest.param([job("2024-01-01", "2025-03-30")], None, None, id="ended the day before"),
        pytest.param([job("2025-05-01", "2025-05-01")], "2025-05-01", 31, id="of one day"),
        pytest.param([job("2025-05-01", section=39)], None, None, id="section 39 is none"),
        pytest.param([job("2025-05-01", section=40)], None, None, id="section 40 is none"),
        pytest.param(
            [job("2025-08-01", record_id="A"), job("2025-06-01", "2025-06-02", record_id="B")],
            "2025-06-01",
            62,
            id="the earliest, though it is over",
        ),
        pytest.param([job("2027-06-01")], "2027-06-01", 792, id="begins on observed_on"),
        pytest.param([job("2027-06-02")], None, None, id="begins after observed_on"),
    ],
)
def test_the_first_job_is_the_earliest_section_33_spell_not_over_before_graduation(jobs, first, wait):
    columns = row(jobs=jobs)
    assert (columns["first_job_on"], columns["days_to_first_job"]) == (first and day(first), wait)


# The current employment


@pytest.mark.parametrize(
    ("jobs", "employer"),
    [
        pytest.param([], None, id="none"),
        pytest.param([job("2025-05-01", employer_id="A")], "A", id="goes on"),
        pytest.param([job("2025-05-01", "2027-06-01", employer_id="A")], "A", id="ends on observed_on"),
        pytest.param([job("2025-05-01", "2027-05-31", employer_id="A")], None, id="ended the day before"),
        pytest.param([job("2027-06-01", employer_id="A")], "A", id="begins on observed_on"),
        pytest.param([job("2027-06-02", employer_id="A")], None, id="begins the day after"),
        pytest.param([job("2010-01-01", employer_id="A")], "A", id="from long before graduation"),
        pytest.param([job("2025-05-01", section=39, employer_id="A")], None, id="section 39"),
        pytest.param(
            [job("2026-01-01", record_id="A", employer_id="A"), job("2025-01-01", record_id="B", employer_id="B")],
            "A",
            id="the latest start",
        ),
        pytest.param(
            [job("2026-01-01", record_id="S-9", employer_id="A"), job("2026-01-01", record_id="S-10", employer_id="B")],
            "A",
            id="of equal starts the greatest record id, as text",
        ),
        pytest.param(
            [
                job("2026-01-01", "2027-01-01", record_id="A", employer_id="A"),
                job("2025-01-01", record_id="B", employer_id="B"),
            ],
            "B",
            id="the one that goes on, not a later one that is over",
        ),
        pytest.param(
            [job("2026-01-01", record_id="A", employer_id=None), job("2025-01-01", record_id="B", employer_id="B")],
            None,
            id="of a sole trader, whose number is not given",
        ),
    ],
)
def test_the_current_employment_covers_observed_on_and_started_last(jobs, employer):
    assert row(jobs=jobs)["employer_id"] == employer


def test_the_current_employment_gives_employer_industry_occupation_and_province():
    columns = row(jobs=[job("2025-05-01", employer_id="1", tsic="2", occupation="3", employer_province="4")])
    assert [columns[name] for name in ("employer_id", "tsic", "occupation", "employer_province")] == [
        "1",
        "2",
        "3",
        "4",
    ]
