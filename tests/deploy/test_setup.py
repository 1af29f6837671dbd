"""What compose's `setup` runs, against Apicurio as compose configures it: on Kafka, and given to `saingan up`."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from saingan import local
from saingan.exchange import provision, reach
from saingan.local import parts
from saingan.local.processes import Process, stop
from saingan.settings import Settings
from support import servers

pytestmark = pytest.mark.flow

SERVICES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text())["services"]


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A broker of the test's own, and compose's registry on it, both of which are given to `saingan up`."""
    port = servers.free_ports(4)
    own = Settings(home=tmp_path / "own", kafka_port=port, registry_port=port + 2)
    local.start(own)
    own_variables = {
        "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": own.bootstrap,
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_HTTP_PORT": str(port + 3),
    }
    for name, value in (SERVICES["registry"]["environment"] | own_variables).items():
        monkeypatch.setenv(name, value)
    found = parts.obtain(print)
    registry = Process("kafkasql-registry", tmp_path / "kafkasql")
    registry.start([found.java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar", str(found.registry_jar)])
    settings = Settings(
        home=tmp_path / "given",
        kafka=own.bootstrap,
        registry=f"http://127.0.0.1:{port + 3}/apis/ccompat/v7",
        pseudonym_key=bytes(range(32)).hex(),
    )
    registry.wait_until(lambda: reach.registry_answers(settings))
    yield settings
    stop([registry])
    local.down(own)


def test_the_registry_of_compose_takes_nothing_that_breaks_what_is_there(given: Settings) -> None:
    assert level(given) == "NONE"
    (command,) = SERVICES["setup"]["command"]
    words = shlex.split(command.split("&&")[0])
    assert words[0] == "saingan"
    environment = os.environ | {
        "SAINGAN_HOME": str(given.home),
        "SAINGAN_KAFKA": str(given.kafka),
        "SAINGAN_REGISTRY": str(given.registry),
        "SAINGAN_PSEUDONYM_KEY": bytes(range(32)).hex(),
    }
    subprocess.run([sys.executable, "-m", *words], env=environment, check=True, capture_output=True)
    assert level(given) == "FULL_TRANSITIVE"
    subjects = json.load(urlopen(f"{given.registry}/subjects", timeout=10))
    assert set(subjects) == {f"{topic.name}-value" for topic in provision.WITH_SCHEMA}


def level(settings: Settings) -> str:
    """The registry's own compatibility, for subjects that have none."""
    answer: str = json.load(urlopen(f"{settings.registry}/config", timeout=10))["compatibilityLevel"]
    return answer
