"""The publisher on a real broker and a real registry: the wire, and what it refuses."""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from saingan.errors import Fault
from saingan.exchange.provision import provision_topics
from saingan.publish import Publisher, delivery, publish_file
from saingan.publish.message import Message
from saingan.standard import identity
from saingan.standard.issues import Refused
from saingan.topics import EMPLOYMENT, ENROLMENT, MESSAGE_BOUND, OUTCOME, PERSON_PARTITIONS
from support import exports, make, servers, wire
from support.refusing import refuse_all

pytestmark = pytest.mark.flow


def employment(**fields):
    record = make.employment(**fields)
    return {name: value for name, value in record.items() if name != "person_key"}


def person(exchange, n):
    return identity.person_key(exchange.pseudonym_secret(), make.citizen_id(n))


def test_a_message_lies_on_the_partition_of_its_person_as_kafkas_own_partitioner_says(exchange):
    people = range(40)
    with Publisher(exchange) as publisher:
        for n in people:
            publisher.publish(EMPLOYMENT.name, employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n))
    expected = {}
    producer = Producer({"bootstrap.servers": exchange.bootstrap, "partitioner": "murmur2_random"})
    for n in people:
        key = person(exchange, n)
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
        publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
    (message,) = wire.messages(exchange, EMPLOYMENT)
    with SchemaRegistryClient({"url": exchange.registry_url}) as registry:
        decode = AvroDeserializer(registry)
        record = decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
    assert record == make.employment(
        person_key=person(exchange, 1),
        recorded_at=datetime(2025, 4, 10, 9, tzinfo=UTC),
        started_on=date(2025, 5, 1),
    )


def test_the_headers_are_those_of_a_cloud_event(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
    (message,) = wire.messages(exchange, EMPLOYMENT)
    found = wire.headers(message)
    assert found["ce_type"] == "th.workforce.v1.InsuredEmploymentRecord"
    assert found["ce_subject"] == "S-1"
    assert found["content-type"] == "application/avro"
    assert person(exchange, 1) not in str(found)


def test_each_delivery_is_reported(exchange):
    deliveries = []
    with Publisher(exchange, on_delivery=deliveries.append) as publisher:
        publisher.publish(EMPLOYMENT.name, employment(record_id="S/1", record_version=3), citizen_id=make.citizen_id(1))
    (delivery,) = deliveries
    assert (delivery.topic, delivery.record_id, delivery.record_version) == (EMPLOYMENT.name, "S/1", 3)
    assert delivery.partition == identity.partition(person(exchange, 1), PERSON_PARTITIONS)
    assert (delivery.offset, delivery.error) == (0, None)


def test_deliveries_are_reported_while_more_is_published(exchange):
    deliveries = []
    with Publisher(exchange, on_delivery=deliveries.append) as publisher:

        def reported():
            publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
            return deliveries

        assert servers.eventually(reported)


def test_what_was_published_before_an_error_of_the_program_is_delivered(exchange):
    def program():
        with Publisher(exchange) as publisher:
            publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        program()
    assert len(wire.messages(exchange, EMPLOYMENT)) == 1


def test_an_error_of_the_program_is_not_hidden_by_one_of_its_deliveries(exchange):
    def fails(_):
        raise LookupError

    def program():
        with Publisher(exchange, fails) as publisher:
            publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        program()


@pytest.mark.parametrize("each", [1, 400])
def test_several_threads_may_share_a_publisher(exchange, each):
    deliveries = []
    with Publisher(exchange, deliveries.append) as publisher, ThreadPoolExecutor(8) as threads:
        together = Barrier(8)

        def work(thread):
            together.wait()
            for n in range(each):
                record = employment(record_id=f"S-{thread}-{n}")
                publisher.publish(EMPLOYMENT.name, record, citizen_id=make.citizen_id(n))
                if n % 100 == thread:
                    publisher.flush()

        list(threads.map(work, range(8)))
    found = [message.key().split(b"/")[1] for message in wire.messages(exchange, EMPLOYMENT)]
    assert sorted(found) == sorted(f"S-{thread}-{n}".encode() for thread in range(8) for n in range(each))
    assert [delivery.error for delivery in deliveries] == [None] * 8 * each
    assert publisher.messages == 8 * each


def test_a_full_queue_is_waited_for(exchange, monkeypatch):
    monkeypatch.setattr(delivery, "QUEUED", 10)
    with Publisher(exchange) as publisher:
        for n in range(200):
            publisher.publish(EMPLOYMENT.name, employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n))
    assert len(wire.messages(exchange, EMPLOYMENT)) == 200


def test_a_message_of_the_greatest_length_goes_through_though_nothing_shortens_it(exchange):
    key, value = b"key", os.urandom(MESSAGE_BOUND - 3)
    queue = delivery.Queue(exchange, delivery.Reports(exchange, None))
    queue.put(exchange.wire(EMPLOYMENT.name), Message(key, value, 0, [("ce_subject", b"x" * 500)]))
    queue.flush()
    (message,) = wire.messages(exchange, EMPLOYMENT)
    assert message.value() == value


def test_a_publisher_does_not_go_to_another_process(exchange):
    with Publisher(exchange) as publisher:
        process = multiprocessing.get_context("spawn").Process(target=print, args=(publisher,))
        with pytest.raises(Fault, match="cannot go to another process: make one there"):
            process.start()


@pytest.mark.parametrize("record", [None, 5, "x", b"x", [("record_id", "S-1")], float("nan")])
def test_a_record_that_is_none_is_refused(exchange, record):
    with Publisher(exchange) as publisher, pytest.raises(Refused) as refused:
        publisher.publish(EMPLOYMENT.name, record, citizen_id=make.citizen_id(1))
    assert [(issue.field, issue.rule) for issue in refused.value.issues] == [("record", "type")]


def test_a_fork_is_told_that_it_needs_a_publisher_of_its_own_and_does_its_parents_no_harm(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, employment(record_id="S-1"), citizen_id=make.citizen_id(1))
        publisher.flush()
        child = os.fork()
        if not child:
            try:
                publisher.publish(EMPLOYMENT.name, employment(record_id="S-2"), citizen_id=make.citizen_id(1))
                publisher.flush()
            except Fault as fault:
                os._exit("a fork makes its own" in str(fault))
            os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        publisher.publish(EMPLOYMENT.name, employment(record_id="S-3"), citizen_id=make.citizen_id(1))
    assert [message.key().split(b"/")[1] for message in wire.messages(exchange, EMPLOYMENT)] == [b"S-1", b"S-3"]


def test_a_record_moves_from_one_person_to_another(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
        publisher.publish(
            EMPLOYMENT.name,
            employment(record_version=2),
            citizen_id=make.citizen_id(2),
            previous_citizen_id=make.citizen_id(1),
        )
        assert publisher.messages == 3
    keys = {message.key().decode(): wire.headers(message)["ce_id"] for message in wire.messages(exchange, EMPLOYMENT)}
    assert keys == {
        f"{person(exchange, 1)}/S-1/1": "S-1/1/UPSERT",
        f"{person(exchange, 1)}/S-1/2": "S-1/2/WITHDRAW/previous",
        f"{person(exchange, 2)}/S-1/2": "S-1/2/UPSERT",
    }


def test_nothing_of_a_refused_record_is_sent(exchange):
    with Publisher(exchange) as publisher, pytest.raises(Refused):
        publisher.publish(EMPLOYMENT.name, employment(section=34), citizen_id=make.citizen_id(1))
    assert wire.messages(exchange, EMPLOYMENT) == []


def test_another_pseudonym_key_than_the_exchanges_is_refused(exchange):
    other = exchange.model_copy(update={"pseudonym_key": type(exchange.pseudonym_key)("ab" * 32)})
    with pytest.raises(Fault, match="this pseudonym key is not the one of the exchange") as fault:
        Publisher(other)
    assert "ab" * 32 not in str(fault.value)


def test_an_exchange_that_has_no_key_yet_is_refused(exchange):
    new = exchange.model_copy(update={"topic_prefix": f"{exchange.topic_prefix}new."})
    provision_topics(new)
    with pytest.raises(Fault, match="no check value of its pseudonym key yet"):
        Publisher(new)
    servers.remove_topics(new)


def test_another_exchange_on_the_same_broker_gets_nothing_of_ours(exchange):
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    servers.create(admin, EMPLOYMENT.name, 1)  # that of an exchange without a prefix
    with Publisher(exchange) as publisher:
        for n in range(12):
            publisher.publish(EMPLOYMENT.name, employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n))
    servers.delete(admin, [EMPLOYMENT.name])
    assert len(wire.messages(exchange, EMPLOYMENT)) == 12


def test_an_exchange_without_topics_is_refused_within_seconds(exchange):
    with pytest.raises(Fault, match=r"nowhere\.exchange\.settings\.v1"):
        Publisher(exchange.model_copy(update={"topic_prefix": "nowhere."}))


def test_a_missing_topic_is_named(exchange):
    name = exchange.wire(ENROLMENT.name)
    servers.delete(AdminClient({"bootstrap.servers": exchange.bootstrap}), [name])
    publisher = Publisher(exchange)
    with pytest.raises(Fault, match=f"the broker has no topic {name}"):
        publisher.publish(ENROLMENT.name, make.enrolment())


def test_a_topic_of_the_exchange_itself_is_not_published_to(exchange):
    with pytest.raises(Fault, match=f"{OUTCOME.name} is not a topic that agencies publish to"):
        Publisher(exchange).publish(OUTCOME.name, {})


def test_what_the_broker_does_not_take_is_counted_and_raised(exchange):
    refuse_all(exchange)
    deliveries = []
    publisher = Publisher(exchange, on_delivery=deliveries.append)
    for n in range(3):
        publisher.publish(EMPLOYMENT.name, employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n))
    with pytest.raises(Fault, match="the broker did not take: 3 MSG_SIZE_TOO_LARGE"):
        publisher.flush()
    assert [delivery.error is None for delivery in deliveries] == [False] * 3
    publisher.flush()  # told once


def test_a_topic_that_goes_away_is_a_fault(exchange, monkeypatch):
    monkeypatch.setattr(delivery, "GONE_S", 3)
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
        publisher.flush()
        servers.delete(AdminClient({"bootstrap.servers": exchange.bootstrap}), [exchange.wire(EMPLOYMENT.name)])
        publisher.publish(EMPLOYMENT.name, employment(), citizen_id=make.citizen_id(1))
        with pytest.raises(Fault, match="the broker did not take: 1 _"):
            publisher.flush()


def test_a_file_that_the_broker_does_not_take_is_not_clean(exchange, tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n) for n in range(1, 4)])
    refuse_all(exchange)
    summary = publish_file(exchange, EMPLOYMENT.name, path, "sso-insured-employment")
    assert (summary.rows, summary.undelivered, summary.clean) == (3, 3, False)
    assert "3 MSG_SIZE_TOO_LARGE" in summary.stopped


def test_a_file_sent_twice_gives_the_same_messages_twice(exchange, tmp_path):
    moved = exports.sso(2, {"ลำดับการเปลี่ยนแปลง": "2", "เลขบัตรประชาชนเดิม": exports.dashed(3)})
    rows = [exports.sso(1, {"เลขบัตรประชาชนเดิม": ""}), moved, exports.sso(4, {"เลขบัตรประชาชนเดิม": "", "มาตรา": "?"})]
    path = exports.write_csv(tmp_path / "a.csv", rows)
    for _ in range(2):
        summary = publish_file(exchange, EMPLOYMENT.name, path, "sso-insured-employment")
        assert (summary.sent, summary.refused, summary.stopped) == (2, 1, None)
    found = [
        (message.partition(), message.key(), message.value(), tuple(message.headers()))
        for message in wire.messages(exchange, EMPLOYMENT)
    ]
    assert len(found) == 6
    assert len(set(found)) == 3
