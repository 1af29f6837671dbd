"""A registry that is down is lag: not loss, and not dead letters."""

import json
from contextlib import closing

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from saingan import local
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import DEAD_LETTER, GRADUATION
from support.commands import Worker
from support.exchange_contents import checked, messages, outcome, positions, publish, put, send, settled
from support.make import OTHER_PERSON, PERSON, graduation

pytestmark = pytest.mark.flow


def test_a_worker_that_starts_while_the_registry_is_down_waits_for_it(own_registry: Settings) -> None:
    publish(own_registry, 200, seed=1)
    local.down(own_registry)

    with Worker(own_registry) as worker:
        worker.until(lambda: worker.metric("saingan_retries_total", what="registry") > 2)
        assert worker.page("/readyz") == (503, "waits for registry\n")
        assert worker.page("/healthz")[0] == 200
        assert not any(positions(own_registry).values())

        local.start(own_registry)
        worker.until(settled(own_registry))
        worker.until_ready()
        assert worker.stop() == 0
    checked(own_registry)


def test_while_the_registry_is_down_known_schemas_are_read_and_unknown_ones_are_waited_for(
    own_registry: Settings,
) -> None:
    first = graduation(person_key=OTHER_PERSON)
    send(own_registry, (GRADUATION, first))
    schema = schemas.schema(GRADUATION.name)
    remark = {"name": "remark", "type": ["null", "string"], "default": None, "doc": "For a test."}
    newer = {**schema, "fields": [*schema["fields"], remark]}

    with Worker(own_registry) as worker:
        worker.until(settled(own_registry))
        with closing(SchemaRegistryClient({"url": own_registry.registry_url})) as registry:
            subject = f"{own_registry.wire(GRADUATION.name)}-value"
            known = registry.get_latest_version(subject).schema_id
            unknown = registry.register_schema(subject, Schema(json.dumps(newer), "AVRO"))
        local.down(own_registry)

        corrected = {**first, "record_version": 2, "institution_code": "1320016102"}
        put(own_registry, GRADUATION, message(known, schema, corrected))
        worker.until(lambda: outcome(own_registry, OTHER_PERSON).institution_code == "1320016102")
        put(own_registry, GRADUATION, message(unknown, newer, graduation() | {"remark": None}))
        worker.until(lambda: worker.page("/readyz") == (503, "waits for registry\n"))

        local.start(own_registry)
        worker.until(settled(own_registry))
        assert worker.stop() == 0
    assert outcome(own_registry, PERSON) is not None
    assert messages(own_registry, DEAD_LETTER) == []
    checked(own_registry)


def message(schema_id: int, schema: dict, record: dict) -> tuple[bytes, bytes]:
    key = f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()
    return key, codec.frame(schema_id, codec.encode(codec.parse(schema), record))
