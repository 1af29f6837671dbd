"""How to reach the broker and the registry. Nothing else in services/ names an address or makes a client of its own.

confluent-kafka's clients are made here; aiokafka's and Faust's are made where they are used, of what stands here.
"""

from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient

from saingan.settings import Settings

TIMEOUT_S: Final = 5.0  # whoever is asked for something small must answer within this
SOON: Final[Mapping[str, Any]] = {"socket.timeout.ms": int(TIMEOUT_S * 1000)}
_REGISTRY_TIMEOUT_S: Final = 5


def addresses(settings: Settings) -> list[str]:
    """The brokers as ``host:port``."""
    return [address.strip() for address in settings.bootstrap.split(",")]


def producer(settings: Settings, options: Mapping[str, Any]) -> Producer:
    return Producer({**_confluent(settings), **options})


def consumer(settings: Settings, options: Mapping[str, Any]) -> Consumer:
    return Consumer({**_confluent(settings), **options})


def admin(settings: Settings) -> AdminClient:
    return AdminClient({**_confluent(settings), **SOON})


def aiokafka(settings: Settings) -> dict[str, Any]:
    """What every client of aiokafka is made with, by keyword."""
    return {"bootstrap_servers": addresses(settings)}


def faust(settings: Settings, scheme: str) -> dict[str, Any]:
    """What a Faust app is made with, by keyword, to reach the broker by a transport.

    Args:
        scheme: under which the transport is known to Faust.
    """
    return {"broker": [f"{scheme}://{address}" for address in addresses(settings)]}


def registry(settings: Settings, retries: int) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": settings.registry_url, "timeout": _REGISTRY_TIMEOUT_S, "max.retries": retries})


def _confluent(settings: Settings) -> dict[str, Any]:
    # librdkafka logs nothing: whoever asks reports what went wrong.
    return {"bootstrap.servers": settings.bootstrap, "log_level": 0}
