"""What stands on the broker."""

from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from saingan.settings import Settings
from saingan.standard import identity
from saingan.topics import Topic
from support import make


def messages(settings: Settings, topic: Topic) -> list[Message]:
    """All messages of a topic, in the order of each partition."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.bootstrap,
            "group.id": settings.wire("test"),
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        name = settings.wire(topic.name)
        partitions = consumer.list_topics(name, timeout=60).topics[name].partitions
        consumer.assign([TopicPartition(name, partition, OFFSET_BEGINNING) for partition in partitions])
        found: list[Message] = []
        ended = 0
        while ended < len(partitions):
            message = consumer.poll(60)
            assert message is not None, "the broker does not answer"
            error = message.error()
            if error is None:
                found.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended += 1
            else:
                raise KafkaException(error)
        return found
    finally:
        consumer.close()


def headers(message: Message) -> dict[str, Any]:
    return {name: (value or b"").decode() for name, value in message.headers() or []}


def person_key(settings: Settings, n: int) -> str:
    """The pseudonym that the n-th synthetic citizen has in this exchange."""
    return identity.person_key(settings.pseudonym_secret(), make.citizen_id(n))
