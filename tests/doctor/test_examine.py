"""The doctor names what is missing or differs, says how to fix it, and changes nothing."""

import json
import os
import socket
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from pydantic import SecretStr

from saingan.doctor.examine import Finding, examine
from saingan.exchange.keys import make_operator_keys
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.topics import CERTIFICATION, ENROLMENT
from support import servers


def troubles(settings: Settings, **env: str) -> dict[str, Finding]:
    found = {each.name: each for each in examine(settings, {**os.environ, **env}) if not each.ok}
    assert all(each.detail and each.remedy for each in found.values())
    return found


@pytest.mark.flow
def test_a_whole_exchange_has_no_troubles(exchange: Settings) -> None:
    assert troubles(exchange) == {}


@pytest.mark.flow
def test_a_missing_topic_and_one_with_other_partitions_are_named(exchange: Settings) -> None:
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    absent, other = exchange.wire(ENROLMENT.name), exchange.wire(CERTIFICATION.name)
    servers.delete(admin, [absent, other])
    servers.create(admin, other, partitions=2)

    found = troubles(exchange)

    assert found[f"topic {absent}"].detail == "absent"
    assert found[f"topic {absent}"].remedy == "`saingan up` sets it"
    [counted] = [each for each in examine(exchange) if each.detail == "partitions is 2, wanted 6"]
    assert counted.name == f"topic {other}"
    assert "delete the topic" in counted.remedy


@pytest.mark.flow
def test_schemas_that_are_not_registered_are_named(exchange: Settings) -> None:
    elsewhere = exchange.model_copy(update={"topic_prefix": f"none.{exchange.topic_prefix}"})

    assert f"schema {elsewhere.wire(ENROLMENT.name)}" in troubles(elsewhere)


@pytest.mark.flow
def test_a_schema_that_was_registered_with_references_is_named(exchange: Settings) -> None:
    subject, office = f"{exchange.wire(CERTIFICATION.name)}-value", f"{exchange.topic_prefix}office"
    type_of_office = {"type": "record", "name": "Office", "namespace": "o", "fields": [{"name": "n", "type": "int"}]}
    ours = schemas.schema(CERTIFICATION.name)
    further = {"name": "office", "type": ["null", "o.Office"], "default": None}
    with SchemaRegistryClient({"url": exchange.registry_url}) as client:
        client.register_schema(office, Schema(json.dumps(type_of_office), "AVRO"))
        text = json.dumps({**ours, "fields": [*ours["fields"], further]})
        schema_id = client.register_schema(subject, Schema(text, "AVRO", [SchemaReference("o.Office", office, 1)]))

    (found,) = troubles(exchange).values()

    assert found.name == f"schema {exchange.wire(CERTIFICATION.name)}"
    assert f"schema id {schema_id} become dead letters" in found.detail
    assert "names a type of another schema" in found.detail


@pytest.mark.flow
def test_another_pseudonym_key_is_named(exchange: Settings) -> None:
    other = exchange.model_copy(update={"pseudonym_key": SecretStr("cd" * 32)})

    assert list(troubles(other)) == ["pseudonym key"]


def test_a_machine_with_nothing_is_told_everything(tmp_path: Path) -> None:
    port = servers.free_ports(3)
    settings = Settings(home=tmp_path / "exchange", kafka_port=port, registry_port=port + 2)

    found = troubles(settings, PATH=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))

    assert list(found) == ["Java", "Maven", "kafka", "registry", "operator's key"]
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_another_process_has_is_named(tmp_path: Path) -> None:
    port = servers.free_ports(3)
    with socket.create_server(("127.0.0.1", port + 1)):
        found = troubles(Settings(home=tmp_path, kafka_port=port, registry_port=port + 2))

    assert found[f"port {port + 1} (kafka)"].detail == "taken by another process"
    assert f"port {port} (kafka)" not in found


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://saingan:secret@127.0.0.1:{servers.free_ports(1)}/saingan"

    found = troubles(Settings(home=tmp_path, kafka_port=servers.free_ports(2), database=nowhere))

    assert "does not answer" in found["database"].detail
    assert "secret" not in found["database"].detail


def test_a_private_key_that_others_may_read_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, kafka_port=servers.free_ports(2))
    make_operator_keys(settings)
    settings.private_key_file.chmod(0o644)

    assert "chmod 600" in troubles(settings)["operator's key"].remedy
