"""The compose file is whole: what it names exists, what it starts is watched, and nothing is open to the network."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from pathspec import GitIgnoreSpec
from sqlalchemy import make_url

from saingan.local.parts import recipe
from saingan.metrics import Metrics
from saingan.settings import ENV_FILE, Settings

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


def test_each_alert_fires_for_what_it_is_there_for_and_none_where_all_is_well(promtool: str) -> None:
    subprocess.run([promtool, "test", "rules", ROOT / "tests/deploy/alerts_test.yml"], check=True)


def test_every_alert_is_tried_says_what_to_do_and_goes_by_metrics_that_there_are() -> None:
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
    tried = yaml.safe_load((ROOT / "tests/deploy/alerts_test.yml").read_text())["tests"]
    fired = {case["alertname"] for test in tried for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert {rule["alert"] for rule in rules} == fired
    assert all(rule["annotations"].keys() == {"summary", "action"} for rule in rules)
    series = {name for family in Metrics().registry.collect() for name in (family.name, f"{family.name}_total")}
    assert {name for rule in rules for name in re.findall(r"saingan_\w+", rule["expr"])} <= series


@every_service
def test_no_service_has_what_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["mem_limit"].endswith("g")
    assert ("cap_add" in service) == (name == "postgres")


def test_postgres_has_the_shared_memory_that_parallel_queries_need() -> None:
    assert SERVICES["postgres"]["shm_size"] == "256m"


def test_a_worker_writes_nowhere_but_to_its_temporary_folder() -> None:
    worker = SERVICES["worker"]
    assert worker["read_only"] is True
    assert Path(worker["environment"]["SAINGAN_HOME"]).is_relative_to(worker["tmpfs"][0])


def test_the_env_file_is_made_as_the_head_says_for_its_owner_alone_and_has_all_that_compose_asks_for(
    tmp_path: Path,
) -> None:
    made = dotenv(tmp_path)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    given = dotenv_values(made)
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text().split("name: saingan", 1)[1]))
    assert asked <= given.keys()
    assert len(given["POSTGRES_PASSWORD"] or "") == 32


def test_a_command_beside_compose_has_the_settings_of_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = dotenv_values(dotenv(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ENV_FILE)
    settings = Settings()
    assert settings.pseudonym_secret() == bytes.fromhex(given["SAINGAN_PSEUDONYM_KEY"] or "")
    url, port = make_url(settings.database_url), SERVICES["postgres"]["ports"][0].split(":")[1]
    owner = SERVICES["postgres"]["environment"]
    assert (url.password, url.username, url.database) == (
        given["POSTGRES_PASSWORD"],
        owner["POSTGRES_USER"],
        owner["POSTGRES_DB"],
    )
    assert (url.host, str(url.port)) == ("127.0.0.1", port)


def dotenv(folder: Path) -> Path:
    """`.env`, made in a folder by the lines in the head of the compose file that do so."""
    head = (ROOT / "docker-compose.yml").read_text().split("\nname:", 1)[0]
    lines = [line.removeprefix("#   ") for line in head.splitlines() if line.startswith("#   ") and ".env" in line]
    subprocess.run(["sh", "-ec", "umask 022\n" + "\n".join(lines)], cwd=folder, check=True)
    return folder / ".env"


def test_git_ignores_the_env_file() -> None:
    subprocess.run(["git", "check-ignore", "--quiet", ".env"], cwd=ROOT, check=True)


def test_nothing_that_was_built_on_the_host_and_no_secret_gets_into_the_image() -> None:
    lines = (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
    # As git's, but for where a pattern begins: Docker's always does so at the context's root.
    ignored = GitIgnoreSpec.from_lines(f"!/{line[1:]}" if line.startswith("!") else f"/{line}" for line in lines)
    for kept_out in (
        "services/saingan/engine/stream.cpython-311-x86_64-linux-gnu.so",
        "services/saingan__mypyc.cpython-311-x86_64-linux-gnu.so",
        "services/saingan/engine/__pycache__/stream.pyc",
        ".env",
        ".git/config",
        ".saingan/keys/pseudonym.key",
    ):
        assert ignored.match_file(kept_out), kept_out
    for sent in (
        "services/saingan/engine/intake/topic_reader.py",
        "schemas/codes/field_match.csv",
        "deploy/local/pom.xml",
    ):
        assert not ignored.match_file(sent), sent
