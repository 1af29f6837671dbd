"""A broker that takes nothing."""

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support import servers


def refuse_all(exchange: Settings) -> None:
    """Make the broker take no message of the employment topic."""
    topic = exchange.wire(EMPLOYMENT.name)
    servers.alter(AdminClient({"bootstrap.servers": exchange.bootstrap}), topic, "max.message.bytes", "10")
    refused = []
    producer = Producer({"bootstrap.servers": exchange.bootstrap})

    def told(error, _):
        refused.append(error and error.name())

    def refuses():
        refused.clear()
        for partition in range(EMPLOYMENT.partitions):
            producer.produce(topic, b"probe", partition=partition, on_delivery=told)
        # Another error, as of a topic that has just come, would say nothing of the size.
        return producer.flush(60) == 0 and refused == ["MSG_SIZE_TOO_LARGE"] * EMPLOYMENT.partitions

    assert servers.eventually(refuses)
