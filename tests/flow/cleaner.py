"""The broker's log cleaner, made to run within a test: it compacts what a deployment would leave lying for days."""

import time
from collections.abc import Callable

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from saingan.settings import Settings
from saingan.topics import Topic

_SOON = {
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.0001",
    "max.compaction.lag.ms": "100",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}
_PATIENCE_S = 90.0


def hasten(settings: Settings, *topics: Topic) -> None:
    """Have these topics compacted at every turn of the cleaner, and the cleaner turn five times a second."""
    wanted = {ConfigResource(ResourceType.TOPIC, settings.wire(topic.name)): _SOON for topic in topics}
    wanted[ConfigResource(ResourceType.BROKER, "1")] = {"log.cleaner.backoff.ms": "200"}
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    for resource, entries in wanted.items():
        for name, value in entries.items():
            resource.add_incremental_config(ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET))
    for altered in admin.incremental_alter_configs(list(wanted)).values():
        altered.result()


def until_compacted(settings: Settings, topics: tuple[Topic, ...], probe: Callable[[], bool]) -> None:
    """Fill segments up, for the last one is never compacted, until the cleaner has brought about a condition."""
    producer = Producer({"bootstrap.servers": settings.bootstrap})
    deadline = time.monotonic() + _PATIENCE_S
    while not probe():
        assert time.monotonic() < deadline, "the cleaner did not come to it"
        for topic in topics:
            for partition in range(topic.partitions):
                producer.produce(settings.wire(topic.name), None, b"filler", partition)
        assert producer.flush(60) == 0
    producer.close()
