"""Sections 6 to 8 of the standard, rule by rule, from its text."""

import pytest

import make
from make import day
from saingan.engine.derived import Dates
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import FOREVER, after, derive
from saingan.outcomes.table import LINEAGE, employment_outcome
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

COLUMNS = [column.name for column in employment_outcome.c][2 : -len(LINEAGE)]
STATUSES = ("status_6m", "status_12m", "status_24m", "current_status")

# make.graduation: on 31 March 2025, of enrolment E-1; its horizons are 30 September 2025, 31 March 2026 and 2027.


def kept(topic, records):
    """Records as the state keeps them, by id."""
    kind = STREAMS[topic]
    return {record["record_id"]: kind._make(record[field] for field in kind._fields) for record in records}


def derived(*, degrees=None, studies=(), jobs=(), certificates=(), observed_on="2027-06-01", complete_through=None):
    dates = Dates(day(observed_on), day(complete_through or observed_on))
    return derive(
        kept(ENROLMENT, studies),
        kept(GRADUATION, [make.graduation()] if degrees is None else degrees),
        kept(EMPLOYMENT, jobs),
        kept(CERTIFICATION, certificates),
        dates,
    )


def row(**person):
    """The only row, by column."""
    (columns,) = derived(**person).rows.values()
    return dict(zip(COLUMNS, columns, strict=True))


def statuses(**person):
    columns = row(**person)
    return tuple(columns[name] for name in STATUSES)


def degree(on="2025-03-31", **fields):
    return make.graduation(graduated_on=day(on), **fields)


def job(start, end=None, record_id="S-1", **fields):
    return make.employment(record_id=record_id, started_on=day(start), ended_on=end and day(end), **fields)


def study(start, end=None, record_id="E-2", **fields):
    return make.enrolment(record_id=record_id, started_on=day(start), ended_on=end and day(end), **fields)


def certificate(on="2025-06-15", record_id="C-1", **fields):
    return make.certification(record_id=record_id, issued_on=day(on), **fields)


# Calendar months


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


# Rows


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


# Studies


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


# Certifications


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


# Statuses


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


# When time alone changes a row


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
