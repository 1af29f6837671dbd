"""By whose schemas an intake decodes."""

import pytest

from saingan.standard import codec, schemas
from saingan.topics import CERTIFICATION, EMPLOYMENT, GRADUATION
from support.intake_bench import Gate, kept, reasons
from support.make import certification, employment

OURS = schemas.schema(EMPLOYMENT.name)


@pytest.fixture
def gate():
    return Gate()


def fields(schema, change):
    return {**schema, "fields": [changed for field in schema["fields"] if (changed := change(field))]}


def without(name):
    return fields(OURS, lambda field: None if field["name"] == name else field)


def retyped(name, kind):
    return fields(OURS, lambda field: {"name": name, "type": kind} if field["name"] == name else field)


def test_an_unknown_schema_id_is_asked_for_once_a_batch_and_then_refused(gate):
    strange = [
        gate.sent(employment(record_id=str(n)), value=b"\0\0\0\x03\xe7", partition=n % 3)
        for n in range(6)  # on three partitions
    ]
    assert reasons(gate.take(*strange)) == ["schema-id"] * 6
    assert gate.registry.asked == 1
    gate.take(strange[0])
    assert gate.registry.asked == 2


def test_a_known_schema_id_is_asked_for_once_and_never_again(gate):
    for n in range(3):
        gate.take((EMPLOYMENT, employment(record_id=str(n))))
    assert gate.registry.asked == 1


def test_a_schema_registered_while_the_worker_runs_is_found(gate):
    gate.take((EMPLOYMENT, employment()))
    later = gate.written({**OURS, "fields": [*OURS["fields"], {"name": "note", "type": "string"}]}, note())
    assert kept(gate.take(later))[0] == 33


def note():
    return {**employment(), "note": "x"}


def test_a_schema_of_another_topic_is_refused(gate):
    graduation_id = gate.registry.schema_id(GRADUATION.name)
    _, datum = codec.unframe(gate.sent(employment()).value)
    assert reasons(gate.take(gate.sent(employment(), value=codec.frame(graduation_id, datum)))) == ["schema-id"]


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "array", "items": "null"},
        {"type": "fixed", "name": "Huge", "size": 2**31},
        {"type": "array", "items": {"type": "record", "name": "Nothing", "fields": []}},
        ["null", {"type": "record", "name": "Chain", "fields": [{"name": "next", "type": ["null", "Chain"]}]}],
    ],
)
def test_a_registered_schema_that_could_crash_the_decoder_is_refused(gate, kind):
    schema = {**OURS, "fields": [{"name": "bomb", "type": kind}, *OURS["fields"]]}
    schema_id = gate.registry.register(EMPLOYMENT, schema)
    few_bytes = codec.frame(schema_id, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f")
    assert reasons(gate.take(gate.sent(employment(), value=few_bytes))) == ["schema"]


def test_a_schema_registered_with_references_has_a_reason_of_its_own(gate):
    schema = {**OURS, "fields": [*OURS["fields"], {"name": "office", "type": "th.workforce.v1.Office"}]}
    schema_id = gate.registry.register(EMPLOYMENT, schema)
    taken = gate.take(gate.sent(employment(), value=codec.frame(schema_id, b"")))
    assert reasons(taken) == ["schema-references"]


@pytest.mark.parametrize("schema", ["string", ["null", "string"], {"type": "array", "items": "int"}])
def test_a_registered_schema_that_is_no_record_is_refused(gate, schema):
    schema_id = gate.registry.register(EMPLOYMENT, schema)
    assert reasons(gate.take(gate.sent(employment(), value=codec.frame(schema_id, b"\2a")))) == ["schema"]


def test_a_writer_with_a_further_field_is_understood(gate):
    further = {**OURS, "fields": [{"name": "wish", "type": ["null", "string"], "default": None}, *OURS["fields"]]}
    assert kept(gate.take(gate.written(further, {**employment(), "wish": "x"}))) == kept(
        gate.take((EMPLOYMENT, employment()))
    )


def test_a_writer_without_an_optional_field_gives_its_default(gate):
    assert kept(gate.take(gate.written(without("occupation"), employment())))[4] is None


def test_a_writer_without_a_required_field_is_refused(gate):
    assert reasons(gate.take(gate.written(without("section"), employment()))) == ["undecodable"]


def test_a_writer_with_another_type_of_a_field_is_refused(gate):
    assert reasons(gate.take(gate.written(retyped("section", "string"), employment(section="33")))) == ["undecodable"]


def test_a_symbol_that_we_do_not_know_yet_is_other(gate):
    ours = schemas.schema(CERTIFICATION.name)
    for field in ours["fields"]:
        if field["name"] == "result":
            field["type"]["symbols"].append("HONOURED")
    schema_id = gate.registry.register(CERTIFICATION, ours)
    record = certification(result="HONOURED")
    value = codec.frame(schema_id, codec.encode(codec.parse(ours), record))
    assert kept(gate.take(gate.sent(certification(), CERTIFICATION, value=value)))[0] == "OTHER"


def test_a_kind_of_change_that_we_do_not_know_is_refused(gate):
    ours = schemas.schema(EMPLOYMENT.name)
    for field in ours["fields"]:
        if field["name"] == "change":
            field["type"]["symbols"].append("MERGE")
    assert reasons(gate.take(gate.written(ours, employment(change="MERGE")))) == ["undecodable"]
