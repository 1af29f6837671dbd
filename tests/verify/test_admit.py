"""Section 10 of the standard, second bullet: what is a dead letter, and what is taken in."""

import pytest

from saingan.errors import Rejection
from saingan.standard import codec, schemas
from saingan.standard.contract import Contract, contract
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, MESSAGE_BOUND
from saingan.verify.admit import Reader
from support.make import PERSON, certification, citizen_id, day, employment, enrolment, graduation, juristic_number

OURS = schemas.schema(EMPLOYMENT.name)
NOTE = {"name": "note", "type": "string", "default": ""}


RECORDS = {ENROLMENT: enrolment, GRADUATION: graduation, EMPLOYMENT: employment, CERTIFICATION: certification}
READERS = {topic: Reader(contract(topic.name), {}) for topic in RECORDS}


def admit(key, record, topic=EMPLOYMENT):
    READERS[topic].admit(key, record)


def reader(ours, registered):
    return Reader(Contract(EMPLOYMENT, ours, ()), registered)


def key(record):
    return f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()


def reason(record, with_key=None, topic=EMPLOYMENT):
    with pytest.raises(Rejection) as caught:
        admit(key(record) if with_key is None else with_key, record, topic)
    return caught.value.reason


def written(record, schema=OURS, schema_id=7):
    return codec.frame(schema_id, codec.encode(codec.parse(schema), record))


def with_field(schema, **field):
    return {**schema, "fields": [*schema["fields"], field]}


def with_symbol(schema, name, symbol):
    """The same schema, the enum of one field having one symbol more."""
    fields = [
        {**f, "type": {**f["type"], "symbols": [*f["type"]["symbols"], symbol]}} if f["name"] == name else f
        for f in schema["fields"]
    ]
    return {**schema, "fields": fields}


@pytest.mark.parametrize("topic", RECORDS)
@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
def test_a_plain_change_of_each_stream_is_taken_in(topic, change):
    record = RECORDS[topic](change=change)
    admit(key(record), record, topic)


@pytest.mark.parametrize("record", [employment(), employment(change="WITHDRAW"), employment(change="ERASE")])
@pytest.mark.parametrize(
    "wrong",
    [b"", PERSON.encode(), f"{PERSON}/S-1".encode(), f"{PERSON}/S-1/2".encode(), f"{PERSON}/S-2/1".encode(), b"\xff"],
)
def test_a_key_that_disagrees_with_the_record_is_refused(record, wrong):
    assert reason(record, wrong) == "key"


def test_a_message_without_a_key_is_refused():
    with pytest.raises(Rejection, match="key"):
        admit(None, employment())


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
@pytest.mark.parametrize("wrong", ["", PERSON.upper(), PERSON[:-1], PERSON + "0", PERSON[:-1] + "g", PERSON + "\n"])
def test_a_person_key_that_is_not_32_lower_case_hex_characters_is_refused(wrong, change):
    assert reason(employment(person_key=wrong, change=change)) == "person-key"


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
@pytest.mark.parametrize("wrong", [0, -1])
def test_a_version_below_1_is_refused(wrong, change):
    assert reason(employment(record_version=wrong, change=change)) == "version"


@pytest.mark.parametrize("topic", RECORDS)
def test_a_record_id_that_is_a_citizen_id_is_refused(topic):
    assert reason(RECORDS[topic](record_id=citizen_id(1)), topic=topic) == "citizen-id"


def test_an_employer_id_that_is_a_citizen_id_is_refused():
    assert reason(employment(employer_id=citizen_id(1))) == "citizen-id"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(juristic_number(1), id="a juristic number"),
        pytest.param(citizen_id(1)[:-1] + str((int(citizen_id(1)[-1]) + 1) % 10), id="a wrong check digit"),
        pytest.param(citizen_id(1) + "0", id="14 digits"),
        pytest.param(f"S-{citizen_id(1)}", id="more than the digits"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_number_that_is_no_citizen_id_is_taken_in(number):
    record = employment(record_id=number, employer_id=number)
    admit(key(record), record)


@pytest.mark.parametrize("section", [0, 32, 34, 38, 41, 330])
def test_a_section_that_does_not_exist_is_refused(section):
    assert reason(employment(section=section)) == "section"


@pytest.mark.parametrize("section", [33, 39, 40])
def test_the_three_sections_are_taken_in(section):
    admit(key(employment()), employment(section=section))


@pytest.mark.parametrize("topic", [EMPLOYMENT, ENROLMENT])
def test_an_end_before_its_start_is_refused(topic):
    record = RECORDS[topic]
    assert reason(record(started_on=10, ended_on=9), topic=topic) == "dates"
    admit(key(record()), record(started_on=10, ended_on=10), topic)
    admit(key(record()), record(started_on=10, ended_on=None), topic)


def test_a_certificate_that_expires_before_its_issue_is_taken_in():
    admit(key(certification()), certification(issued_on=10, expires_on=9), CERTIFICATION)


@pytest.mark.parametrize("beyond", [day("9999-12-31") + 1, day("0001-01-01") - 1])
def test_a_day_outside_the_calendar_is_refused(beyond):
    assert reason(graduation(graduated_on=beyond), topic=GRADUATION) == "date"
    assert reason(employment(started_on=beyond, ended_on=None)) == "date"
    assert reason(certification(issued_on=beyond), topic=CERTIFICATION) == "date"


@pytest.mark.parametrize("change", ["WITHDRAW", "ERASE"])
def test_of_a_withdrawal_or_erasure_no_field_of_its_own_is_checked(change):
    record = employment(
        change=change, record_id=citizen_id(1), employer_id=citizen_id(2), section=0, started_on=10, ended_on=9
    )
    admit(key(record), record)


@pytest.mark.parametrize(
    ("topic", "record"),
    [
        pytest.param(EMPLOYMENT, employment(tsic="nonsense"), id="a code missing from our list"),
        pytest.param(EMPLOYMENT, employment(employer_id="0105500000000"), id="an employer's check digit"),
        pytest.param(EMPLOYMENT, employment(started_on=day("2999-01-01")), id="a date in the future"),
        pytest.param(GRADUATION, graduation(qualification="OTHER"), id="a symbol that we do not know"),
    ],
)
def test_everything_else_is_taken_in(topic, record):
    admit(key(record), record, topic)


# Bytes


def refused(value, registered=None, key=b"k"):
    with pytest.raises(Rejection) as caught:
        reader(OURS, {7: OURS} if registered is None else registered).read(key, value)
    return caught.value.reason


def test_a_record_is_read_by_the_schema_that_wrote_it():
    assert reader(OURS, {7: OURS}).read(b"k", written(employment())) == employment()


def test_a_record_of_a_later_schema_is_read_as_ours():
    later = with_field(OURS, **NOTE)
    assert reader(OURS, {8: later}).read(b"k", written({**employment(), "note": "x"}, later, 8)) == employment()


def test_a_record_of_an_earlier_schema_has_our_defaults():
    ours = with_field(OURS, **NOTE)
    assert reader(ours, {7: OURS}).read(b"k", written(employment())) == {**employment(), "note": ""}


def test_a_symbol_that_ours_has_not_is_read_as_other():
    ours = schemas.schema(GRADUATION.name)
    later = with_symbol(ours, "qualification", "PHD")
    read = Reader(contract(GRADUATION.name), {8: later}).read(b"k", written(graduation(qualification="PHD"), later, 8))
    assert read["qualification"] == "OTHER"


def test_a_change_that_ours_has_not_is_refused():
    later = with_symbol(OURS, "change", "MERGE")
    assert refused(written(employment(change="MERGE"), later, 8), {8: later}) == "undecodable"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing at all"),
        pytest.param(b"\x00\x00\x00\x00", id="less than a header"),
        pytest.param(b"\x01" + written(employment())[1:], id="another magic byte"),
        pytest.param(written(employment(), schema_id=9), id="a schema that is not registered"),
        pytest.param(written(employment())[:-3], id="cut off"),
        pytest.param(written(employment()) + b"\x00", id="trailing bytes"),
        pytest.param(b'{"record_id": "S-1"}', id="JSON"),
    ],
)
def test_bytes_that_are_not_one_whole_datum_of_a_registered_schema_are_refused(value):
    refused(value)


def test_a_field_that_ours_has_not_must_decode_too():
    later = with_field(OURS, **NOTE)
    value = written({**employment(), "note": "x"}, later, 8)
    assert refused(value[:-1] + b"\xff", {8: later}) == "undecodable"


def test_a_schema_that_is_unsafe_to_decode_by_serves_no_record():
    zeros = {"type": "array", "items": {"type": "record", "name": "Nothing", "fields": []}}
    unsafe = with_field(OURS, name="zeros", type=zeros, default=[])
    assert refused(written(employment(), schema_id=8), {7: OURS, 8: unsafe}) == "schema"


def test_key_and_value_are_at_most_256_kib_together():
    assert refused(b"\x01" * MESSAGE_BOUND, key=None) == "framing"
    assert refused(bytes(MESSAGE_BOUND)) == "too-large"
    assert refused(b"", key=bytes(MESSAGE_BOUND + 1)) == "too-large"
