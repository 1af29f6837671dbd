"""No schema is edited in a way that a released version could not live with: the real registry says so of each."""

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from saingan.exchange.registry import COMPATIBILITY
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.topics import TOPICS

pytestmark = pytest.mark.flow

WITH_SCHEMA = [topic.name for topic in TOPICS.values() if topic.record]


class Subject:
    """A subject of the registry under the compatibility that the standard asks for."""

    def __init__(self, client: SchemaRegistryClient) -> None:
        self._client = client
        self._name = f"t{secrets.token_hex(4)}-value"
        client.set_compatibility(self._name, COMPATIBILITY)

    def takes(self, schema: dict[str, Any]) -> bool:
        try:
            self._client.register_schema(self._name, Schema(json.dumps(schema), "AVRO"))
        except SchemaRegistryError as refused:
            if refused.http_status_code != 409:
                raise
            return False
        return True


@pytest.fixture
def subject(local_exchange: Settings) -> Iterator[Subject]:
    with SchemaRegistryClient({"url": local_exchange.registry_url}) as client:
        yield Subject(client)


def released(topic: str) -> list[dict[str, Any]]:
    """The versions of a topic's schema that were ever released, oldest first."""
    files = (schemas.root() / "released" / topic).iterdir()
    by_number = {int(file.name.removesuffix(".avsc")): file.read_text(encoding="utf-8") for file in files}
    assert sorted(by_number) == list(range(1, len(by_number) + 1))
    return [json.loads(by_number[number]) for number in sorted(by_number)]


@pytest.mark.parametrize("topic", WITH_SCHEMA)
def test_each_schema_reads_and_is_read_by_every_released_version(subject: Subject, topic: str) -> None:
    versions = released(topic)
    assert versions
    for version in versions:
        assert subject.takes(version)
    assert subject.takes(schemas.schema(topic)), "this edit is not FULL_TRANSITIVE: it needs a new topic"


def test_nothing_is_released_that_is_no_topic() -> None:
    assert {folder.name for folder in (schemas.root() / "released").iterdir()} == set(WITH_SCHEMA)


def edited(topic: str, edit: Any) -> dict[str, Any]:
    schema = copy.deepcopy(schemas.schema(topic))
    edit({field["name"]: field for field in schema["fields"]}, schema)
    return schema


def add(**field: Any) -> Any:
    return lambda _, schema: schema["fields"].append({"name": "added", **field})


def drop(name: str) -> Any:
    return lambda fields, schema: schema["fields"].remove(fields[name])


def change(field: str, **to: Any) -> Any:
    return lambda fields, _: fields[field].update(to)


def of_enum(name: str, edit: Any) -> Any:
    return lambda fields, _: edit(fields[name]["type"]["symbols"])


GRADUATION = "ovec.graduation.v1"
COMPATIBLE = {
    "a field with a default is added": add(type=["null", "string"], default=None),
    "a field with a default is dropped": drop("entry_academic_year"),
    "a symbol is added": of_enum("qualification", lambda symbols: symbols.insert(-1, "DIPLOMA")),
    "an explanation is changed": change("source", doc="Another one (อื่น)"),
}
INCOMPATIBLE = {
    "a field without a default is added": add(type="string"),
    "a field without a default is dropped": drop("source"),
    "a field is renamed": change("source", name="office"),
    "a field is retyped": change("academic_year", type="string"),
    "a number is widened": change("academic_year", type="long"),
    "a field is no longer nullable": change("entry_academic_year", type="int", default=0),
    "a required field becomes nullable": change("academic_year", type=["null", "int"]),
    "a kind of change is added": of_enum("change", lambda symbols: symbols.append("MERGE")),
    "a kind of change is taken away": of_enum("change", lambda symbols: symbols.remove("WITHDRAW")),
}


@pytest.mark.parametrize("edit", COMPATIBLE)
def test_what_the_standard_allows_is_taken(subject: Subject, edit: str) -> None:
    assert subject.takes(released(GRADUATION)[0])
    assert subject.takes(edited(GRADUATION, COMPATIBLE[edit]))


@pytest.mark.parametrize("edit", INCOMPATIBLE)
def test_what_some_version_could_not_live_with_is_refused(subject: Subject, edit: str) -> None:
    assert subject.takes(released(GRADUATION)[0])
    assert not subject.takes(edited(GRADUATION, INCOMPATIBLE[edit]))


def test_every_version_counts_and_not_the_last_one_alone(subject: Subject) -> None:
    """A field that was once text comes back as a number: the version between has none."""
    assert subject.takes(edited(GRADUATION, add(type=["null", "string"], default=None)))
    assert subject.takes(edited(GRADUATION, lambda *_: None))
    assert not subject.takes(edited(GRADUATION, add(type=["null", "int"], default=None)))
