"""What looks wrong is taken in and counted: section 10 of the standard."""

import pytest

from saingan.standard.contract import contract
from saingan.standard.quality import Quality
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support.make import certification, day, employment, enrolment, graduation, juristic_number, values

TODAY = day("2026-01-01")
TOMORROW, LATER = TODAY + 1, TODAY + 2


def broken(topic, record):
    return Quality(contract(topic.name)).broken(values(topic, record), TODAY)


@pytest.mark.parametrize(
    ("topic", "record", "rules"),
    [
        pytest.param(ENROLMENT, enrolment(), [], id="a plain enrolment"),
        pytest.param(GRADUATION, graduation(), [], id="a plain graduation"),
        pytest.param(EMPLOYMENT, employment(), [], id="a plain job"),
        pytest.param(CERTIFICATION, certification(), [], id="a plain certification"),
        pytest.param(ENROLMENT, enrolment(institution_province="00"), ["institution-province-unlisted"], id="province"),
        pytest.param(ENROLMENT, enrolment(desired_occupation="x"), ["desired-occupation-unlisted"], id="desired job"),
        pytest.param(ENROLMENT, enrolment(desired_occupation=None), [], id="no desired job"),
        pytest.param(ENROLMENT, enrolment(started_on=LATER), ["started-in-the-future"], id="study ahead"),
        pytest.param(GRADUATION, graduation(institution_province=""), ["institution-province-unlisted"], id="no place"),
        pytest.param(GRADUATION, graduation(graduated_on=LATER), ["graduated-in-the-future"], id="graduation ahead"),
        pytest.param(GRADUATION, graduation(graduated_on=TOMORROW), [], id="tomorrow may be today elsewhere"),
        pytest.param(EMPLOYMENT, employment(employer_id="0" * 13), ["employer-number-check-digit"], id="check digit"),
        pytest.param(EMPLOYMENT, employment(employer_id=juristic_number(9)), [], id="a right check digit"),
        pytest.param(EMPLOYMENT, employment(employer_province="00"), ["employer-province-unlisted"], id="of work"),
        pytest.param(EMPLOYMENT, employment(tsic="45"), [], id="industries are known to two digits"),
        pytest.param(EMPLOYMENT, employment(tsic="45999"), [], id="deeper our list may lag"),
        pytest.param(EMPLOYMENT, employment(tsic="00000"), ["tsic-unlisted"], id="industry"),
        pytest.param(EMPLOYMENT, employment(occupation="9999"), ["occupation-unlisted"], id="occupation"),
        pytest.param(EMPLOYMENT, employment(started_on=LATER), ["started-in-the-future"], id="job ahead"),
        pytest.param(
            EMPLOYMENT,
            employment(employer_id=None, employer_province=None, tsic=None, occupation=None),
            [],
            id="nothing said is nothing wrong",
        ),
        pytest.param(
            EMPLOYMENT, employment(tsic="xx", occupation=""), ["tsic-unlisted", "occupation-unlisted"], id="several"
        ),
        pytest.param(CERTIFICATION, certification(issued_on=LATER), ["issued-in-the-future"], id="certificate ahead"),
    ],
)
def test_the_rules_that_a_record_breaks_are_named(topic, record, rules):
    assert broken(topic, record) == rules


@pytest.mark.parametrize("change", ["WITHDRAW", "ERASE"])
def test_what_is_withdrawn_or_erased_is_not_looked_at(change):
    assert broken(EMPLOYMENT, employment(change=change, tsic="xx")) == []


def test_a_topic_without_rules_has_no_issue():
    assert broken(OUTCOME, employment(tsic="xx")) == []
