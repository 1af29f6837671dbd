"""A database or broker that crashes, as by `kill -9`, is lag; and a worker that is told to end does so in time."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from saingan import local
from saingan.errors import Transient
from saingan.local.servers import KAFKA
from saingan.publish import Delivery, Publisher, delivery
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support import make, servers, wire
from support.commands import Worker
from support.exchange_contents import checked, ends, positions, publish, settled

pytestmark = pytest.mark.flow


@pytest.fixture
def postgres_home(shared: Path, postgres_server: str) -> Iterator[Path]:
    """The folder of a PostgreSQL of the test's own; below the session's, through which the server's user may pass."""
    folder = shared / f"postgres-{secrets.token_hex(4)}"
    folder.mkdir()
    yield folder
    servers.stop_postgres(folder)


def test_a_database_that_crashes_in_the_middle_is_waited_for(exchange: Settings, postgres_home: Path) -> None:
    url = servers.start_postgres(postgres_home)
    assert url is not None
    stored = exchange.model_copy(update={"database": url, "poll_records": 50})
    publish(stored, 2000, seed=4)

    with Worker(stored) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        servers.stop_postgres(postgres_home)  # at once: commits that were not yet written down are lost
        worker.until(lambda: worker.metric("saingan_retries_total", what="database") > 2)
        assert worker.page("/readyz") == (503, "waits for database\n")
        assert worker.page("/healthz")[0] == 200

        servers.start_postgres(postgres_home)
        assert positions(stored) != ends(stored), "it was all over before the crash"
        worker.until(settled(stored))
        checked(stored)

        servers.stop_postgres(postgres_home)
        worker.until(lambda: worker.page("/readyz")[0] == 503)
        assert worker.stop() == 0


def test_a_worker_that_never_found_its_database_ends_in_time(exchange: Settings) -> None:
    nowhere = f"postgresql://saingan@127.0.0.1:{servers.free_ports(1)}/none"
    with Worker(exchange, database=nowhere) as worker:
        worker.until(lambda: worker.metric("saingan_retries_total", what="database") > 2)
        assert worker.stop() == 0


def test_a_broker_that_crashes_is_waited_for(own: Settings) -> None:
    publish(own, 2000, seed=5)

    with Worker(own) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        servers.crash(KAFKA, own)
        local.start(own)
        publish(own, 100, seed=6)
        worker.until(settled(own))
        checked(own)

        servers.crash(KAFKA, own)
        assert worker.stop() == 0


def test_a_publisher_waits_for_a_broker_that_crashes_and_nothing_is_lost_doubled_or_out_of_order(own: Settings) -> None:
    deliveries: list[Delivery] = []
    with Publisher(own, deliveries.append) as publisher:
        for number in range(20_000):
            send(publisher, number)
        servers.crash(KAFKA, own)
        for number in range(20_000, 40_000):
            send(publisher, number)
        local.start(own)
    found = {(message.partition(), message.offset()): message.key() for message in wire.messages(own, EMPLOYMENT)}
    assert [delivery.error for delivery in deliveries] == [None] * 40_000
    assert {(delivery.partition, delivery.offset) for delivery in deliveries} == set(found)
    numbers = {place: int(key.split(b"/")[1].removeprefix(b"E-")) for place, key in sorted(found.items())}
    assert sorted(numbers.values()) == list(range(40_000))
    for partition in range(EMPLOYMENT.partitions):
        in_order = [number for (at, _), number in numbers.items() if at == partition]
        assert in_order == sorted(in_order)


def test_what_a_broker_does_not_take_in_time_is_given_up_and_can_be_sent_again(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DELIVERY_S", 10)
    with Publisher(own) as publisher:
        send(publisher, 1)
        publisher.flush()
        servers.crash(KAFKA, own)
        send(publisher, 2)
        with pytest.raises(Transient, match="1 _MSG_TIMED_OUT; send all again, nothing is doubled"):
            publisher.flush()
        local.start(own)
        send(publisher, 2)
    assert publisher.undelivered == {"_MSG_TIMED_OUT": 1}
    assert {message.key().split(b"/")[1] for message in wire.messages(own, EMPLOYMENT)} == {b"E-1", b"E-2"}


def send(publisher: Publisher, number: int) -> None:
    record = make.employment(record_id=f"E-{number}", person_key=f"{number % 50:032x}")
    publisher.publish(EMPLOYMENT.name, record)
