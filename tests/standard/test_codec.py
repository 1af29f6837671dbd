"""Avro datums in the Confluent wire format, and the lint of those who write them."""

import copy
from io import BytesIO

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saingan.errors import Rejection
from saingan.standard import schemas
from saingan.standard.codec import decode, encode, fields_of, frame, lint, parse, unframe
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME, TOPICS
from support.make import certification, employment, enrolment, graduation

RECORDS = {
    ENROLMENT: enrolment(),
    GRADUATION: graduation(),
    EMPLOYMENT: employment(),
    CERTIFICATION: certification(identity=b"\0sealed"),
}
PARSED = {topic: parse(schemas.schema(topic.name)) for topic in RECORDS}

fuzz = settings(derandomize=True, deadline=None, max_examples=300)


def framed(topic=EMPLOYMENT, record=None):
    return frame(1, encode(PARSED[topic], record or RECORDS[topic]))


def record(*fields, name="R"):
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": f"f{n}", "type": kind} for n, kind in enumerate(fields)],
    }


@pytest.mark.parametrize("topic", RECORDS)
def test_a_record_comes_back_as_it_went_dates_as_days_and_times_as_milliseconds(topic):
    assert decode(framed(topic), PARSED[topic]) == RECORDS[topic]


@pytest.mark.parametrize("topic", RECORDS)
def test_any_avro_library_reads_what_we_write(topic):
    _, datum = unframe(framed(topic))
    read = fastavro.schemaless_reader(BytesIO(datum), fastavro.parse_schema(schemas.schema(topic.name)))
    assert read["record_id"] == RECORDS[topic]["record_id"]
    assert read["recorded_at"].isoformat() == "2025-04-10T09:00:00+00:00"


def test_the_frame_is_a_zero_byte_and_the_id_in_four_bytes_big_endian():
    assert frame(0x01020304, b"datum") == b"\0\1\2\3\4datum"
    assert unframe(b"\0\1\2\3\4datum") == (0x01020304, b"datum")
    assert unframe(b"\0\xff\xff\xff\xff") == (2**32 - 1, b"")


@pytest.mark.parametrize("value", [b"", b"\0", b"\0\0\0\0", b"\1\0\0\0\1x", b"{}{}{}"])
def test_what_is_not_in_the_wire_format_is_refused(value):
    with pytest.raises(Rejection, match="framing"):
        unframe(value)


def test_bytes_after_the_datum_are_refused():
    with pytest.raises(Rejection, match="trailing-bytes: 2 bytes follow the datum"):
        decode(framed() + b"\0\0", PARSED[EMPLOYMENT])


def test_a_datum_that_is_cut_short_anywhere_is_refused():
    value = framed()
    for length in range(5, len(value)):
        with pytest.raises(Rejection, match="undecodable"):
            decode(value[:length], PARSED[EMPLOYMENT])


def decoded_or_refused(value, topic, reader=None):
    try:
        return set(decode(value, PARSED[topic], reader)) == set(RECORDS[topic])
    except Rejection as rejection:
        return rejection.reason in ("undecodable", "trailing-bytes")


@fuzz
@given(st.sampled_from(list(RECORDS)), st.binary(max_size=300))
def test_any_bytes_give_a_record_or_a_refusal(topic, datum):
    assert decoded_or_refused(frame(1, datum), topic)


@fuzz
@given(st.sampled_from(list(RECORDS)), st.integers(0, 10_000), st.binary(min_size=1, max_size=10))
def test_a_spoilt_record_gives_a_record_or_a_refusal(topic, at, spoilt):
    value = framed(topic)
    at = 5 + at % (len(value) - 5)
    assert decoded_or_refused(value[:at] + spoilt + value[at + len(spoilt) :], topic, PARSED[topic])


def test_a_refusal_of_bytes_tells_none_of_them():
    with pytest.raises(Rejection) as caught:
        decode(framed(record=employment(position="สมชาย"))[:-3], PARSED[EMPLOYMENT])
    assert str(caught.value).startswith("undecodable: the bytes are not a datum of their schema (")
    assert caught.value.__cause__ is None


def test_parsing_leaves_the_callers_schema_as_it_was():
    ours = schemas.schema(EMPLOYMENT.name)
    before = copy.deepcopy(ours)
    parse(ours)
    assert ours == before


def test_two_schemas_of_one_name_do_not_disturb_each_other():
    one, two = parse(record("string")), parse(record("int", "string"))
    assert decode(frame(1, encode(one, {"f0": "a"})), one) == {"f0": "a"}
    assert decode(frame(1, encode(two, {"f0": 1, "f1": "b"})), two) == {"f0": 1, "f1": "b"}


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        (ENROLMENT, ("started_on", "ended_on", "expected_graduation_on")),
        (GRADUATION, ("graduated_on",)),
        (EMPLOYMENT, ("started_on", "ended_on")),
        (CERTIFICATION, ("issued_on", "expires_on")),
        (OUTCOME, ("graduated_on", "first_job_on")),
    ],
)
def test_the_date_fields_of_a_schema_are_known(topic, names):
    assert fields_of(schemas.schema(topic.name), "date") == names


# Whose schema a worker decodes by


@pytest.mark.parametrize("topic", [topic for topic in TOPICS.values() if topic.record], ids=lambda topic: topic.name)
def test_our_own_schemas_pass_the_lint(topic):
    lint(schemas.schema(topic.name))


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "array", "items": "string"},
        {"type": "array", "items": ["null", "string"]},
        {"type": "map", "values": "null"},
        {"type": "array", "items": record("null", "int", name="Sized")},
        {"type": "array", "items": {"type": "enum", "name": "E", "symbols": ["A"]}},
        {"type": "fixed", "name": "F", "size": 262_144},
        {"type": "array", "items": {"type": {"type": "long", "logicalType": "timestamp-millis"}}},
        ["null", {"type": "int", "logicalType": "date"}],
    ],
)
def test_a_harmless_schema_passes(kind):
    lint(record(kind))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ({"type": "array", "items": "null"}, "take no bytes"),
        ({"type": "array", "items": record(name="Nothing")}, "take no bytes"),
        ({"type": "array", "items": record("null", record(name="Nothing"), name="Nested")}, "take no bytes"),
        ({"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}}, "take no bytes"),
        ({"type": "array", "items": {"type": "array", "items": "null"}}, "take no bytes"),
        ({"type": "map", "values": {"type": "array", "items": "null"}}, "take no bytes"),
        (["null", {"type": "array", "items": "null"}], "take no bytes"),
        ({"type": {"type": "array", "items": "null"}}, "take no bytes"),
        ({"type": "fixed", "name": "F", "size": 262_145}, "more than 262144 bytes"),
        ("R", "recursive"),
        (["null", "R"], "recursive"),
        ({"type": "array", "items": "R"}, "recursive"),
        (record(["null", "Inner"], name="Inner"), "recursive"),
        ({**record(["null", "a.Inner"], name="Inner"), "namespace": "a"}, "recursive"),
    ],
)
def test_a_schema_that_could_crash_or_balloon_the_decoder_is_refused(kind, word):
    with pytest.raises(Rejection, match=f"schema: .*{word}"):
        lint(record("int", kind))


@pytest.mark.parametrize(
    "kinds",
    [
        ["Unknown"],
        ["elsewhere.Unknown"],
        [["null", "elsewhere.Unknown"]],
        [{"type": "array", "items": "elsewhere.Unknown"}],
        [{"type": "enum", "name": "Kind", "namespace": "here", "symbols": ["A"]}, "elsewhere.Kind"],
        [{"type": "fixed", "name": "here.Code", "size": 4}, "Code"],
    ],
)
def test_a_schema_that_names_a_type_of_another_schema_has_a_reason_of_its_own(kinds):
    with pytest.raises(Rejection, match=r"schema-references: .* of another schema"):
        lint(record(*kinds))


def test_a_type_is_known_by_its_full_name_and_within_its_namespace_by_its_short_one():
    code = {"type": "fixed", "name": "Code", "size": 4}
    lint({**record(code, "Code", "here.Code"), "namespace": "here"})
    lint({**record({**code, "namespace": "there"}, "there.Code"), "namespace": "here"})


def test_an_empty_type_that_was_named_before_is_refused_where_it_is_repeated():
    with pytest.raises(Rejection, match="take no bytes"):
        lint(record(record(name="Nothing"), {"type": "array", "items": "Nothing"}))


@pytest.mark.parametrize(
    "schema", ["string", ["null", "string"], {"type": "array", "items": "int"}, {"type": "object"}]
)
def test_a_schema_that_is_no_record_is_refused(schema):
    with pytest.raises(Rejection, match="no record"):
        lint(schema)
