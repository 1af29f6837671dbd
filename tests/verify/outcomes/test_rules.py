"""Sections 6 to 9 of the standard, rule by rule, from its text."""

from datetime import date

import pytest

from saingan.verify.outcomes.rules import MatchRow, days, matcher, months_after, own_enrolment
from support.make import PERSON, certification, day, employment, enrolment, graduation
from support.readings import changes, table

# make.graduation: on 31 March 2025, its own enrolment is E-1


def outcome(*, degree=None, enrolments=(), jobs=(), certifications=(), **sight):
    degree = degree or graduation()
    came = changes(graduations=[degree], enrolments=enrolments, jobs=jobs, certifications=certifications)
    return table(came, **sight)[PERSON, degree["record_id"]]


def spell(started_on, ended_on=None, record_id="S-1", **fields):
    ended = None if ended_on is None else day(ended_on)
    return employment(record_id=record_id, started_on=day(started_on), ended_on=ended, **fields)


def study(started_on, ended_on=None, record_id="E-2", **fields):
    ended = None if ended_on is None else day(ended_on)
    return enrolment(record_id=record_id, started_on=day(started_on), ended_on=ended, **fields)


def graduated(on, **fields):
    return graduation(graduated_on=day(on), **fields)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2025-03-31", 6, "2025-09-30"),
        ("2025-03-31", 12, "2026-03-31"),
        ("2025-06-15", 6, "2025-12-15"),
        ("2025-12-31", 6, "2026-06-30"),
        ("2025-02-28", 6, "2025-08-28"),
    ],
)
def test_months_are_calendar_months(start, months, end):
    assert months_after(day(start), months) == day(end)


def test_a_horizon_past_the_end_of_the_calendar_lies_after_every_day():
    assert outcome(degree=graduated("9999-08-31")).status_24m == "NOT_YET"


def test_the_graduation_gives_its_own_columns():
    row = outcome(degree=graduation(subfield_code="7", academic_year=2560, qualification="OTHER"))
    expected = graduation(subfield_code="7", academic_year=2560, qualification="OTHER")
    shared = ("institution_code", "institution_province", "qualification", "subject_type_code", "field_code")
    for column in (*shared, "subfield_code", "academic_year", "graduated_on"):
        assert getattr(row, column) == expected[column], column


# The first job


@pytest.mark.parametrize(
    ("jobs", "first", "wait"),
    [
        pytest.param([], None, None, id="no job"),
        pytest.param([spell("2025-05-01")], "2025-05-01", 31, id="a job after graduation"),
        pytest.param([spell("2025-04-30", "2025-05-02")], "2025-04-30", 30, id="a job that is over"),
        pytest.param([spell("2024-01-01")], "2024-01-01", 0, id="a job from before that goes on"),
        pytest.param([spell("2024-01-01", "2025-03-31")], "2024-01-01", 0, id="a job that ended on the day itself"),
        pytest.param([spell("2024-01-01", "2025-03-30")], None, None, id="a job that ended the day before"),
        pytest.param([spell("2025-05-01", section=39)], None, None, id="section 39 is no job"),
        pytest.param([spell("2025-05-01", section=40)], None, None, id="section 40 is no job"),
        pytest.param(
            [spell("2025-08-01", record_id="S-1"), spell("2025-07-01", record_id="S-2")],
            "2025-07-01",
            92,
            id="earliest",
        ),
        pytest.param([spell("2027-06-01")], "2027-06-01", 792, id="a job that begins on observed_on"),
        pytest.param([spell("2027-06-02")], None, None, id="a job that begins after observed_on"),
    ],
)
def test_the_first_job_is_the_earliest_section_33_spell_not_over_before_graduation(jobs, first, wait):
    row = outcome(jobs=jobs)
    assert row.first_job_on == (first and day(first))
    assert row.days_to_first_job == wait


# The current employment


def test_the_current_employment_gives_employer_industry_occupation_and_province():
    row = outcome(jobs=[spell("2025-05-01", employer_id="0", tsic="1", occupation="2", employer_province="3")])
    assert (row.employer_id, row.tsic, row.occupation, row.employer_province) == ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("jobs", "province"),
    [
        pytest.param([spell("2025-05-01", "2027-06-01", employer_province="1")], "1", id="ends on observed_on"),
        pytest.param([spell("2025-05-01", "2027-05-31", employer_province="1")], None, id="ended the day before"),
        pytest.param([spell("2027-06-01", employer_province="1")], "1", id="begins on observed_on"),
        pytest.param([spell("2027-06-02", employer_province="1")], None, id="begins after"),
        pytest.param([spell("2020-01-01", employer_province="1")], "1", id="began before graduation"),
        pytest.param([spell("2025-05-01", section=39, employer_province="1")], None, id="section 39"),
        pytest.param(
            [
                spell("2026-05-01", record_id="A", employer_province="1"),
                spell("2025-05-01", record_id="B", employer_province="2"),
            ],
            "1",
            id="the latest start",
        ),
        pytest.param(
            [
                spell("2025-05-01", record_id="S-9", employer_province="1"),
                spell("2025-05-01", record_id="S-10", employer_province="2"),
            ],
            "1",
            id="of equal starts the greatest record_id, as text",
        ),
        pytest.param(
            [
                spell("2026-05-01", "2026-06-01", record_id="A", employer_province="1"),
                spell("2025-05-01", record_id="B", employer_province="2"),
            ],
            "2",
            id="one that goes on, behind a later one that is over",
        ),
    ],
)
def test_the_current_employment_is_the_latest_section_33_spell_that_covers_observed_on(jobs, province):
    assert outcome(jobs=jobs).employer_province == province


# Enrolments


@pytest.mark.parametrize(
    ("enrolments", "further"),
    [
        pytest.param([], False, id="none"),
        pytest.param([study("2025-03-31")], True, id="on the day of graduation"),
        pytest.param([study("2025-03-30")], False, id="the day before"),
        pytest.param([study("2025-05-16", qualification="SHORT")], False, id="a short course"),
        pytest.param([study("2025-05-16", qualification="OTHER")], False, id="a qualification that we do not know"),
        pytest.param([study("2025-05-16", status="LEFT")], True, id="one that was left: it was begun"),
        pytest.param([study("2025-05-16", "2025-06-01")], True, id="one that is over"),
        pytest.param([study("2025-05-16", record_id="E-1")], False, id="the graduation's own, wrongly dated"),
        pytest.param([study("2027-06-01")], True, id="on observed_on"),
        pytest.param([study("2027-06-02")], False, id="after observed_on"),
        pytest.param(
            [study("2025-05-16"), study("2025-05-16", change="WITHDRAW", record_version=2)], False, id="withdrawn"
        ),
    ],
)
def test_further_study_is_another_enrolment_since_graduation_that_is_no_short_course(enrolments, further):
    assert outcome(enrolments=enrolments).further_study is further


def test_the_own_enrolment_is_the_one_that_the_graduation_names():
    named = outcome(enrolments=[study("2022-05-16", record_id="E-1")])
    another = outcome(enrolments=[study("2022-05-16", record_id="E-2")])
    assert (named.current_status, another.current_status) == ("NONE_OBSERVED", "STUDYING")


def test_an_own_enrolment_that_is_named_but_absent_is_replaced_by_no_other():
    row = outcome(degree=graduation(enrolment_record_id="E-404"), enrolments=[study("2022-05-16")])
    assert row.current_status == "STUDYING"


@pytest.mark.parametrize(
    ("enrolments", "taken"),
    [
        pytest.param([study("2022-05-16", record_id="A")], "A", id="same course, begun before"),
        pytest.param([study("2025-03-30", record_id="A")], "A", id="begun the day before"),
        pytest.param([study("2025-03-31", record_id="A")], None, id="begun on the day itself"),
        pytest.param([study("2022-05-16", record_id="A", institution_code="2")], None, id="another institution"),
        pytest.param([study("2022-05-16", record_id="A", qualification="PVS")], None, id="another qualification"),
        pytest.param([study("2022-05-16", record_id="A", field_code="20102")], None, id="another field"),
        pytest.param([study("2022-05-16", record_id="A", subfield_code="9")], "A", id="subfields do not matter"),
        pytest.param(
            [study("2022-05-16", record_id="A"), study("2021-05-16", record_id="B")], "A", id="that started last"
        ),
        pytest.param(
            [study("2022-05-16", record_id="E-10"), study("2022-05-16", record_id="E-9")],
            "E-9",
            id="of equal starts the greatest record_id, as text",
        ),
    ],
)
def test_where_none_is_named_the_own_enrolment_is_the_last_of_the_same_course_before_graduation(enrolments, taken):
    assert own_enrolment(graduation(enrolment_record_id=None), enrolments) == taken


def test_an_enrolment_that_begins_after_observed_on_is_not_yet_taken_for_the_own():
    row = outcome(
        degree=graduated("2026-03-31", enrolment_record_id=None),
        enrolments=[study("2023-05-16", record_id="A"), study("2025-05-16", record_id="B")],
        observed_on="2025-05-15",
        complete_through="2025-04-01",
    )
    assert row.current_status == "NONE_OBSERVED"


# Certifications


@pytest.mark.parametrize(
    ("certifications", "count"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([certification()], 1, id="passed"),
        pytest.param([certification(record_id="C-1"), certification(record_id="C-2")], 2, id="two"),
        pytest.param([certification(expires_on=day("2026-01-01"))], 1, id="expired"),
        pytest.param([certification(issued_on=day("2020-01-01"))], 1, id="issued before graduation"),
        pytest.param([certification(result="FAILED")], 0, id="failed"),
        pytest.param([certification(result="ATTENDED")], 0, id="attended"),
        pytest.param([certification(result="OTHER")], 0, id="a result that we do not know"),
        pytest.param([certification(issued_on=day("2027-06-01"))], 1, id="issued on observed_on"),
        pytest.param([certification(issued_on=day("2027-06-02"))], 0, id="issued after observed_on"),
        pytest.param([certification(), certification(change="WITHDRAW", record_version=2)], 0, id="withdrawn"),
    ],
)
def test_certifications_are_those_passed(certifications, count):
    assert outcome(certifications=certifications).certifications == count


# Statuses. The horizons of 31 March 2025 are 30 September 2025, 31 March 2026 and 31 March 2027.


@pytest.mark.parametrize(
    ("records", "statuses"),
    [
        pytest.param({}, ("NONE_OBSERVED",) * 4, id="nothing seen"),
        pytest.param({"jobs": [spell("2020-01-01")]}, ("EMPLOYED",) * 4, id="a job throughout"),
        pytest.param(
            {"jobs": [spell("2025-09-30", "2025-09-30")]},
            ("EMPLOYED", "NONE_OBSERVED", "NONE_OBSERVED", "NONE_OBSERVED"),
            id="a job on the first horizon alone",
        ),
        pytest.param(
            {"jobs": [spell("2025-10-01", "2026-03-30", "A"), spell("2027-04-01", "2027-05-31", "B")]},
            ("NONE_OBSERVED",) * 4,
            id="jobs between the horizons",
        ),
        pytest.param(
            {
                "jobs": [
                    spell("2026-03-31", "2026-03-31", "A", section=39),
                    spell("2027-03-31", record_id="B", section=40),
                ]
            },
            ("NONE_OBSERVED", "SELF_INSURED", "SELF_INSURED", "SELF_INSURED"),
            id="sections 39 and 40",
        ),
        pytest.param(
            {"jobs": [spell("2025-04-01", record_id="A"), spell("2025-04-01", record_id="B", section=40)]},
            ("EMPLOYED",) * 4,
            id="employed before self-insured",
        ),
        pytest.param(
            {"jobs": [spell("2025-04-01", "2026-01-01", section=40)], "enrolments": [study("2025-05-16")]},
            ("SELF_INSURED", "STUDYING", "STUDYING", "STUDYING"),
            id="self-insured before studying",
        ),
        pytest.param(
            {"jobs": [spell("2026-01-01", "2026-12-31")], "enrolments": [study("2025-05-16")]},
            ("STUDYING", "EMPLOYED", "STUDYING", "STUDYING"),
            id="employed before studying",
        ),
        pytest.param(
            {"enrolments": [study("2025-05-16", qualification="SHORT")]}, ("NONE_OBSERVED",) * 4, id="a short course"
        ),
        pytest.param(
            {"enrolments": [study("2025-05-16", qualification="OTHER")]},
            ("NONE_OBSERVED",) * 4,
            id="a qualification that we do not know",
        ),
        pytest.param({"enrolments": [study("2022-05-16", record_id="E-1")]}, ("NONE_OBSERVED",) * 4, id="own"),
        pytest.param({"enrolments": [study("2020-05-16")]}, ("STUDYING",) * 4, id="a second, begun before graduation"),
        *(
            pytest.param(
                {"enrolments": [study("2025-05-16", status=status)]}, ("NONE_OBSERVED",) * 4, id=f"{status} without end"
            )
            for status in ("LEFT", "TRANSFERRED", "COMPLETED")
        ),
        *(
            pytest.param(
                {"enrolments": [study("2025-05-16", status=status)]}, ("STUDYING",) * 4, id=f"{status}, no end"
            )
            for status in ("STUDYING", "EXPECTED_TO_GRADUATE", "OTHER")
        ),
        pytest.param(
            {"enrolments": [study("2025-05-16", "2026-03-31", status="COMPLETED")]},
            ("STUDYING", "STUDYING", "NONE_OBSERVED", "NONE_OBSERVED"),
            id="completed, with an end",
        ),
    ],
)
def test_the_status_at_each_horizon_is_the_first_that_holds(records, statuses):
    row = outcome(**records)
    assert (row.status_6m, row.status_12m, row.status_24m, row.current_status) == statuses


@pytest.mark.parametrize(
    ("observed_on", "complete_through", "jobs", "status"),
    [
        pytest.param("2025-09-29", "2025-09-29", [], "NOT_YET", id="the horizon lies ahead"),
        pytest.param("2025-09-29", "2025-09-29", [spell("2025-05-01")], "NOT_YET", id="ahead, though employed"),
        pytest.param("2025-09-30", "2025-09-29", [spell("2025-05-01")], "EMPLOYED", id="what is seen shows at once"),
        pytest.param("2025-09-30", "2025-09-29", [], "NOT_YET", id="the registry may still report"),
        pytest.param("2025-09-30", "2025-09-30", [], "NONE_OBSERVED", id="the registry is complete"),
        pytest.param("2025-12-31", "2025-09-29", [spell("2025-10-01")], "NOT_YET", id="a job since is no job then"),
    ],
)
def test_none_is_not_said_of_a_day_for_which_the_registry_may_still_report(observed_on, complete_through, jobs, status):
    assert outcome(jobs=jobs, observed_on=observed_on, complete_through=complete_through).status_6m == status


def test_the_current_status_does_not_wait_for_the_registry_to_be_complete():
    assert outcome(observed_on="2025-04-01", complete_through="2025-02-15").current_status == "NONE_OBSERVED"


def test_a_graduation_after_observed_on_has_its_row_already():
    row = outcome(degree=graduated("2028-03-31"), jobs=[spell("2026-05-01")])
    assert (row.first_job_on, row.days_to_first_job) == (day("2026-05-01"), 0)
    assert (row.status_6m, row.current_status) == ("NOT_YET", "EMPLOYED")


# Field match

MATCHES = [
    MatchRow("201", "ISCO", "7", "RELATED"),
    MatchRow("201", "ISCO", "72", "MATCHED"),
    MatchRow("20101", "ISCO", "7", "RELATED"),
    MatchRow("20102", "ISCO", "31", "MATCHED"),
    MatchRow("201", "TSIC", "45", "MATCHED"),
    MatchRow("301", "TSIC", "45", "RELATED"),
]


@pytest.mark.parametrize(
    ("field_code", "occupation", "tsic", "word"),
    [
        pytest.param("20199", "7231", None, "MATCHED", id="the longest code prefix decides"),
        pytest.param("20199", "7111", None, "RELATED", id="a shorter code prefix where no longer one fits"),
        pytest.param("20101", "7231", None, "RELATED", id="the longest field prefix comes first"),
        pytest.param("20102", "7231", None, "MATCHED", id="a shorter field prefix where the longer names no such code"),
        pytest.param("20199", "9999", None, "UNRELATED", id="a known field, a code that no row names"),
        pytest.param("20199", "7231", "01111", "MATCHED", id="by occupation where there is one"),
        pytest.param("20199", "9999", "45201", "UNRELATED", id="by occupation alone where there is one"),
        pytest.param("20199", None, "45201", "RELATED", id="industry alone never says matched"),
        pytest.param("20199", "", "45201", "RELATED", id="an empty occupation is none"),
        pytest.param("20199", None, "01111", "UNRELATED", id="an industry that no row names"),
        pytest.param("20199", None, "72000", "UNRELATED", id="an industry is not looked up among occupations"),
        pytest.param("20199", "4520", None, "UNRELATED", id="nor an occupation among industries"),
        pytest.param("20199", None, None, None, id="no code"),
        pytest.param("99999", "7231", "45201", None, id="a field that the table does not know"),
        pytest.param("30101", "7231", None, "UNRELATED", id="known by industry, asked by occupation"),
        pytest.param("20", "7231", None, None, id="a field code shorter than the prefixes"),
    ],
)
def test_the_field_match_follows_the_table(field_code, occupation, tsic, word):
    assert matcher(MATCHES)(field_code, occupation, tsic) == word
    assert matcher(reversed(MATCHES))(field_code, occupation, tsic) == word


def test_the_field_match_is_that_of_the_current_employment():
    job = spell("2025-05-01", "2026-01-01", occupation="7231")
    degree = graduation(field_code="20199")
    assert outcome(degree=degree, jobs=[job], matches=MATCHES).field_match is None
    assert outcome(degree=degree, jobs=[{**job, "ended_on": None}], matches=MATCHES).field_match == "MATCHED"


def test_days_count_from_1970():
    assert days(date(1970, 1, 2)) == 1
