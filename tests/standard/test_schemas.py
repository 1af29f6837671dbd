import json
import re
from datetime import date

import fastavro
import pytest

from saingan.errors import Fault
from saingan.outcomes.view import OUTCOMES
from saingan.standard import codec, schemas
from saingan.standard.admission import Admission
from saingan.standard.contract import contract
from saingan.standard.decoder import Decoder
from saingan.standard.strict import Refused, check
from saingan.topics import OUTCOME, TOPICS
from support.make import key, values

ARRAY = {"type": "array", "items": "string"}
TODAY = date(2026, 7, 1)
WITH_SCHEMA = [topic.name for topic in TOPICS.values() if topic.record]
REGISTRIES = [topic.name for topic in TOPICS.values() if topic.record and topic.registry]
CASES = [(topic, case) for topic in WITH_SCHEMA for case in schemas.examples(topic)]

THAI_IN_BRACKETS = re.compile(r"\([^()]*[\u0e01-\u0e5b][^()]*\)$")


def enums(node):
    if isinstance(node, dict):
        if node.get("type") == "enum":
            yield node
        for value in node.values():
            yield from enums(value)
    elif isinstance(node, list):
        for value in node:
            yield from enums(value)


@pytest.mark.parametrize("topic", WITH_SCHEMA)
def test_a_schema_is_the_record_that_the_topic_map_names(topic):
    schema = schemas.schema(topic)
    assert (schema["namespace"], schema["name"]) == ("th.workforce.v1", TOPICS[topic].record)
    assert fastavro.parse_schema(schema)


def test_every_schema_file_belongs_to_a_topic():
    files = {path.name.removesuffix(".avsc") for path in schemas.root().iterdir() if path.name.endswith(".avsc")}
    assert files == set(WITH_SCHEMA)


def test_a_topic_without_avro_values_has_no_schema():
    for topic in TOPICS.values():
        if topic.record is None:
            with pytest.raises(KeyError):
                schemas.text(topic.name)


@pytest.mark.parametrize("topic", WITH_SCHEMA)
def test_record_and_fields_are_explained_in_english_with_the_thai_term_in_brackets(topic):
    schema = schemas.schema(topic)
    for described in (schema, *schema["fields"], *enums(schema)):
        assert THAI_IN_BRACKETS.search(described["doc"]), described["name"]
        assert described["doc"][0].isascii(), described["name"]


@pytest.mark.parametrize("topic", REGISTRIES)
def test_a_registry_record_begins_with_the_common_head_with_the_person_where_the_topic_map_says_so(topic):
    person = ["person_key"] if TOPICS[topic].person_level else []
    head = ["record_id", "record_version", "change", *person, "recorded_at", "source"]
    assert [field["name"] for field in schemas.schema(topic)["fields"]][: len(head)] == head


@pytest.mark.parametrize("topic", REGISTRIES)
def test_a_sealed_identity_ends_a_person_level_record_and_no_other(topic):
    fields = {field["name"]: field["type"] for field in schemas.schema(topic)["fields"]}
    if "identity" in fields:
        assert TOPICS[topic].person_level
        assert (list(fields)[-1], fields["identity"]) == ("identity", ["null", "bytes"])


@pytest.mark.parametrize("topic", WITH_SCHEMA)
def test_what_may_be_null_is_null_by_default_and_an_array_is_empty(topic):
    for field in schemas.schema(topic)["fields"]:
        if isinstance(field["type"], list):
            assert (field["type"][0], field["default"]) == ("null", None)
        else:
            assert field.get("default", 0) == ([] if field["type"] == ARRAY else 0), field["name"]


@pytest.mark.parametrize("topic", OUTCOMES.streams, ids=lambda topic: topic.name)
def test_no_array_stands_in_a_core_stream_for_its_records_would_lose_the_fast_decoder(topic):
    schema = codec.parse(schemas.schema(topic.name))
    assert codec.fields_of(schema, "array") == ()
    assert Decoder(schema, schema).steps


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": "double"}, "`rate` is a floating-point number: send a whole one"),
        ({"type": ["null", "float"], "default": None}, "`rate` is a floating-point number"),
        ({"type": {"type": "double", "logicalType": "of-ours"}}, "`rate` is a floating-point number"),
        ({"type": {"type": "array", "items": "double"}, "default": []}, "`rate` must be an array of strings"),
        ({"type": ARRAY}, "`rate` must be an array of strings, with the default []"),
        ({"type": ["null", ARRAY], "default": None}, "`rate` must be one of"),
        (
            {"type": {"type": "map", "values": "string"}},
            "`rate` must be one of boolean, bytes, enum, int, long, string",
        ),
        ({"type": ["int", "string"]}, "`rate` must be one of"),
        ({"type": "Rate"}, "`rate` must be one of"),
    ],
)
def test_a_type_that_the_standard_has_not_is_refused_where_schemas_are_loaded(field, told, tmp_path, monkeypatch):
    described = {"type": "record", "name": "R", "fields": [{"name": "rate", **field}]}
    (tmp_path / f"{OUTCOME.name}.avsc").write_text(json.dumps(described))
    monkeypatch.setattr(schemas, "root", lambda: tmp_path)
    with pytest.raises(Fault, match=f"^schemas/{re.escape(OUTCOME.name)}.avsc: {re.escape(told)}"):
        schemas.text.__wrapped__(OUTCOME.name)


@pytest.mark.parametrize("topic", WITH_SCHEMA)
def test_every_enum_but_change_may_grow(topic):
    for enum in enums(schemas.schema(topic)):
        if enum["name"] == "Change":
            assert enum["symbols"] == ["UPSERT", "WITHDRAW", "ERASE"]
            assert "default" not in enum
        else:
            assert enum["symbols"][-1] == enum["default"] == "OTHER"


def test_the_outcome_has_the_columns_of_its_table():
    from saingan.outcomes.table import employment_outcome

    fields = schemas.schema(OUTCOME.name)["fields"]
    assert [field["name"] for field in fields] == employment_outcome.columns.keys()
    assert [isinstance(field["type"], list) for field in fields] == [
        bool(c.nullable) for c in employment_outcome.columns
    ]


def test_the_registered_text_does_not_depend_on_the_layout_of_the_file():
    for topic in WITH_SCHEMA:
        text = schemas.text(topic)
        assert "\n" not in text
        assert json.loads(text) == json.loads((schemas.root() / f"{topic}.avsc").read_text(encoding="utf-8"))


def test_every_schema_has_examples_and_every_folder_of_examples_a_schema():
    folders = {path.name for path in (schemas.root() / "examples").iterdir()}
    assert folders == set(WITH_SCHEMA)
    for topic in WITH_SCHEMA:
        assert len(schemas.examples(topic)) >= 2


@pytest.mark.parametrize("topic", REGISTRIES)
def test_each_kind_of_change_and_each_field_has_an_example(topic):
    examples = schemas.examples(topic).values()
    assert {example["change"] for example in examples} == {"UPSERT", "WITHDRAW", "ERASE"}
    written = {name for example in examples for name, value in example.items() if value is not None}
    assert written >= {field["name"] for field in schemas.schema(topic)["fields"]} - {"identity"}


@pytest.mark.parametrize(("topic", "case"), CASES)
def test_an_example_is_valid_and_survives_avro(topic, case):
    checked = check(topic, schemas.examples(topic)[case], TODAY)
    assert checked.warnings == ()
    schema = codec.parse(schemas.schema(topic))
    value = codec.frame(1, codec.encode(schema, checked.record))
    assert value == codec.frame(1, checked.datum)
    assert Decoder(schema, schema).record(value) == checked.record


@pytest.mark.parametrize(("topic", "case"), CASES)
def test_an_example_that_is_broken_in_any_required_field_is_refused(topic, case):
    example = schemas.examples(topic)[case]
    for field in schemas.schema(topic)["fields"]:
        if "default" not in field:
            for broken in ({**example, field["name"]: None}, {**example, field["name"]: ["of no type"]}):
                with pytest.raises(Refused, match=field["name"]):
                    check(topic, broken, TODAY)


@pytest.mark.parametrize("topic", REGISTRIES)
def test_what_the_publisher_lets_through_the_worker_takes_in(topic):
    admit = Admission(contract(topic)).admit
    for example in schemas.examples(topic).values():
        record = check(topic, example, TODAY).record
        admit(key(TOPICS[topic], record), values(TOPICS[topic], record))
