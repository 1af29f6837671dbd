"""Whether the parts of an exchange answer, within seconds: a missing one is a clear word, never a silent hang."""

import os
import socket
from collections.abc import Collection
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from saingan.engine.store import address
from saingan.errors import Fault
from saingan.settings import Settings
from saingan.topics import Topic

TIMEOUT_S = 5.0


def configuration(settings: Settings) -> dict[str, Any]:
    """What our short-lived clients are made of. librdkafka logs nothing: whoever asks reports what it found."""
    return {"bootstrap.servers": settings.bootstrap, "log_level": 0, "socket.timeout.ms": int(TIMEOUT_S * 1000)}


def broker_answers(settings: Settings) -> bool:
    """Whether a Kafka broker answers."""
    return _client(settings) is not None


def _client(settings: Settings) -> AdminClient | None:
    # A refused connection is known at once; librdkafka would go on trying until its time is over.
    if not any(_accepts(address.strip()) for address in settings.bootstrap.split(",")):
        return None
    client = AdminClient(configuration(settings))
    try:
        client.list_topics(timeout=TIMEOUT_S)
    except KafkaException:
        return None
    return client


def registry_answers(settings: Settings) -> bool:
    """Whether a Confluent-compatible registry answers."""
    try:
        with urlopen(f"{settings.registry_url}/subjects", timeout=TIMEOUT_S):  # noqa: S310, the operator gave the address
            return True
    except (OSError, HTTPException, ValueError):  # not there, not HTTP, not an address
        return False


def database_answers(settings: Settings) -> bool:
    """Whether the database answers; an SQLite file that is not there yet does, where it could be made."""
    try:
        url = address.address(settings.database_url)
        if url.get_backend_name() == "sqlite":
            file = Path(url.database or "")
            if not file.exists():
                return os.access(existing(file), os.W_OK)
            engine = create_engine(url, poolclass=NullPool)
        else:
            limit = {"connect_timeout": int(TIMEOUT_S)}
            engine = create_engine(url, poolclass=NullPool, connect_args=limit)
        inspect(engine).get_table_names()
    except (SQLAlchemyError, Fault):
        return False
    return True


def database_address(settings: Settings) -> str:
    """Without the password."""
    return address.address(settings.database_url).render_as_string(hide_password=True)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def broker(settings: Settings) -> AdminClient:
    """A client of a broker that answers. Raises `Fault` where none does."""
    client = _client(settings)
    if client is None:
        fix = "check SAINGAN_KAFKA and that broker" if settings.kafka else "`saingan up` starts the local one"
        raise Fault(f"no Kafka broker answers at {settings.bootstrap}: {fix}")
    return client


def port_taken(port: int) -> bool:
    """Whether another process listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_S / 2).close()
    except (OSError, ValueError):
        return False
    return True


def topic_ids(settings: Settings, admin: AdminClient, topics: Collection[Topic]) -> dict[str, str]:
    """The broker's ids of topics, by the standard's name: a topic that is created anew gets another."""
    names = {settings.wire(topic.name): topic.name for topic in topics}
    described = admin.describe_topics(TopicCollection(list(names)), request_timeout=TIMEOUT_S)
    return {names[name]: str(answer.result().topic_id) for name, answer in described.items()}
