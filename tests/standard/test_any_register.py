"""A register that nobody thought of is taken in by its rules alone: whatever its fields are called and hold.

The intake raises nothing, and its fast path, its slow path and the reading of `verify` agree.
"""

from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saingan.engine.core.standing import stands
from saingan.engine.intake.topic_reader import Stream
from saingan.errors import Rejection
from saingan.standard.admission import Admission
from saingan.standard.codec import encode, frame, parse
from saingan.standard.decoder import Decoder
from saingan.standard.projection import Projection
from saingan.standard.quality import Quality
from saingan.verify.admit import Reader
from support.make import citizen_id, juristic_number
from support.registers import COLOUR, TODAY, Register, for_any_number, records, register, registers, sound

ID = 7


class Schemas:
    """A registry that knows one schema; it could be down, and is not."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def writer_schemas(self, _topic_name: str) -> dict[int, Any]:
        return {ID: self._schema}


class Verdict(NamedTuple):
    """What a reading makes of a message: a reason, or the record's place and standing."""

    reason: str | None
    owner: str = ""
    record_id: str = ""
    standing: tuple[Any, ...] = ()
    issues: tuple[str, ...] = ()


class Readings:
    def __init__(self, register: Register, kept: list[str], writer: Any = None) -> None:
        self.contract = register.contract
        self.kept = kept
        schema = writer or self.contract.schema
        self.written = parse(for_any_number(schema))
        kind: Any = NamedTuple("Kept", [(name, Any) for name in kept])
        self.stream = Stream(0, self.contract, kind, Schemas(schema))
        self.decoder = Decoder(parse(schema), parse(self.contract.schema))
        self.projection = Projection(self.contract, self.decoder, kept)
        self.admission, self.quality = Admission(self.contract), Quality(self.contract)
        self.verify = Reader(self.contract, {ID: schema})
        self.owner = self.contract.topic.key

    def value(self, record: dict[str, Any]) -> bytes:
        return frame(ID, encode(self.written, record))

    def key(self, record: dict[str, Any]) -> bytes:
        head = [record["person_key"]] if self.contract.topic.person_level else []
        return "/".join([*head, record["record_id"], str(record["record_version"])]).encode()

    def of_intake(self, key: bytes, value: bytes) -> Verdict:
        changes: Any = {}
        read = self.stream.take([0], [key], [value], 0, TODAY, changes)
        if read.refused:
            return Verdict(read.refused[0][1].reason)
        ((owner, (change,)),) = changes.items()
        issues = tuple(rule for _, rule in read.issues.elements())
        return Verdict(None, owner, change.record_id, change.standing, issues)

    def slowly(self, key: bytes, value: bytes) -> Verdict:
        try:
            record = self.decoder.record(value)
            values = list(record.values())
            self.admission.admit(key, values)
        except Rejection as rejection:
            return Verdict(rejection.reason)
        return self._taken(record, tuple(self.quality.broken(values, TODAY)))

    def by_verify(self, key: bytes, value: bytes) -> Verdict:
        try:
            record = self.verify.read(key, value)
            self.verify.admit(key, record)
        except Rejection as rejection:
            return Verdict(rejection.reason)
        return self._taken(record, ())

    def _taken(self, record: dict[str, Any], issues: tuple[str, ...]) -> Verdict:
        kept = tuple(record[name] for name in self.kept) if record["change"] == "UPSERT" else None
        standing = (record["record_version"], record["recorded_at"], kept)
        if record["change"] == "ERASE":
            standing = (2**63, 0, None)
        return Verdict(None, record[self.owner], record["record_id"], standing, issues)


def agreed(readings: Readings, key: bytes, value: bytes) -> Verdict:
    came, slow, other = (read(key, value) for read in (readings.of_intake, readings.slowly, readings.by_verify))
    assert Counter(came.issues) == Counter(slow.issues)
    assert came._replace(issues=()) == slow._replace(issues=()) == other
    assert repr(came.standing) == repr(slow.standing), "a number may equal a truth, and is another value"
    return came


widely = settings(derandomize=True, deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck))
_HEAD = st.sampled_from(["record_id", "record_version", "recorded_at", "source"])
_KEYS = st.sampled_from([None] * 24 + [b"", b"x", b"\xff", b"R-1", b"R-1/01", b"R-1/2"])  # None: the right one


def test_any_register_is_read_alike_and_nothing_but_a_refusal_comes_of_what_is_wrong():
    met: Counter[str] = Counter()

    @widely
    @given(st.data())
    def law(data):
        of = data.draw(registers())
        kept = data.draw(st.permutations([*of.own, *data.draw(st.lists(_HEAD, max_size=2, unique=True))]), label="kept")
        readings, standings = Readings(of, kept), []
        for record in data.draw(st.lists(records(of), min_size=3, max_size=8)):
            key = data.draw(_KEYS, label="key")
            key, value = readings.key(record) if key is None else key, readings.value(record)
            verdict = agreed(readings, key, value)
            met.update([verdict.reason or "taken in", *verdict.issues])
            met["at first sight"] += readings.projection.reads(key, value, TODAY)
            standings += [verdict.standing] if verdict.reason is None else []
        for one in standings:
            assert all(stands(one, other)[:2] == stands(other, one)[:2] for other in standings)

    law()
    assert {reason for reason, times in met.items() if times} >= {
        *("taken in", "at first sight", "rule", "counted", "key", "person-key", "version"),
        *("record-id", "citizen-id", "text", "date", "number"),
    }


@widely
@given(st.data())
def test_so_is_what_another_version_of_its_schema_wrote(data):
    register = data.draw(registers())
    readings = Readings(register, list(register.own), _another(data, register.contract.schema))
    for record in data.draw(st.lists(records(register), min_size=1, max_size=4)):
        agreed(readings, readings.key(record), readings.value(record | {"more": 2**40}))


def _another(data: Any, schema: Any) -> Any:
    """With a field more, without fields that may be null, or in another order."""
    fields = [field for field in schema["fields"] if not _may_go(field) or data.draw(st.booleans(), label="stays")]
    if data.draw(st.booleans(), label="a field more"):
        fields = [*fields, {"name": "more", "type": "long"}]
    return {**schema, "fields": fields}


def _may_go(field: Any) -> bool:
    return "default" in field and COLOUR not in [*field["type"]]  # another field may name that type


# Each of these was read by the names of its fields once: wrongly, or with an error that stopped the worker.


def rule(check, *fields, level="refused", **more):
    named = {"name": "rule"} if level != "strict" else {}
    example = dict.fromkeys(fields, "20" if check == "no-citizen-id" else 5)
    about = {"field": fields[0]} if len(fields) == 1 else {"fields": [*fields]}
    return {"check": check, **about, "level": level, **named, "admits": example, "refuses": example, **more}


DATE, NULLABLE_DATE, TEXT = ("date", False), ("date", True), ("string", True)
BEGUN_AND_ENDED = register(
    {"started_on": NULLABLE_DATE, "ended_on": NULLABLE_DATE}, rule("order", "started_on", "ended_on")
)
ENDED = register({"ended_on": NULLABLE_DATE, "note": ("string", False)})
EMPLOYER = register({"employer_id": TEXT}, rule("no-citizen-id", "employer_id"), personal=False)
ROOM = register({"section": TEXT, "level": ("int", False)}, personal=False)
EVENT = register({"held_on": DATE, "visitors": ("int", False)})
REFERRAL = register({"person_key": TEXT}, personal=False)


@pytest.mark.parametrize(
    ("of", "fields", "reason"),
    [
        pytest.param(BEGUN_AND_ENDED, {"started_on": None, "ended_on": 5}, None, id="an end, and no known start"),
        pytest.param(BEGUN_AND_ENDED, {"started_on": 6, "ended_on": None}, None, id="a start, and no end"),
        pytest.param(BEGUN_AND_ENDED, {"started_on": 6, "ended_on": 5}, "rule", id="an end before its start"),
        pytest.param(ENDED, {"ended_on": 5, "note": "x"}, None, id="an end of which no start is ever told"),
        pytest.param(EMPLOYER, {"employer_id": citizen_id(1)}, "rule", id="a citizen ID where no section stands"),
        pytest.param(EMPLOYER, {"employer_id": juristic_number(1)}, None, id="a firm where no section stands"),
        pytest.param(ROOM, {"section": "west wing", "level": 2}, None, id="a section of a house"),
        pytest.param(EVENT, {"held_on": 2_932_897, "visitors": 1}, "date", id="a new date outside the calendar"),
        pytest.param(EVENT, {"held_on": 5, "visitors": 2**31}, "number", id="a new number of more than 32 bits"),
        pytest.param(REFERRAL, {"person_key": None}, None, id="a person that is only told of"),
        pytest.param(REFERRAL, {"person_key": "nobody"}, None, id="a person told of otherwise"),
    ],
)
def test_a_name_alone_decides_nothing(of, fields, reason):
    for kept in ([], list(of.own)):
        readings, record = Readings(of, kept), sound(of) | fields
        assert agreed(readings, readings.key(record), readings.value(record)).reason == reason


def test_the_record_before_takes_no_part_in_a_verdict():
    readings = Readings(BEGUN_AND_ENDED, ["started_on", "ended_on"])
    for fields in ({"started_on": 9, "ended_on": 9}, {"started_on": None, "ended_on": 5}, {"ended_on": 5}):
        record = sound(BEGUN_AND_ENDED) | {"started_on": None} | fields
        assert agreed(readings, readings.key(record), readings.value(record)).reason is None


def test_a_view_may_keep_the_head_of_its_records():
    head = ["record_id", "record_version", "change", "person_key", "recorded_at", "source"]
    readings, record = Readings(EVENT, head), sound(EVENT)
    kept = agreed(readings, readings.key(record), readings.value(record)).standing[2]
    assert kept == tuple(record[name] for name in head)


def test_two_contents_of_one_version_are_decided_though_they_are_bytes():
    readings = Readings(register({"seal": ("bytes", True)}), ["seal"])
    contents = (b"\xff", b"ascii", None)
    records = [sound(EVENT) | {"seal": seal} for seal in contents]
    standings = [agreed(readings, readings.key(one), readings.value(one)).standing for one in records]
    assert [kept for _, _, (kept,) in standings] == [*contents]
    for one in standings:
        assert [stands(one, other) for other in standings] == [stands(other, one) for other in standings]
