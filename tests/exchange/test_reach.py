"""A missing part is known within seconds, whatever way it is missing."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from saingan.errors import Fault
from saingan.exchange import reach
from saingan.exchange.kafka import TIMEOUT_S
from saingan.settings import Settings
from support.servers import free_ports


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def test_a_broker_that_is_not_there_is_a_fault_at_once() -> None:
    nowhere = settings(kafka=f"127.0.0.1:{free_ports(1)}")
    began = time.monotonic()

    with pytest.raises(Fault, match=r"no Kafka broker answers at 127.0.0.1:\d+: check SAINGAN_KAFKA"):
        reach.broker(nowhere)

    assert time.monotonic() - began < reach.TIMEOUT_S  # it waited for no answer


def test_a_missing_local_broker_is_a_fault_that_names_the_command_to_run() -> None:
    with pytest.raises(Fault, match=r"`saingan up` starts the local one"):
        reach.broker(settings(kafka_port=free_ports(1)))


def test_something_that_accepts_but_never_answers_is_no_broker_and_no_registry_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        mute = settings(kafka=address, registry=f"http://{address}")
        began = time.monotonic()

        with ThreadPoolExecutor() as pool:
            answers = [pool.submit(probe, mute) for probe in (reach.broker_answers, reach.registry_answers)]

        assert [answer.result() for answer in answers] == [False, False]
        assert time.monotonic() - began < TIMEOUT_S + 3


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:", "127.0.0.1:port"])
def test_an_address_that_is_none_is_no_broker(address: str) -> None:
    assert not reach.broker_answers(settings(kafka=address or " "))


@pytest.mark.parametrize("address", ["nonsense", "http://", "http://127.0.0.1:port", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_no_registry(address: str) -> None:
    assert not reach.registry_answers(settings(registry=address))


@pytest.mark.flow
def test_a_broker_is_no_registry_and_a_registry_is_no_broker(exchange: Settings) -> None:
    registry = exchange.registry_url.split("/")[2]
    mistaken = settings(kafka=registry, registry=f"http://{exchange.kafka}")

    assert not reach.registry_answers(mistaken)
    assert not reach.broker_answers(mistaken)
