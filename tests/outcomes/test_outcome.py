"""The row of a graduation: section 7 of the standard."""

import pytest

from support.make import day
from support.people import COLUMNS, STATUSES, certificate, degree, derived, job, row, study


def test_a_person_without_a_graduation_has_no_row_and_is_never_due():
    nothing = derived(degrees=[], studies=[study("2030-01-01")], jobs=[job("2030-01-01")])
    assert nothing == ({}, None, None)


def test_each_graduation_has_a_row_of_its_own():
    rows = derived(degrees=[degree(), degree("2026-03-31", record_id="G-2")], jobs=[job("2025-05-01")]).rows
    waits = {key: dict(zip(COLUMNS, columns, strict=True))["days_to_first_job"] for key, columns in rows.items()}
    assert waits == {"G-1": 31, "G-2": 0}


def test_a_row_says_what_its_graduation_says():
    given = degree(qualification="OTHER", field_code="99999", subfield_code="", academic_year=2560)
    columns = row(degrees=[given])
    for name in COLUMNS[:8]:
        assert columns[name] == given[name], name


def test_a_graduation_after_observed_on_has_its_row_already():
    columns = row(degrees=[degree("2028-03-31")], jobs=[job("2026-05-01")])
    assert (columns["first_job_on"], columns["days_to_first_job"]) == (day("2026-05-01"), 0)
    assert tuple(columns[name] for name in STATUSES) == ("NOT_YET", "NOT_YET", "NOT_YET", "EMPLOYED")


@pytest.mark.parametrize(
    ("certificates", "count"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([certificate(), certificate(record_id="C-2")], 2, id="two"),
        pytest.param([certificate(expires_on=day("2025-07-01"))], 1, id="expired"),
        pytest.param([certificate("2015-01-01")], 1, id="from before graduation"),
        pytest.param([certificate("2027-06-01")], 1, id="on observed_on"),
        pytest.param([certificate("2027-06-02")], 0, id="after observed_on"),
        *(pytest.param([certificate(result=r)], 0, id=r) for r in ("FAILED", "ATTENDED", "OTHER")),
        *(pytest.param([certificate(kind=k)], 1, id=k) for k in ("TRAINING", "COMPETENCY_CERTIFICATE", "OTHER")),
    ],
)
def test_certifications_are_those_passed_of_any_kind(certificates, count):
    assert row(certificates=certificates)["certifications"] == count
