"""What is read at first sight is what the decoder reads, admission admits, and quality finds nothing in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws.histories import law
from saingan.errors import Rejection
from saingan.outcomes.history import STREAMS
from saingan.standard import schemas
from saingan.standard.admission import LAST_DAY, Admission
from saingan.standard.codec import encode, frame, parse
from saingan.standard.contract import contract
from saingan.standard.decoder import Decoder
from saingan.standard.projection import Projection
from saingan.standard.quality import Quality
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.make import PERSON, certification, citizen_id, day, employment, enrolment, graduation, juristic_number

RECORDS = {ENROLMENT: enrolment, GRADUATION: graduation, EMPLOYMENT: employment, CERTIFICATION: certification}
TODAY = day("2026-01-01")


class Sight:
    """One topic's records, by the schema that wrote them, at first sight and thoroughly."""

    def __init__(self, topic, writer=None):
        self.ours = schemas.schema(topic.name)
        self.kept = STREAMS[topic]._fields
        self.written = parse(writer or self.ours)
        self.decoder = Decoder(self.written, parse(self.ours))
        self.quality = Quality(contract(topic.name))
        self.admission = Admission(contract(topic.name))
        self.projection = Projection(contract(topic.name), self.decoder, self.kept)

    def value(self, record):
        return frame(1, encode(self.written, record))

    def at_first(self, key, value):
        read = self.projection
        if not read.reads(key, value, TODAY):
            return None
        return (read.owner, read.record_id, read.version, read.recorded_at, *read.kept)

    def thoroughly(self, key, value):
        """The same, None too where a record is refused, no UPSERT or looks wrong."""
        try:
            record = self.decoder.record(value)
            values = list(record.values())
            self.admission.admit(key, values)
        except Rejection:
            return None
        if record["change"] != "UPSERT" or self.quality.broken(values, TODAY):
            return None
        head = [record[name] for name in ("person_key", "record_id", "record_version", "recorded_at")]
        return (*head, *(record[name] for name in self.kept))


SIGHTS = {topic: Sight(topic) for topic in RECORDS}


def key(record):
    return f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()


def both(topic, record, with_key=None):
    sight = SIGHTS[topic]
    value, of_message = sight.value(record), key(record) if with_key is None else with_key
    return sight.at_first(of_message, value), sight.thoroughly(of_message, value)


@pytest.mark.parametrize("topic", RECORDS)
def test_a_plain_record_of_each_stream_is_read_at_first_sight(topic):
    read, expected = both(topic, RECORDS[topic](record_id="ก-1", record_version=2**40))
    assert read == expected
    assert read is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"employer_id": None, "employer_province": None, "tsic": None, "occupation": None, "position": None},
        {"position": "x" * 1_000, "identity": b"\0\xff"},
        {"section": 40, "recorded_at": -(2**40)},
        {"started_on": day("1900-01-01"), "ended_on": TODAY + 1},
        {"record_id": "x" * 255},
    ],
)
def test_so_is_one_with_rare_values(fields):
    read, expected = both(EMPLOYMENT, employment(**fields))
    assert read == expected
    assert read is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"change": "WITHDRAW"},
        {"change": "ERASE"},
        {"section": 34},
        {"record_id": citizen_id(1)},
        {"record_id": "a\0"},
        {"record_id": "x" * 256},
        {"employer_id": citizen_id(1)},
        {"employer_id": "0" * 13},
        {"tsic": "00000"},
        {"position": "\0"},
        {"position": "ก\0"},
        {"started_on": TODAY + 2},
        {"started_on": 5, "ended_on": 4},
        {"ended_on": LAST_DAY + 1},
        {"record_version": 0},
        {"record_version": -1},
        {"person_key": PERSON.upper()},
        {"person_key": PERSON[:-1]},
        {"person_key": ""},
    ],
)
def test_what_is_refused_or_looks_wrong_is_not_plain(fields):
    assert both(EMPLOYMENT, employment(**fields)) == (None, None)
    assert both(EMPLOYMENT, employment(**fields)) == (None, None), "nor when it comes again"


@pytest.mark.parametrize(
    "wrong",
    [
        *(b"", b"x", PERSON.encode()),
        *(f"{PERSON}/S-1{end}".encode() for end in ("", "/", "/01", "/1 ", "/2", ".1", f"/{2**64 + 1}")),
        *(f"{PERSON}{end}".encode() for end in ("/S-2/1", ".S-1/1")),
        f"{PERSON[::-1]}/S-1/1".encode(),
    ],
)
def test_a_key_that_disagrees_with_the_record_is_not_plain(wrong):
    assert both(EMPLOYMENT, employment(), wrong) == (None, None)


_TEXTS = st.sampled_from(
    ["", "S-1", citizen_id(1), juristic_number(1), "\0", "x" * 255, "x" * 256, "ก/1", "20", "7231"]
)
_NUMBERS = st.sampled_from([-(2**31) - 1, -1, 0, 1, 33, 40, TODAY, TODAY + 1, TODAY + 2, LAST_DAY + 1, 2**31, 2**62])


@law
@given(st.sampled_from(sorted(RECORDS, key=str)), st.data())
def test_the_two_ways_of_reading_agree_on_any_record(topic, data):
    record = RECORDS[topic]()
    for name in data.draw(st.lists(st.sampled_from(sorted(record)), max_size=3, unique=True)):
        if isinstance(record[name], str | int) and name != "change":
            text = isinstance(record[name], str)
            symbol = name in ("qualification", "status", "desired_path", "kind", "result")
            record[name] = "OTHER" if symbol else data.draw(_TEXTS if text else _NUMBERS, label=name)
    read, expected = both(topic, record)
    assert read == expected


@law
@given(st.sampled_from(sorted(RECORDS, key=str)), st.data())
def test_damaged_bytes_are_never_read_as_something_else(topic, data):
    sight, record = SIGHTS[topic], RECORDS[topic]()
    value = bytearray(sight.value(record))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(5, len(value) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(value[: data.draw(st.integers(5, len(value)) | st.just(len(value)))])
    read = sight.at_first(key(record), damaged)
    assert read is None or read == sight.thoroughly(key(record), damaged)


def evolved(change):
    writer = schemas.schema(EMPLOYMENT.name)
    writer["fields"] = change(writer["fields"])
    return Sight(EMPLOYMENT, writer)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda fields: [*fields, {"name": "wage", "type": "long"}], id="with a field that ours has not"),
        pytest.param(lambda fields: [one for one in fields if one["name"] != "tsic"], id="without one of ours"),
        pytest.param(lambda fields: fields[::-1], id="in another order"),
    ],
)
def test_a_record_by_another_schema_is_read_alike(change):
    sight, record = evolved(change), employment() | {"wage": 2**40}
    value = sight.value(record)
    read = sight.at_first(key(record), value)
    assert read is not None
    assert read == sight.thoroughly(key(record), value)


def test_an_end_before_its_start_is_found_in_whatever_order_they_are_written():
    sight = evolved(lambda fields: fields[::-1])
    for started_on, ended_on in ((9, 9), (9, 8), (1, None)):
        record = employment(started_on=started_on, ended_on=ended_on)
        read = sight.at_first(key(record), sight.value(record))
        assert read == sight.thoroughly(key(record), sight.value(record))
        assert (read is None) == (ended_on == 8)


def test_what_another_schema_nests_is_left_to_the_decoder():
    sight = evolved(
        lambda fields: [*fields, {"name": "list", "type": {"type": "array", "items": "int"}, "default": []}]
    )
    record = employment() | {"list": [1]}
    assert sight.at_first(key(record), sight.value(record)) is None
    assert sight.thoroughly(key(record), sight.value(record)) is not None
