"""The compose file is whole: what it names exists, what it starts is watched, and nothing is open to the network."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from saingan.local.parts import recipe
from saingan.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {name for name, service in SERVICES.items() if service["restart"] == "no"}

every_service = pytest.mark.parametrize("name", SERVICES)


@every_service
def test_a_service_that_stays_has_a_health_check(name: str) -> None:
    assert (name in ONE_SHOT) != ("healthcheck" in SERVICES[name])


@every_service
def test_what_a_service_waits_for_can_come_true(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert wait["condition"] == ("service_completed_successfully" if other in ONE_SHOT else "service_healthy")


@every_service
def test_ports_are_published_on_the_loopback_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@every_service
def test_volumes_are_declared_and_files_exist(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


@every_service
def test_settings_given_to_a_service_exist(name: str) -> None:
    ours = [key for key in SERVICES[name].get("environment", {}) if key.startswith("SAINGAN_")]
    assert {key.removeprefix("SAINGAN_").lower() for key in ours} <= set(Settings.model_fields)


@every_service
def test_images_are_pinned_or_built_here(name: str) -> None:
    service = SERVICES[name]
    assert "build" in service or service["image"].split(":")[1][:1].isdigit() or ":v" in service["image"]


def test_no_secret_stands_in_the_file() -> None:
    values = [(key, str(value)) for each in SERVICES.values() for key, value in each.get("environment", {}).items()]
    assert all(value.startswith("${") for key, value in values if "PASSWORD" in key or "PSEUDONYM" in key)


def test_the_worker_has_the_public_key_only() -> None:
    worker = SERVICES["worker"]
    assert worker["build"]["dockerfile"] == "deploy/Dockerfile"
    assert "SAINGAN_PSEUDONYM_KEY" not in worker["environment"]
    assert not any(volume.startswith("keys:") for volume in worker["volumes"])


def test_broker_and_registry_are_where_the_local_exchange_has_them() -> None:
    ports = [SERVICES[name]["ports"][0].split(":")[1] for name in ("kafka", "registry")]
    assert ports == [str(Settings.model_fields[name].default) for name in ("kafka_port", "registry_port")]


def test_containers_and_local_exchange_run_the_same_versions() -> None:
    pom = (recipe() / "pom.xml").read_text()
    for service, name in (("kafka", "kafka"), ("registry", "apicurio")):
        version = SERVICES[service]["image"].split(":")[1]
        assert f"<{name}.version>{version}</{name}.version>" in pom


def test_the_image_copies_what_exists_and_does_not_run_as_root() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert all((ROOT / source).exists() for source in copied)
    assert "USER saingan" in lines[lines.index('ENTRYPOINT ["saingan"]') - 2 :]


def test_prometheus_accepts_its_configuration(promtool: str) -> None:
    subprocess.run([promtool, "check", "config", ROOT / "deploy/prometheus/prometheus.yml"], check=True)
