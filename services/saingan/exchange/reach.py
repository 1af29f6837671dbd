"""Whether the parts of an exchange answer, within seconds: a missing one is a clear word, never a silent hang."""

import socket
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx2 import HTTPError, InvalidURL

from saingan.errors import Fault
from saingan.exchange import kafka
from saingan.exchange.kafka import TIMEOUT_S
from saingan.settings import Settings
from saingan.topics import Topic


def broker_answers(settings: Settings) -> bool:
    """Whether a Kafka broker answers."""
    return _client(settings) is not None


def _client(settings: Settings) -> AdminClient | None:
    # A refused connection is known at once; librdkafka would go on trying until its time is over.
    if not any(_accepts(address) for address in kafka.addresses(settings)):
        return None
    client = kafka.admin(settings)
    try:
        client.list_topics(timeout=TIMEOUT_S)
    except KafkaException:
        return None
    return client


def registry_answers(settings: Settings) -> bool:
    """Whether a Confluent-compatible registry answers."""
    try:
        with closing(kafka.registry(settings, retries=0)) as client:
            client.get_subjects()
    except (
        SchemaRegistryError,
        HTTPError,
        InvalidURL,
        OSError,
        ValueError,
    ):  # not there, not a registry, not an address
        return False
    return True


def broker(settings: Settings) -> AdminClient:
    """A client of a broker that answers. Raises `Fault` where none does."""
    client = _client(settings)
    if client is None:
        fix = "check SAINGAN_KAFKA and that broker" if settings.kafka else "`saingan up` starts the local one"
        raise Fault(f"no Kafka broker answers at {settings.bootstrap}: {fix}")
    return client


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def port_taken(port: int) -> bool:
    """Whether another process listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_S / 2).close()
    except (OSError, ValueError):
        return False
    return True


def topic_ids(settings: Settings, admin: AdminClient, topics: Collection[Topic]) -> dict[str, str]:
    """The broker's ids of topics, by the standard's name: a topic that is created anew gets another."""
    names = {settings.wire(topic.name): topic.name for topic in topics}
    described = admin.describe_topics(TopicCollection(list(names)), request_timeout=TIMEOUT_S)
    return {names[name]: str(answer.result().topic_id) for name, answer in described.items()}
