"""What was sent has arrived, or an error says that it has not."""

import pytest

from saingan.errors import Fault, Transient
from saingan.exchange.delivery import Delivery, Reports
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, MESSAGE_BOUND
from support import wire
from support.servers import free_ports


def delivery(settings: Settings, within_s: float = 30, **options: object) -> Delivery:
    return Delivery(settings, Reports(within_s, "try again"), options)


@pytest.mark.flow
def test_what_was_flushed_is_on_the_broker_tombstones_too(exchange: Settings) -> None:
    sent = delivery(exchange)
    sent.put(exchange.wire(DEAD_LETTER.name), b"a", b"1", [("name", b"text")])
    sent.put(exchange.wire(DEAD_LETTER.name), b"b", None, partition=0)
    sent.flush()

    found = {
        message.key(): (message.value(), wire.headers(message)) for message in wire.messages(exchange, DEAD_LETTER)
    }
    assert found == {b"a": (b"1", {"name": "text"}), b"b": (None, {})}


def test_a_broker_that_is_away_is_waited_for_and_then_transient() -> None:
    sent = delivery(Settings(kafka=f"127.0.0.1:{free_ports(1)}"), within_s=0.5)
    sent.put("topic", b"a", b"1")

    with pytest.raises(Transient, match=r"not delivered within 0.5 s: 1 _MSG_TIMED_OUT; try again"):
        sent.flush()


@pytest.mark.flow
def test_a_message_that_the_broker_refuses_is_a_fault_once(exchange: Settings) -> None:
    sent = delivery(exchange, **{"message.max.bytes": 100 * MESSAGE_BOUND})
    sent.put(exchange.wire(DEAD_LETTER.name), b"a", bytes(32 * MESSAGE_BOUND))

    with pytest.raises(Fault, match=r"the broker did not take: 1 MSG_SIZE_TOO_LARGE; fix it and try again"):
        sent.flush()
    sent.flush()


def test_a_message_that_the_client_refuses_is_a_fault() -> None:
    with pytest.raises(Fault, match="the Kafka client refused to send"):
        delivery(Settings(kafka=f"127.0.0.1:{free_ports(1)}")).put("topic", b"a", bytes(3 * 1024 * 1024))
