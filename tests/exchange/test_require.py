"""A worker that lacks something says so at once and does not begin."""

import pytest
from confluent_kafka.admin import AdminClient

from saingan import local
from saingan.errors import Fault
from saingan.exchange import provision
from saingan.exchange.require import require
from saingan.settings import Settings
from saingan.topics import ENROLMENT, GRADUATION, OUTCOME
from support import servers


@pytest.mark.flow
def test_a_whole_exchange_is_enough(exchange: Settings) -> None:
    require(exchange)


@pytest.mark.flow
def test_a_missing_topic_is_a_fault_for_those_who_need_it(exchange: Settings) -> None:
    name = exchange.wire(ENROLMENT.name)
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    servers.delete(admin, [name])

    require(exchange, [GRADUATION])
    with pytest.raises(Fault, match=rf"lacks {name}: `saingan up`"):
        require(exchange, [ENROLMENT])
    local.up(exchange)
    require(exchange)


def test_an_unreachable_broker_is_a_fault() -> None:
    with pytest.raises(Fault, match=r"no Kafka broker answers"):
        require(Settings(kafka=f"127.0.0.1:{servers.free_ports(1)}"))


@pytest.mark.flow
def test_a_worker_does_not_begin_where_its_topic_refuses_the_batches_that_it_sends(exchange: Settings) -> None:
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    for topic in (GRADUATION, OUTCOME):
        servers.alter(admin, exchange.wire(topic.name), "max.message.bytes", "262144")
    assert servers.eventually(lambda: len(provision.deviations(exchange, admin)) == 2)

    require(exchange, [GRADUATION])  # which it only reads
    with pytest.raises(Fault, match=rf"^{exchange.wire(OUTCOME.name)}: .* `saingan up` changes it"):
        require(exchange, [OUTCOME])
    local.up(exchange)
    assert servers.eventually(lambda: provision.deviations(exchange, admin) == [])
    require(exchange, [OUTCOME])
