"""What becomes of messages on their way to the broker, and who is told."""

import os

import pytest
from confluent_kafka.admin import AdminClient

from saingan.errors import Fault
from saingan.publish import Publisher, delivery
from saingan.standard import identity
from saingan.topics import EMPLOYMENT, MESSAGE_BOUND, PERSON_PARTITIONS
from support import make, servers, wire
from support.refusing import refuse_all

pytestmark = pytest.mark.flow


def test_each_delivery_is_reported(exchange):
    deliveries = []
    with Publisher(exchange, on_delivery=deliveries.append) as publisher:
        publisher.publish(
            EMPLOYMENT.name, make.unkeyed_employment(record_id="S/1", record_version=3), citizen_id=make.citizen_id(1)
        )
    (delivery,) = deliveries
    assert (delivery.topic, delivery.record_id, delivery.record_version) == (EMPLOYMENT.name, "S/1", 3)
    assert delivery.partition == identity.partition(wire.person_key(exchange, 1), PERSON_PARTITIONS)
    assert (delivery.offset, delivery.error) == (0, None)


def test_deliveries_are_reported_while_more_is_published(exchange):
    deliveries = []
    with Publisher(exchange, on_delivery=deliveries.append) as publisher:

        def reported():
            publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
            return deliveries

        assert servers.eventually(reported)


def test_a_full_queue_is_waited_for(exchange, monkeypatch):
    monkeypatch.setattr(delivery, "QUEUED", 10)
    with Publisher(exchange) as publisher:
        for n in range(200):
            publisher.publish(
                EMPLOYMENT.name, make.unkeyed_employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n)
            )
    assert len(wire.messages(exchange, EMPLOYMENT)) == 200


def test_a_message_of_the_greatest_length_goes_through_though_nothing_shortens_it(exchange):
    key, value = b"key", os.urandom(MESSAGE_BOUND - 3)
    queue = delivery.Queue(exchange, delivery.reports(exchange, None))
    queue.put(exchange.wire(EMPLOYMENT.name), key, value, [("ce_subject", b"x" * 500)], 0)
    queue.flush()
    (message,) = wire.messages(exchange, EMPLOYMENT)
    assert message.value() == value


def test_what_the_broker_does_not_take_is_counted_and_raised(exchange):
    refuse_all(exchange)
    deliveries = []
    publisher = Publisher(exchange, on_delivery=deliveries.append)
    for n in range(3):
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n))
    with pytest.raises(Fault, match="the broker did not take: 3 MSG_SIZE_TOO_LARGE"):
        publisher.flush()
    assert [delivery.error is None for delivery in deliveries] == [False] * 3
    publisher.flush()  # told once


def test_a_topic_that_goes_away_is_a_fault(exchange, monkeypatch):
    monkeypatch.setattr(delivery, "GONE_S", 3)
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
        publisher.flush()
        servers.delete(AdminClient({"bootstrap.servers": exchange.bootstrap}), [exchange.wire(EMPLOYMENT.name)])
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
        with pytest.raises(Fault, match="the broker did not take: 1 _"):
            publisher.flush()


@pytest.mark.parametrize("call", ["publish", "flush"])
def test_a_delivery_callback_that_publishes_or_flushes_is_refused_by_name(exchange, call):
    def again(_: object) -> None:
        if call == "flush":
            publisher.flush()
        else:
            publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))

    publisher = Publisher(exchange, on_delivery=again)
    publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
    with pytest.raises(Fault, match="a report of a delivery cannot publish or flush"):
        publisher.flush()
    assert len(wire.messages(exchange, EMPLOYMENT)) == 1
