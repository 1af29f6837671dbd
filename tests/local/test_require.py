"""A worker that lacks something says so at once and does not begin."""

import time

import pytest
from confluent_kafka.admin import AdminClient

import servers
from saingan import local
from saingan.errors import Fault
from saingan.settings import Settings
from saingan.topics import ENROLMENT, GRADUATION


@pytest.mark.flow
def test_a_whole_exchange_is_enough(exchange: Settings) -> None:
    local.require(exchange)


@pytest.mark.flow
def test_a_missing_topic_is_a_fault_for_those_who_need_it(exchange: Settings) -> None:
    name = exchange.wire(ENROLMENT.name)
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    servers.delete(admin, [name])

    local.require(exchange, [GRADUATION])
    with pytest.raises(Fault, match=rf"lacks {name}: `saingan up`"):
        local.require(exchange, [ENROLMENT])
    local.up(exchange)
    local.require(exchange)


def test_an_unreachable_broker_is_a_fault_within_seconds() -> None:
    began = time.monotonic()

    with pytest.raises(Fault, match=r"no Kafka broker answers"):
        local.require(Settings(kafka=f"127.0.0.1:{servers.free_ports(1)}"))

    assert time.monotonic() - began < 5
