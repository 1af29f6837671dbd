"""What an exchange needs on its broker and in its registry, made from the topic map. Done twice, it changes nothing."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from saingan.errors import Fault
from saingan.exchange.kafka import TIMEOUT_S
from saingan.exchange.reach import broker
from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.topics import TOPICS, Topic

_T = TypeVar("_T")
_POLL_S = 0.02
_RETRIES = 3  # of the registry: one that has just begun, on a busy machine, may be late
WITH_SCHEMA = tuple(topic for topic in TOPICS.values() if topic.record)


@dataclass(frozen=True)
class Deviation:
    """Where a broker differs from the map: ``what`` is ``topic``, ``partitions`` or the name of a broker's setting."""

    topic: Topic
    what: str
    wanted: str
    found: str


def deviations(settings: Settings, admin: AdminClient) -> list[Deviation]:
    """All differences between the broker's topics and the map."""
    there = _partitions(admin)
    present = [topic for topic in TOPICS.values() if settings.wire(topic.name) in there]
    found = [Deviation(topic, "topic", "present", "absent") for topic in TOPICS.values() if topic not in present]
    for topic in present:
        partitions = there[settings.wire(topic.name)]
        if partitions != topic.partitions:
            found.append(Deviation(topic, "partitions", str(topic.partitions), str(partitions)))
    return found + list(_settings_that_differ(settings, admin, present))


def provision_topics(settings: Settings) -> None:
    """Create absent topics, and set settings that differ.

    Raises:
        Fault: a partition count differs, and cannot be changed in place.
    """
    admin = broker(settings)
    found = deviations(settings, admin)
    if miscounted := [each for each in found if each.what == "partitions"]:
        names = ", ".join(settings.wire(each.topic.name) for each in miscounted)
        raise Fault(f"{names}: the number of partitions is not the right one; `saingan doctor` shows the fix")
    absent = [each.topic for each in found if each.what == "topic"]
    if absent:
        _create(settings, admin, absent)
    for each in found:
        if each.what != "topic":
            _set(settings, admin, each)


def provision_schemas(settings: Settings, restrict: bool = False) -> None:
    """Register each topic's schema, under the compatibility that the standard asks for.

    Args:
        restrict: set it for all of the registry, too, which one that is given keeps else as it is.
    """
    with Registry(settings, _RETRIES) as registry:
        if restrict or settings.registry is None:
            registry.restrict()
        for topic in WITH_SCHEMA:
            registry.register(topic.name)


def _wanted(settings: Settings, topic: Topic) -> dict[str, str]:
    # With three copies, two must have a record before it is acknowledged, and one broker may be away.
    return topic.config | {"min.insync.replicas": str(max(1, settings.replication - 1))}


def _settings_that_differ(settings: Settings, admin: AdminClient, topics: list[Topic]) -> Iterator[Deviation]:
    if not topics:
        return
    resources = {ConfigResource(ResourceType.TOPIC, settings.wire(topic.name)): topic for topic in topics}
    for resource, answer in admin.describe_configs(list(resources), request_timeout=TIMEOUT_S).items():
        topic, entries = resources[resource], _result(answer)
        for name, wanted in _wanted(settings, topic).items():
            if set(entries[name].value.split(",")) != set(wanted.split(",")):
                yield Deviation(topic, name, wanted, entries[name].value)


def _create(settings: Settings, admin: AdminClient, topics: list[Topic]) -> None:
    new = [
        NewTopic(
            settings.wire(topic.name),
            num_partitions=topic.partitions,
            replication_factor=settings.replication,
            config=_wanted(settings, topic),
        )
        for topic in topics
    ]
    # Both in seconds: for the answer, and for the broker to wait until the topics can be written to.
    for created in admin.create_topics(new, request_timeout=2 * TIMEOUT_S, operation_timeout=TIMEOUT_S).values():
        error = created.exception()
        if not (isinstance(error, KafkaException) and error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS):
            _result(created)  # one that was made meanwhile, by another `up`, is as good
    _await(admin, {each.topic for each in new})


def _await(admin: AdminClient, names: set[str]) -> None:
    """The controller has made them; the brokers learn of it a moment later."""
    deadline = time.monotonic() + TIMEOUT_S
    while not names <= _partitions(admin).keys():
        if time.monotonic() > deadline:
            raise Fault(f"the broker does not show its new topics within {TIMEOUT_S:.0f} s; try `saingan up` again")
        time.sleep(_POLL_S)


def _set(settings: Settings, admin: AdminClient, each: Deviation) -> None:
    entry = ConfigEntry(each.what, each.wanted, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, settings.wire(each.topic.name), incremental_configs=[entry])
    for changed in admin.incremental_alter_configs([resource], request_timeout=TIMEOUT_S).values():
        _result(changed)


def _partitions(admin: AdminClient) -> dict[str, int]:
    """The broker's topics and their numbers of partitions."""
    try:
        return {name: len(topic.partitions) for name, topic in admin.list_topics(timeout=TIMEOUT_S).topics.items()}
    except KafkaException as error:
        raise Fault(f"the broker does not list its topics: {error.args[0].str()}") from None


def _result(answer: Future[_T]) -> _T:
    try:
        return answer.result()
    except KafkaException as error:
        raise Fault(f"the broker refused: {error.args[0].str()}") from None
