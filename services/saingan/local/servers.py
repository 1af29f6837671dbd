"""The two servers of a local exchange: how each is started on the loopback, with its data in the exchange's folder."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from saingan.errors import Fault
from saingan.exchange import reach
from saingan.local.parts import Parts, recipe
from saingan.local.processes import Process
from saingan.settings import Settings

_CLUSTER = "saingan-local-exchange"  # a cluster id is any 22 characters


@dataclass(frozen=True)
class Server:
    """One server of the exchange.

    Attributes:
        given: the address of one that is used instead of a local one.
        variable: the environment variable that gives it.
        address: where it is, given or local.
        ports: those of the local one.
        command: how the local one is started; prepares its data and its settings first.
    """

    name: str
    variable: str
    given: Callable[[Settings], str | None]
    address: Callable[[Settings], str]
    ports: Callable[[Settings], tuple[int, ...]]
    command: Callable[[Settings, Parts], list[str]]
    answers: Callable[[Settings], bool]

    def process(self, settings: Settings) -> Process:
        return Process(self.name, settings.home.absolute())

    @property
    def port_remedy(self) -> str:
        return f"stop that process, or set {self.variable}_PORT to a free port, or {self.variable} to a server to use"


def _kafka_ports(settings: Settings) -> tuple[int, int]:
    """For clients, and for the controller that runs in the same process."""
    return settings.kafka_port, settings.kafka_port + 1


def _kafka(settings: Settings, parts: Parts) -> list[str]:
    """Apache Kafka (KRaft, one node); its data folder is formatted the first time."""
    home = settings.home.absolute()
    data = home / "kafka"
    port, controller_port = _kafka_ports(settings)
    properties = _fill("kafka.properties", home, data=data, port=port, controller_port=controller_port)
    java = [
        parts.java,
        "-Xmx512m",
        f"-XX:ErrorFile={home / 'logs' / 'kafka-crash.log'}",
        f"-Dlog4j2.configurationFile={recipe() / 'log4j2.properties'}",
        "-cp",
        parts.kafka_classpath,
    ]
    if not (data / "meta.properties").exists():
        tool = [*java, "kafka.tools.StorageTool", "format", "--cluster-id", _CLUSTER, "--config", str(properties)]
        formatted = subprocess.run(tool, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if formatted.returncode:
            raise Fault(f"Kafka could not format {data}: {formatted.stdout[-500:]}")
    return [*java, "kafka.Kafka", str(properties)]


def _registry(settings: Settings, parts: Parts) -> list[str]:
    """Apicurio Registry, on an H2 file."""
    home = settings.home.absolute()
    properties = _fill("registry.properties", home, data=home / "registry", port=settings.registry_port)
    flags = [
        "-Xmx160m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # ready a second sooner, and a registry has little to compute
        f"-XX:ErrorFile={home / 'logs' / 'registry-crash.log'}",
        f"-Dquarkus.config.locations={properties}",
    ]
    return [parts.java, *flags, "-jar", str(parts.registry_jar)]


def _fill(template: str, home: Path, **values: object) -> Path:
    """A server's settings, from the template of that name in ``deploy/local``; makes its data folder too."""
    Path(str(values["data"])).mkdir(parents=True, exist_ok=True)
    file = home / "run" / template
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(Template((recipe() / template).read_text()).substitute(values))
    return file


KAFKA = Server(
    name="kafka",
    variable="SAINGAN_KAFKA",
    given=lambda settings: settings.kafka,
    address=lambda settings: settings.bootstrap,
    ports=_kafka_ports,
    command=_kafka,
    answers=reach.broker_answers,
)
REGISTRY = Server(
    name="registry",
    variable="SAINGAN_REGISTRY",
    given=lambda settings: settings.registry,
    address=lambda settings: settings.registry_url,
    ports=lambda settings: (settings.registry_port,),
    command=_registry,
    answers=reach.registry_answers,
)
SERVERS = (REGISTRY, KAFKA)  # the registry first: it takes longest to start
