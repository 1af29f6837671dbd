"""Section 10 of the standard, second bullet, as the worker reads it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saingan.errors import Rejection
from saingan.standard import schemas
from saingan.standard.admission import FIRST_DAY, LAST_DAY, Admission
from saingan.standard.contract import Contract, contract
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from saingan.verify.admit import Reader
from support.make import (
    PERSON,
    certification,
    citizen_id,
    day,
    employment,
    enrolment,
    graduation,
    juristic_number,
    values,
)

ADMIT = {topic: Admission(contract(topic.name)).admit for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION)}
OTHER_READING = {topic: Reader(contract(topic.name), {}) for topic in ADMIT}
RECORDS = {
    ENROLMENT: enrolment,
    GRADUATION: graduation,
    EMPLOYMENT: employment,
    CERTIFICATION: certification,
}


def key(record):
    return f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()


def take(record, topic=EMPLOYMENT, with_key=None):
    """The reason for which it is refused; None where it is taken in."""
    try:
        ADMIT[topic](key(record) if with_key is None else with_key, values(topic, record))
    except Rejection as rejection:
        return rejection.reason
    return None


@pytest.mark.parametrize("topic", RECORDS)
@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
def test_a_plain_change_of_each_stream_is_taken_in(topic, change):
    assert take(RECORDS[topic](change=change), topic) is None


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
@pytest.mark.parametrize(
    "wrong",
    [b"", PERSON.encode(), f"{PERSON}/S-1".encode(), f"{PERSON}/S-1/01".encode(), f"{PERSON}/S-1/1 ".encode(), b"\xff"],
)
def test_a_key_that_disagrees_with_the_record_is_refused(change, wrong):
    assert take(employment(change=change), with_key=wrong) == "key"


def test_a_message_without_a_key_is_refused():
    with pytest.raises(Rejection, match="key"):
        ADMIT[EMPLOYMENT](None, values(EMPLOYMENT, employment()))


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
@pytest.mark.parametrize(
    "wrong", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 31 + "\n", "๐" * 32, "0" * 32 + "\n"]
)
def test_a_person_key_that_is_not_32_lower_case_hex_characters_is_refused(change, wrong):
    assert take(employment(change=change, person_key=wrong)) == "person-key"


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
@pytest.mark.parametrize("wrong", [0, -1, -(2**63)])
def test_a_version_below_one_is_refused(change, wrong):
    assert take(employment(change=change, record_version=wrong)) == "version"


@pytest.mark.parametrize("field", ["record_id", "employer_id"])
def test_a_citizen_id_in_the_clear_is_refused(field):
    assert take(employment(**{field: citizen_id(7)})) == "citizen-id"


def test_a_juristic_number_and_a_number_with_a_wrong_check_digit_are_no_citizen_ids():
    wrong = citizen_id(7)[:-1] + str((int(citizen_id(7)[-1]) + 1) % 10)
    assert take(employment(record_id=juristic_number(3), employer_id=juristic_number(3))) is None
    assert take(employment(record_id=wrong, employer_id=wrong)) is None


@pytest.mark.parametrize("change", ["WITHDRAW", "ERASE"])
def test_of_a_withdrawal_and_an_erasure_no_content_is_checked_so_that_what_was_wrong_can_be_undone(change):
    wrong = employment(
        change=change, record_id=citizen_id(7), employer_id=citizen_id(7), section=0, tsic="\0", ended_on=LAST_DAY + 1
    )
    assert take(wrong) is None


@pytest.mark.parametrize("section", [0, 32, 34, 38, 41, -33])
def test_a_section_other_than_33_39_and_40_is_refused(section):
    assert take(employment(section=section)) == "section"


@pytest.mark.parametrize("section", [33, 39, 40])
def test_the_three_sections_are_taken_in(section):
    assert take(employment(section=section)) is None


@pytest.mark.parametrize("topic", [EMPLOYMENT, ENROLMENT])
def test_an_end_before_its_start_is_refused(topic):
    start = day("2025-05-01")
    assert take(RECORDS[topic](started_on=start, ended_on=start - 1), topic) == "dates"
    assert take(RECORDS[topic](started_on=start, ended_on=start), topic) is None


def test_what_no_store_can_hold_is_refused():
    assert take(employment(record_id="x" * 256)) == "record-id"
    assert take(employment(record_id="ก" * 255)) is None
    assert take(employment(tsic="45\0")) == "text"
    assert take(employment(started_on=FIRST_DAY - 1)) == "date"
    assert take(employment(started_on=FIRST_DAY, ended_on=LAST_DAY)) is None
    assert take(graduation(academic_year=2**31), GRADUATION) == "number"
    assert take(certification(expires_on=LAST_DAY + 1), CERTIFICATION) == "date"


@pytest.mark.parametrize(
    "odd",
    [
        {"tsic": "99999"},
        {"occupation": "none"},
        {"employer_province": ""},
        {"employer_id": "0000000000000"},
        {"employer_id": "not a number"},
        {"started_on": day("2999-01-01")},
        {"source": ""},
        {"recorded_at": -(2**63)},
        {"position": "x" * 100_000},
    ],
)
def test_everything_else_is_taken_in(odd):
    assert take(employment(**odd)) is None


def test_a_refusal_never_tells_the_value():
    number = citizen_id(7)
    for field in ("record_id", "employer_id", "person_key"):
        record = employment(**{field: number})
        with pytest.raises(Rejection) as caught:
            ADMIT[EMPLOYMENT](key(record), values(EMPLOYMENT, record))
        assert number not in str(caught.value)


_texts = st.sampled_from(["", "S-1", citizen_id(1), juristic_number(1), "\0", "x" * 255, "x" * 256, "ก/1"])
_days = st.sampled_from([FIRST_DAY - 1, FIRST_DAY, 0, 20_000, LAST_DAY, LAST_DAY + 1])
_FIELDS = {
    "record_id": _texts,
    "record_version": st.sampled_from([0, 1, 2**63 - 1]),
    "change": st.sampled_from(["UPSERT", "UPSERT", "WITHDRAW", "ERASE"]),
    "person_key": st.sampled_from([PERSON, PERSON, PERSON, "", "G" * 32]),
    "source": _texts,
}
_OWN = {
    ENROLMENT: {
        "started_on": _days,
        "ended_on": st.none() | _days,
        "expected_graduation_on": st.none() | _days,
        "academic_year": st.sampled_from([2565, 2**31]),
    },
    GRADUATION: {"graduated_on": _days, "entry_academic_year": st.sampled_from([None, -(2**31) - 1])},
    EMPLOYMENT: {
        "section": st.sampled_from([33, 39, 40, 41]),
        "employer_id": st.none() | _texts,
        "started_on": _days,
        "ended_on": st.none() | _days,
    },
    CERTIFICATION: {"issued_on": _days, "expires_on": st.none() | _days, "level": st.sampled_from([None, 1, 2**40])},
}


@settings(derandomize=True, deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(list(RECORDS)))
def test_the_two_readings_of_the_standard_take_in_the_same_records(data, topic):
    chosen = {**_FIELDS, **_OWN[topic]}
    names = data.draw(st.lists(st.sampled_from(sorted(chosen)), max_size=4, unique=True))
    record = RECORDS[topic](**{name: data.draw(chosen[name], label=name) for name in names})
    try:
        OTHER_READING[topic].admit(key(record), record)
        other = True
    except Rejection:
        other = False
    assert (take(record, topic) is None) == other


def test_a_record_that_is_about_no_person_is_keyed_by_itself():
    schema = schemas.schema(EMPLOYMENT.name)
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "person_key"]
    survey = [employment(record_id="S-1")[field["name"]] for field in schema["fields"]]
    impersonal = Admission(Contract(replace(EMPLOYMENT, key="record_id"), schema, ()))

    impersonal.admit(b"S-1/1", survey)
    with pytest.raises(Rejection, match="<record_id>/<record_version>"):
        impersonal.admit(key(employment(record_id="S-1")), survey)
