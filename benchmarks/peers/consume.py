"""What reading alone costs: all of a deployment's input, undecoded or decoded. Says the number of records taken."""

import argparse
import io
from collections.abc import Callable
from typing import Any, Final

from confluent_kafka import Consumer, TopicPartition
from fastavro import parse_schema, schemaless_reader

from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.codec import parse
from saingan.standard.decoder import Decoder
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic

Decode = Callable[[bytes], Any]
_AT_ONCE: Final = 10_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--decode", choices=("fastavro", "saingan"))
    how = arguments.parse_args().decode
    settings = Settings()
    topics = {settings.wire(topic.name): topic for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION)}
    decode = {name: _DECODERS[how](topic, settings) for name, topic in topics.items()}
    consumer = Consumer(
        {
            "bootstrap.servers": settings.bootstrap,
            "group.id": "consume",
            "enable.auto.commit": False,
            "fetch.message.max.bytes": 16 * 1024 * 1024,
            "queued.max.messages.kbytes": 256 * 1024,
        }
    )
    consumer.assign([TopicPartition(name, number, 0) for name, t in topics.items() for number in range(t.partitions)])
    while True:
        messages = consumer.consume(_AT_ONCE, timeout=0.1)
        for message in messages:
            topic, value = message.topic(), message.value()
            if topic is not None and value is not None:
                decode[topic](value)
        if messages:
            print(len(messages), flush=True)


def _fastavro(topic: Topic, _: Settings) -> Decode:
    """Without logical types, which cost as much again."""
    parsed = parse_schema(_plain(schemas.schema(topic.name)))

    def decode(value: bytes) -> Any:
        return schemaless_reader(io.BytesIO(value[5:]), parsed, parsed)

    return decode


def _saingan(topic: Topic, settings: Settings) -> Decode:
    ours = parse(schemas.schema(topic.name))
    with Registry(settings) as registry:
        (writer,) = registry.writer_schemas(topic.name).values()
    return Decoder(parse(writer), ours).values


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items() if name != "logicalType"}
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema


_DECODERS: Final[dict[str | None, Callable[[Topic, Settings], Decode]]] = {
    None: lambda *_: len,
    "fastavro": _fastavro,
    "saingan": _saingan,
}

if __name__ == "__main__":
    main()
