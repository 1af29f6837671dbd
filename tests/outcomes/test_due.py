"""When time alone changes a row: section 6 of the standard."""

import pytest

from support.make import day
from support.people import certificate, degree, derived, job, study


@pytest.mark.parametrize(
    ("person", "due"),
    [
        pytest.param({"observed_on": "2025-04-01"}, "2025-09-30", id="the first horizon"),
        pytest.param({"observed_on": "2025-09-30"}, "2026-03-31", id="the second"),
        pytest.param({"observed_on": "2027-03-31"}, None, id="none, past the last"),
        pytest.param({"jobs": [job("2028-01-01", "2028-02-01")]}, "2028-01-01", id="a start that lies ahead"),
        pytest.param({"jobs": [job("2025-05-01", "2028-02-01")]}, "2028-02-02", id="the day after an end"),
        pytest.param({"jobs": [job("2025-05-01", "2027-06-01")]}, "2027-06-02", id="an end on observed_on"),
        pytest.param({"jobs": [job("2025-05-01", "2027-05-31")]}, None, id="not an end that is past"),
        pytest.param({"studies": [study("2028-05-16")]}, "2028-05-16", id="a study that lies ahead"),
        pytest.param({"studies": [study("2025-05-16", "2028-03-31")]}, "2028-04-01", id="the day after a study"),
        pytest.param({"certificates": [certificate("2028-01-01")]}, "2028-01-01", id="a certificate that lies ahead"),
        pytest.param({"jobs": [job("2025-05-01", "9999-12-31")]}, None, id="not a day past the calendar"),
        pytest.param({"degrees": [degree("2030-08-31")]}, "2031-02-28", id="the horizon of a graduation ahead"),
        pytest.param(
            {"degrees": [degree(), degree("2027-01-31", record_id="G-2")]}, "2027-07-31", id="of any graduation"
        ),
    ],
)
def test_a_row_is_due_when_observed_on_reaches(person, due):
    assert derived(**person).due_observed == (due and day(due))


@pytest.mark.parametrize(
    ("observed_on", "complete_through", "due"),
    [
        pytest.param("2025-09-29", "2025-08-15", None, id="no horizon has come"),
        pytest.param("2025-09-30", "2025-08-16", "2025-09-30", id="one has, and waits for the registry"),
        pytest.param("2025-12-31", "2025-09-30", None, id="the registry is complete to it"),
        pytest.param("2027-06-01", "2025-08-16", "2025-09-30", id="the earliest of several"),
        pytest.param("2027-06-01", "2026-03-31", "2027-03-31", id="the next of several"),
    ],
)
def test_a_row_is_due_when_the_registry_is_complete_to(observed_on, complete_through, due):
    assert derived(observed_on=observed_on, complete_through=complete_through).due_complete == (due and day(due))
