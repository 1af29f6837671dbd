"""Clients of strangers, with their defaults, send as fast as they can: every record that is queued is on its topic."""

import os
import subprocess
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Message, Producer

from saingan.local import parts
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import EMPLOYMENT
from support.exchange_contents import ends
from support.make import PERSON, employment

pytestmark = pytest.mark.flow

CLIENT = ("kafka-clients", "slf4j-api")  # jars that the broker brings
FLOOD = Path(__file__).parent / "Flood.java"
SCHEMA = codec.parse(schemas.schema(EMPLOYMENT.name))
# With a sealed identity, which does not compress: so the client's batches stay as large as it makes them.
VALUES = [codec.frame(1, codec.encode(SCHEMA, employment(identity=os.urandom(300)))) for _ in range(1_000)]


def on_topic(settings: Settings) -> int:
    return sum(ends(settings, EMPLOYMENT).values())


def test_a_stock_producer_of_librdkafka_sends_200_000_records_queued_at_once(exchange: Settings) -> None:
    refused: list[str] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            refused.append(error.name())

    queued_at_once = {"queue.buffering.max.messages": 200_000}  # else it says that its queue is full
    producer = Producer({"bootstrap.servers": exchange.bootstrap, "compression.type": "lz4", **queued_at_once})
    topic = exchange.wire(EMPLOYMENT.name)
    for number in range(200_000):
        producer.produce(topic, VALUES[number % len(VALUES)], f"{PERSON}/S-{number}/1", on_delivery=delivered)
    assert producer.flush(120) == 0

    assert refused == []
    assert on_topic(exchange) == 200_000


def test_a_stock_producer_of_java_sends_50_000_records(exchange: Settings) -> None:
    broker = parts.obtain(print)
    jars = [jar for jar in broker.kafka_classpath.split(os.pathsep) if Path(jar).name.startswith(CLIENT)]
    command = [broker.java, "-cp", os.pathsep.join(jars), FLOOD, exchange.bootstrap, exchange.wire(EMPLOYMENT.name)]
    ran = subprocess.run(command, input=VALUES[0], capture_output=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    assert on_topic(exchange) == 50_000
