"""`up` and `down` on servers of their own."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from saingan import local
from saingan.doctor import examine
from saingan.errors import Fault
from saingan.exchange import reach
from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.topics import ENROLMENT
from support.servers import free_ports


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    port = free_ports(3)
    settings = Settings(home=tmp_path / "exchange", kafka_port=port, registry_port=port + 2)
    yield settings
    local.down(settings)


def pids(settings: Settings) -> list[str]:
    return [row.origin for row in local.status(settings)]


@pytest.mark.flow
def test_up_twice_is_harmless_and_down_leaves_nothing_behind(own: Settings) -> None:
    said: list[str] = []
    local.up(own, said.append)
    running = pids(own)
    schema_id = Registry(own).schema_id(ENROLMENT.name)

    local.up(own, said.append)

    assert pids(own) == running
    assert [word.split()[:2] for word in said if "starting" in word] == [
        ["starting", "registry"],
        ["starting", "kafka"],
    ]
    assert all(each.ok for each in examine(own))

    assert local.down(own) == ["registry", "kafka"]
    assert local.down(own) == []
    assert [row.answers for row in local.status(own)] == [False, False]
    assert not any(reach.port_taken(port) for port in (own.kafka_port, own.kafka_port + 1, own.registry_port))

    local.up(own)
    assert Registry(own).schema_id(ENROLMENT.name) == schema_id, "a restart must not change the ids in the messages"

    local.down(own, purge=True)
    assert sorted(os.listdir(own.home)) == [".lock", "keys"]  # noqa: PTH208


def test_up_names_a_port_that_another_process_has_and_starts_nothing(own: Settings) -> None:
    with (
        socket.create_server(("127.0.0.1", own.kafka_port)),
        pytest.raises(Fault, match=rf"port {own.kafka_port}, which kafka needs, is taken .* SAINGAN_KAFKA_PORT"),
    ):
        local.up(own)

    assert pids(own) == ["not started", "not started"]


def test_down_of_an_exchange_that_never_was_does_nothing(own: Settings) -> None:
    assert local.down(own, purge=True) == []
    assert not own.home.exists()


def test_servers_that_are_given_are_not_started_and_their_absence_is_a_fault(own: Settings) -> None:
    given = own.model_copy(update={"kafka": f"127.0.0.1:{own.kafka_port}", "registry": "http://127.0.0.1:1"})

    with pytest.raises(Fault, match=r"check SAINGAN_KAFKA"):
        local.up(given)

    assert pids(given) == ["given", "given"]
