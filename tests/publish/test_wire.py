"""What a publisher puts on the wire, as other clients see it."""

from datetime import UTC, date, datetime

import pytest
from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from saingan.publish import Publisher
from saingan.topics import EMPLOYMENT, ENROLMENT, PERSON_PARTITIONS
from support import make, wire

pytestmark = pytest.mark.flow


def test_a_message_lies_on_the_partition_of_its_person_as_kafkas_own_partitioner_says(exchange):
    people = range(40)
    with Publisher(exchange) as publisher:
        for n in people:
            publisher.publish(
                EMPLOYMENT.name, make.unkeyed_employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n)
            )
    expected = {}
    producer = Producer({"bootstrap.servers": exchange.bootstrap, "partitioner": "murmur2_random"})
    for n in people:
        key = wire.person_key(exchange, n)
        producer.produce(
            exchange.wire(ENROLMENT.name),
            key=key,
            on_delivery=lambda _, message, key=key, n=n: expected.update({f"{key}/S-{n}/1": message.partition()}),
        )
    assert producer.flush(10) == 0
    found = {message.key().decode(): message.partition() for message in wire.messages(exchange, EMPLOYMENT)}
    assert found == expected
    assert set(found.values()) == set(range(PERSON_PARTITIONS))


def test_any_confluent_client_decodes_the_value(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
    (message,) = wire.messages(exchange, EMPLOYMENT)
    with SchemaRegistryClient({"url": exchange.registry_url}) as registry:
        decode = AvroDeserializer(registry)
        record = decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
    assert record == make.employment(
        person_key=wire.person_key(exchange, 1),
        recorded_at=datetime(2025, 4, 10, 9, tzinfo=UTC),
        started_on=date(2025, 5, 1),
    )


def test_the_headers_are_those_of_a_cloud_event(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
    (message,) = wire.messages(exchange, EMPLOYMENT)
    found = wire.headers(message)
    assert found["ce_type"] == "th.workforce.v1.InsuredEmploymentRecord"
    assert found["ce_subject"] == "S-1"
    assert found["content-type"] == "application/avro"
    assert wire.person_key(exchange, 1) not in str(found)


def test_a_record_moves_from_one_person_to_another(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
        publisher.publish(
            EMPLOYMENT.name,
            make.unkeyed_employment(record_version=2),
            citizen_id=make.citizen_id(2),
            previous_citizen_id=make.citizen_id(1),
        )
        assert publisher.messages == 3
    keys = {message.key().decode(): wire.headers(message)["ce_id"] for message in wire.messages(exchange, EMPLOYMENT)}
    assert keys == {
        f"{wire.person_key(exchange, 1)}/S-1/1": "S-1/1/UPSERT",
        f"{wire.person_key(exchange, 1)}/S-1/2": "S-1/2/WITHDRAW/previous",
        f"{wire.person_key(exchange, 2)}/S-1/2": "S-1/2/UPSERT",
    }
