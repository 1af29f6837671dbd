"""The status at a day: section 8 of the standard, and its horizons."""

import pytest

from saingan.outcomes.outcome import FOREVER, after
from support.make import day
from support.people import degree, job, row, statuses, study


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-08-30", 6, "2024-02-29"),
        ("2023-08-29", 6, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-03-31", 6, "2025-09-30"),
        ("2025-06-30", 6, "2025-12-30"),
        ("2025-07-01", 6, "2026-01-01"),
        ("2025-12-31", 6, "2026-06-30"),
        ("1999-08-31", 6, "2000-02-29"),
        ("2099-08-31", 6, "2100-02-28"),
    ],
)
def test_a_horizon_is_the_same_day_of_the_month_or_its_last_day(start, months, end):
    assert after(day(start), months) == day(end)


def test_a_horizon_past_the_calendar_never_comes():
    assert after(day("9999-08-31"), 6) == FOREVER
    assert row(degrees=[degree("9999-08-31")], observed_on="9999-12-31")["status_6m"] == "NOT_YET"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param({}, ("NONE_OBSERVED",) * 4, id="nothing seen"),
        pytest.param({"jobs": [job("2020-01-01")]}, ("EMPLOYED",) * 4, id="a job throughout"),
        pytest.param(
            {"jobs": [job("2025-09-30", "2025-09-30")]},
            ("EMPLOYED", "NONE_OBSERVED", "NONE_OBSERVED", "NONE_OBSERVED"),
            id="a job on the first horizon alone",
        ),
        pytest.param(
            {"jobs": [job("2025-10-01", "2026-03-30"), job("2027-04-01", "2027-05-31", "S-2")]},
            ("NONE_OBSERVED",) * 4,
            id="jobs between the horizons",
        ),
        pytest.param(
            {"jobs": [job("2026-03-31", "2026-03-31", section=39), job("2027-03-31", record_id="S-2", section=40)]},
            ("NONE_OBSERVED", "SELF_INSURED", "SELF_INSURED", "SELF_INSURED"),
            id="sections 39 and 40",
        ),
        pytest.param(
            {"jobs": [job("2025-04-01", section=40), job("2026-01-01", record_id="S-2")]},
            ("SELF_INSURED", "EMPLOYED", "EMPLOYED", "EMPLOYED"),
            id="employed before self-insured",
        ),
        pytest.param(
            {"jobs": [job("2025-04-01", "2026-01-01", section=39)], "studies": [study("2025-05-16")]},
            ("SELF_INSURED", "STUDYING", "STUDYING", "STUDYING"),
            id="self-insured before studying",
        ),
        pytest.param({"studies": [study("2020-05-16")]}, ("STUDYING",) * 4, id="a second study from before"),
        pytest.param({"studies": [study("2025-05-16", qualification="SHORT")]}, ("NONE_OBSERVED",) * 4, id="SHORT"),
        pytest.param(
            {"studies": [study("2025-05-16", "2026-03-31", status="COMPLETED")]},
            ("STUDYING", "STUDYING", "NONE_OBSERVED", "NONE_OBSERVED"),
            id="completed with an end",
        ),
        *(
            pytest.param({"studies": [study("2025-05-16", status=s)]}, ("NONE_OBSERVED",) * 4, id=f"{s} without end")
            for s in ("LEFT", "TRANSFERRED", "COMPLETED")
        ),
        *(
            pytest.param({"studies": [study("2025-05-16", status=s)]}, ("STUDYING",) * 4, id=f"{s} goes on")
            for s in ("STUDYING", "EXPECTED_TO_GRADUATE", "OTHER")
        ),
    ],
)
def test_the_status_is_the_first_that_holds(person, expected):
    assert statuses(**person) == expected


@pytest.mark.parametrize(
    ("observed_on", "complete_through", "jobs", "status"),
    [
        pytest.param("2025-09-29", "2025-09-29", [], "NOT_YET", id="the horizon lies ahead"),
        pytest.param("2025-09-29", "2025-09-29", [job("2025-05-01")], "NOT_YET", id="ahead, though employed"),
        pytest.param("2025-09-30", "2025-08-16", [job("2025-05-01")], "EMPLOYED", id="what is seen shows at once"),
        pytest.param("2025-09-30", "2025-09-29", [], "NOT_YET", id="the registry may still report"),
        pytest.param("2025-09-30", "2025-09-30", [], "NONE_OBSERVED", id="the registry is complete"),
        pytest.param("2025-12-31", "2025-09-29", [job("2025-10-01")], "NOT_YET", id="a job since was none then"),
    ],
)
def test_none_is_never_said_of_a_day_for_which_the_registry_may_still_report(
    observed_on, complete_through, jobs, status
):
    assert row(jobs=jobs, observed_on=observed_on, complete_through=complete_through)["status_6m"] == status


def test_the_current_status_is_the_evidence_so_far():
    assert row(observed_on="2025-04-01", complete_through="2025-02-15")["current_status"] == "NONE_OBSERVED"
