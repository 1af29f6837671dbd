"""The broker and the registry are made to be as the map says."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, ConfigEntry, ConfigResource, ResourceType
from confluent_kafka.schema_registry import SchemaRegistryClient

from saingan import local
from saingan.errors import Fault
from saingan.exchange import provision
from saingan.settings import Settings
from saingan.topics import BATCH_BOUND, DEAD_LETTER, ENROLMENT, GRADUATION, OUTCOME, TOPICS
from support import servers

pytestmark = pytest.mark.flow


@pytest.fixture
def admin(exchange: Settings) -> AdminClient:
    return AdminClient({"bootstrap.servers": exchange.bootstrap})


@pytest.fixture
def bare(exchange: Settings) -> Settings:
    """A deployment of its own on the same broker, with nothing in it yet."""
    return exchange.model_copy(update={"topic_prefix": f"bare.{exchange.topic_prefix}"})


def configuration(admin: AdminClient, wire_name: str) -> dict[str, Any]:
    resource = ConfigResource(ResourceType.TOPIC, wire_name)
    entries: dict[str, ConfigEntry] = admin.describe_configs([resource])[resource].result()
    return {name: entry.value for name, entry in entries.items()}


def test_every_topic_of_the_map_is_there_with_its_partitions_and_its_settings(
    exchange: Settings, admin: AdminClient
) -> None:
    there = admin.list_topics().topics
    for topic in TOPICS.values():
        name = exchange.wire(topic.name)
        assert len(there[name].partitions) == topic.partitions
        assert topic.config.items() <= configuration(admin, name).items() | {("cleanup.policy", "compact,delete")}


def test_an_exchange_that_is_as_the_map_says_has_no_deviations(exchange: Settings, admin: AdminClient) -> None:
    assert provision.deviations(exchange, admin) == []


def test_an_empty_broker_deviates_in_every_topic(bare: Settings, admin: AdminClient) -> None:
    assert [each.topic for each in provision.deviations(bare, admin) if each.what == "topic"] == list(TOPICS.values())


def test_a_setting_that_was_changed_by_hand_is_named_and_set_again(exchange: Settings, admin: AdminClient) -> None:
    name = exchange.wire(GRADUATION.name)
    servers.alter(admin, name, "cleanup.policy", "delete")

    assert servers.eventually(
        lambda: (
            provision.deviations(exchange, admin)
            == [provision.Deviation(GRADUATION, "cleanup.policy", "compact", "delete")]
        )
    )

    provision.provision_topics(exchange)

    assert servers.eventually(lambda: provision.deviations(exchange, admin) == [])


def test_topics_that_were_made_for_batches_of_256_kib_take_larger_ones_after_up(
    exchange: Settings, admin: AdminClient
) -> None:
    made_before = [ENROLMENT, OUTCOME, DEAD_LETTER]
    for topic in made_before:
        servers.alter(admin, exchange.wire(topic.name), "max.message.bytes", "262144")
    assert servers.eventually(lambda: len(provision.deviations(exchange, admin)) == len(made_before))

    local.up(exchange)

    assert servers.eventually(lambda: provision.deviations(exchange, admin) == [])
    for topic in made_before:
        assert configuration(admin, exchange.wire(topic.name))["max.message.bytes"] == str(BATCH_BOUND)


def test_another_number_of_partitions_is_a_fault_and_is_left_alone(bare: Settings, admin: AdminClient) -> None:
    name = bare.wire(ENROLMENT.name)
    servers.create(admin, name, partitions=2)

    with pytest.raises(Fault, match=r"the number of partitions is not the right one"):
        provision.provision_topics(bare)

    assert len(admin.list_topics().topics[name].partitions) == 2
    servers.delete(admin, [name])


def test_schemas_are_registered_under_full_transitive_compatibility(exchange: Settings) -> None:
    with SchemaRegistryClient({"url": exchange.registry_url}) as client:
        for topic in provision.WITH_SCHEMA:
            subject = f"{exchange.wire(topic.name)}-value"
            assert client.get_versions(subject) == [1]
            assert client.get_compatibility(subject) == "FULL_TRANSITIVE"


def test_provisioning_twice_changes_nothing(exchange: Settings, admin: AdminClient) -> None:
    local.up(exchange)

    assert provision.deviations(exchange, admin) == []
    with SchemaRegistryClient({"url": exchange.registry_url}) as client:
        assert client.get_versions(f"{exchange.wire(ENROLMENT.name)}-value") == [1]


def test_two_that_provision_one_exchange_at_the_same_time_both_succeed(bare: Settings, admin: AdminClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(provision.provision_topics, bare) for _ in range(4)]:
            done.result()

    assert provision.deviations(bare, admin) == []
    servers.remove_topics(bare)
