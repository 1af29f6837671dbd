"""The decoder made for a schema reads what `codec` reads, and refuses what it refuses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.errors import Rejection
from saingan.standard import schemas
from saingan.standard.codec import decode, encode, frame, parse
from saingan.standard.decoder import Decoder
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.make import certification, employment, enrolment, graduation

RECORDS = {ENROLMENT: enrolment(), GRADUATION: graduation(), EMPLOYMENT: employment(), CERTIFICATION: certification()}
SCHEMAS = {topic: parse(schemas.schema(topic.name)) for topic in RECORDS}
LONG = st.integers(-(2**63), 2**63 - 1)
TYPES = {
    "string": st.text(max_size=20),
    "bytes": st.binary(max_size=20),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.one_of(LONG, st.integers(0, 63).map(lambda bits: 2**bits - 1)),
    "boolean": st.booleans(),
    "double": st.floats(allow_nan=False),
    "float": st.floats(width=32, allow_nan=False),
}
FIELD = st.tuples(st.sampled_from(sorted(TYPES)), st.sampled_from(["plain", "null first", "null last"]))


def flat(fields):
    """A record schema of these fields, and one more that is an enum."""
    shapes = {"plain": lambda kind: kind, "null first": lambda kind: ["null", kind], "null last": lambda k: [k, "null"]}
    listed = [{"name": f"f{at}", "type": shapes[shape](kind)} for at, (kind, shape) in enumerate(fields)]
    symbols = {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}}
    return parse({"type": "record", "name": "R", "fields": [*listed, symbols]})


def same(one, other):
    """Equal, -0.0 told from 0.0."""
    return repr(one) == repr(other)


@given(st.data(), st.lists(FIELD, max_size=6))
def test_any_record_of_a_flat_schema_is_read_as_it_was_written(data, fields):
    schema = flat(fields)
    record = {"e": data.draw(st.sampled_from("ABC"))}
    for at, (kind, shape) in enumerate(fields):
        record[f"f{at}"] = data.draw(TYPES[kind] if shape == "plain" else st.none() | TYPES[kind])
    value = frame(1, encode(schema, record))
    assert same(Decoder(schema, schema).record(value), decode(value, schema))


@given(st.sampled_from(sorted(RECORDS, key=str)), st.data())
def test_damaged_bytes_are_read_or_refused_as_the_library_does(topic, data):
    value = bytearray(frame(1, encode(SCHEMAS[topic], RECORDS[topic])))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(5, len(value) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(5, len(value)) | st.just(len(value)))
    damaged = bytes(value[:cut])
    with suppress(Rejection):
        assert same(Decoder(SCHEMAS[topic], SCHEMAS[topic]).record(damaged), decode(damaged, SCHEMAS[topic]))


@pytest.mark.parametrize("number", [b"\xff" * 9 + b"\x02", b"\x80" * 10 + b"\x00", b"\xff" * 40, b"\x80"])
def test_a_number_of_more_than_64_bits_or_without_an_end_is_refused(number):
    schema = parse({"type": "record", "name": "R", "fields": [{"name": "n", "type": "long"}]})
    with pytest.raises(Rejection, match="undecodable"):
        Decoder(schema, schema).values(frame(1, number))


@pytest.mark.parametrize("index", [-1, 3, 2**40])
def test_a_symbol_that_an_enum_has_not_is_refused(index):
    longs = parse({"type": "record", "name": "R", "fields": [{"name": "e", "type": "long"}]})
    with pytest.raises(Rejection, match="undecodable"):
        Decoder(flat([]), flat([])).values(frame(1, encode(longs, {"e": index})))


def evolved(writer, ours, record):
    """A record of one schema, read into another by the decoder; and by the library."""
    value = frame(1, encode(parse(writer), record))
    return Decoder(parse(writer), parse(ours)).record(value), decode(value, parse(writer), parse(ours))


def of(*fields):
    return {"type": "record", "name": "R", "fields": [{"name": "id", "type": "string"}, *fields]}


NUMBER, WISH = {"name": "n", "type": "int"}, {"name": "wish", "type": ["null", "string"], "default": None}


def enum(*symbols):
    return {"name": "e", "type": {"type": "enum", "name": "E", "symbols": [*symbols, "OTHER"], "default": "OTHER"}}


@pytest.mark.parametrize(
    ("writer", "ours", "own"),
    [
        pytest.param(of(NUMBER, WISH), of(NUMBER), {"n": 1, "wish": "x"}, id="a field that ours has not"),
        pytest.param(of(NUMBER), of(WISH, NUMBER), {"n": 1}, id="a field that only ours has"),
        pytest.param(of(WISH, NUMBER), of(NUMBER, WISH), {"n": 1, "wish": None}, id="another order"),
        pytest.param(of(NUMBER), of({**NUMBER, "type": ["null", "int"]}), {"n": 1}, id="may be null with us"),
        pytest.param(of(NUMBER), of({**NUMBER, "type": "double"}), {"n": 1}, id="promoted"),
        pytest.param(of(NUMBER), of({"name": "m", "type": "int", "aliases": ["n"]}), {"n": 1}, id="renamed"),
        pytest.param(of(enum("A", "NEW")), of(enum("A")), {"e": "NEW"}, id="a symbol that ours has not"),
        pytest.param(of({"name": "list", "type": {"type": "array", "items": "int"}}), of(), {"list": [1]}, id="nested"),
    ],
)
def test_a_record_of_another_version_comes_out_in_our_fields(writer, ours, own):
    read, expected = evolved(writer, ours, {"id": "1", **own})
    assert same(sorted(read.items()), sorted(expected.items()))
