"""Schemas evolve while workers run: nobody is restarted, nothing becomes a dead letter, the table equals the oracle."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import DEAD_LETTER, EMPLOYMENT, GRADUATION, Topic
from support.commands import Worker, catch_up
from support.exchange_contents import checked, messages, outcome, publish, put, send, settled
from support.make import PERSON, employment, graduation

pytestmark = pytest.mark.flow

REMARK = {"name": "remark", "type": ["null", "string"], "default": None}
HONOURS = {"name": "honours", "type": "boolean", "default": False}


class Agency:
    """A client that goes from version to version of a topic's schema."""

    def __init__(self, settings: Settings, registry: SchemaRegistryClient, topic: Topic) -> None:
        self._settings, self._registry, self._topic = settings, registry, topic
        self._schema_id, self._schema = 0, schemas.schema(topic.name)

    def goes_over_to(self, *added: dict[str, Any], symbol: str | None = None) -> None:
        """Register our schema with these fields and no others that were added before."""
        schema = schemas.schema(self._topic.name)
        schema["fields"] += added
        for field in schema["fields"]:
            if symbol and field["name"] == "qualification":
                field["type"]["symbols"].insert(-1, symbol)
        subject = f"{self._settings.wire(self._topic.name)}-value"
        self._schema_id = self._registry.register_schema(subject, Schema(json.dumps(schema), "AVRO"))
        self._schema = schema

    def sends(self, record: dict[str, Any]) -> None:
        key = f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()
        datum = codec.encode(codec.parse(self._schema), record)
        put(self._settings, self._topic, (key, codec.frame(self._schema_id, datum)))


@contextmanager
def running(settings: Settings) -> Iterator[tuple[Worker, Worker]]:
    """Two workers, neither of which may end."""
    with Worker(settings) as one, Worker(settings) as other:
        yield one.until_ready(), other.until_ready()
        assert one.stop() == other.stop() == 0


def test_a_field_comes_and_goes_while_workers_run(stored: Settings) -> None:
    with SchemaRegistryClient({"url": stored.registry_url}) as registry, running(stored) as workers:
        publish(stored, 100, seed=1)
        college, office = Agency(stored, registry, GRADUATION), Agency(stored, registry, EMPLOYMENT)

        def shows(**columns: Any) -> None:
            for worker in workers:
                worker.until(lambda: (row := outcome(stored, PERSON)) and columns.items() <= row._asdict().items())

        send(stored, (GRADUATION, graduation()), (EMPLOYMENT, employment()))
        shows(institution_code="1320016101", days_to_first_job=31)

        college.goes_over_to(REMARK, symbol="DIPLOMA")
        remarked = graduation(record_version=2, institution_code="1320016102", qualification="DIPLOMA")
        college.sends({**remarked, "remark": "ปวช."})
        shows(institution_code="1320016102", qualification="OTHER")

        college.goes_over_to(HONOURS)  # the remark is dropped again
        college.sends({**graduation(record_version=3, institution_code="1320016103"), "honours": True})
        shows(institution_code="1320016103", qualification="PVC")

        office.goes_over_to(REMARK, HONOURS)
        office.sends({**employment(record_version=2, tsic="47111"), "remark": None, "honours": False})
        shows(tsic="47111")

        for number, edit in enumerate((retyped, without_office, with_a_required_field)):
            with pytest.raises(SchemaRegistryError, match=r"(?i)compatib") as refused:
                registry.register_schema(f"{stored.wire(GRADUATION.name)}-value", Schema(json.dumps(edit()), "AVRO"))
            assert refused.value.http_status_code == 409, number

        send(stored, (GRADUATION, graduation(record_version=4, institution_code="1320016104")))  # by the first schema
        shows(institution_code="1320016104", tsic="47111")
        publish(stored, 100, seed=2)
        workers[0].until(settled(stored))
    assert messages(stored, DEAD_LETTER) == []
    table = checked(stored)

    rebuilt = stored.model_copy(update={"database": f"sqlite:///{stored.home / 'rebuilt.db'}"})
    catch_up(rebuilt)
    assert checked(rebuilt).keys == table.keys


def retyped() -> dict[str, Any]:
    schema = schemas.schema(GRADUATION.name)
    next(field for field in schema["fields"] if field["name"] == "academic_year")["type"] = "string"
    return schema


def without_office() -> dict[str, Any]:
    schema = schemas.schema(GRADUATION.name)
    return {**schema, "fields": [field for field in schema["fields"] if field["name"] != "source"]}


def with_a_required_field() -> dict[str, Any]:
    schema = schemas.schema(GRADUATION.name)
    return {**schema, "fields": [*schema["fields"], {"name": "grade", "type": "double"}]}
