"""The real servers that a test session shares, in a folder of the session's own, on free ports of the loopback."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from saingan import local
from saingan.exchange.reach import port_taken
from saingan.local.servers import Server
from saingan.settings import Settings
from saingan.topics import TOPICS

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "''",
    # Nothing of a test outlives its session, so nothing needs to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
}


def free_ports(count: int) -> int:
    """The first of so many free ports in a row, below those that the system gives to outgoing connections.

    No other process of the tests gets them while this one lives, though the server that is to listen starts later.
    """
    for first in random.sample(range(20_000, 32_000, count), 100):
        if not any(port_taken(port) or not _reserved(port) for port in range(first, first + count)):
            return first
    raise AssertionError("no free ports in a row")


def _reserved(port: int) -> bool:
    """Whether nobody else had reserved it; a name in Linux's abstract space goes with its process."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0saingan-tests-port-{port}")
    except OSError:
        claim.close()
        return False
    claim.detach()  # open, as a bare descriptor, as long as this process lives
    return True


def eventually(probe: Callable[[], bool], timeout_s: float = 60) -> bool:
    """Wait until it holds: a broker shows what its controller did a moment later. Whether it came to hold in time."""
    deadline = time.monotonic() + timeout_s
    while not (held := probe()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return held


def start_exchange(folder: Path) -> Settings:
    """The broker and registry in this folder, started by the first who asks."""
    note = folder / "exchange.port"
    if not note.exists():
        note.write_text(str(free_ports(3)))
    settings = _exchange(folder, int(note.read_text()))
    local.start(settings)
    return settings


def stop_exchange(folder: Path) -> None:
    if (folder / "exchange.port").exists():
        local.down(_exchange(folder, int((folder / "exchange.port").read_text())))


def crash(server: Server, settings: Settings) -> None:
    """End a server of the exchange as a crash does, by SIGKILL."""
    pid = server.process(settings).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not any(map(port_taken, server.ports(settings))))


def alter(admin: AdminClient, topic: str, name: str, value: str) -> None:
    """Set one setting of a topic. The controller has taken it then; the broker acts on it a moment later."""
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(60)


def cut_off(settings: Settings, below: Mapping[tuple[str, int], int]) -> None:
    """Delete the records before an offset of each partition (topic, number), as a retention set by mistake does."""
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    for topic in {topic for topic, _ in below}:
        alter(admin, settings.wire(topic), "cleanup.policy", "compact,delete")
    offsets = [TopicPartition(settings.wire(topic), number, offset) for (topic, number), offset in below.items()]

    def cut() -> bool:
        try:
            for answer in admin.delete_records(offsets).values():
                answer.result()
        except KafkaException as refused:
            if refused.args[0].code() != KafkaError.POLICY_VIOLATION:
                raise
            return False
        return True

    assert eventually(cut), "the broker did not take the topics' new cleanup policy"


def remove_topics(settings: Settings) -> None:
    """Forget a test's topics: a broker with thousands of partitions is a slow one."""
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    there = admin.list_topics(timeout=60).topics
    delete(admin, [name for name in map(settings.wire, TOPICS) if name in there])


def delete(admin: AdminClient, names: list[str]) -> None:
    for removed in admin.delete_topics(names).values() if names else ():
        removed.result()
    assert eventually(lambda: not set(names) & set(admin.list_topics(timeout=60).topics))


def create(admin: AdminClient, name: str, partitions: int) -> None:
    for made in admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1)]).values():
        made.result()
    assert eventually(lambda: name in admin.list_topics(timeout=60).topics)


def start_postgres(folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """URL of the PostgreSQL in this folder, started by the first who asks; None where none is installed.

    Args:
        settings: that differ from those of the tests.
    """
    programs = _postgres_programs()
    if programs is None:
        return None
    note, home = folder / "postgres.port", folder / "postgres"
    data = home / "data"
    if not note.exists():
        folder.chmod(0o711)  # the server's user must pass through
        home.mkdir()
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        _as_postgres(
            programs / "initdb", "-D", data, "-U", "saingan", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"
        )
        note.write_text(str(free_ports(1)))
    port = note.read_text()
    if not (data / "postmaster.pid").exists():
        options = " ".join(
            f"-c {name}={value}" for name, value in {**POSTGRES_SETTINGS, **settings, "port": port}.items()
        )
        _as_postgres(programs / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")
    return f"postgresql+psycopg://saingan@127.0.0.1:{port}/postgres"


@contextmanager
def database(server: str) -> Iterator[str]:
    """URL of a fresh database of a PostgreSQL."""
    name = f"t{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield server.removesuffix("/postgres") + f"/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def empty(url: str) -> None:
    """Drop a database, whoever uses it, and make it again."""
    server, _, name = url.rpartition("/")
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
        connection.execute(text(f"create database {name}"))


def stop_postgres(folder: Path) -> None:
    """At once, as a crash does: commits that were not yet written down are lost."""
    data = folder / "postgres" / "data"
    if (programs := _postgres_programs()) and (data / "postmaster.pid").exists():
        _as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def postgres_version() -> str:
    programs = _postgres_programs()
    assert programs is not None
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.partition("(Debian")[0].replace("postgres (PostgreSQL)", "PostgreSQL").strip()


def _exchange(folder: Path, port: int) -> Settings:
    return Settings(home=folder / "exchange", kafka_port=port, registry_port=port + 2)


def _postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, which Debian keeps out of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


def _as_postgres(*command: object) -> None:
    """PostgreSQL refuses to run as root."""
    lesser = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    subprocess.run([*lesser, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")
