"""The outcome topic follows the table, whichever worker sends, and whatever happened to the one before."""

import pytest
from confluent_kafka import KafkaException, Producer
from sqlalchemy import delete, insert, select

from saingan.engine.tables import lease
from saingan.settings import Settings
from saingan.topics import ENROLMENT, GRADUATION, OUTCOME
from support.commands import Worker, catch_up
from support.exchange_contents import checked, execute, outcome, outcomes, rows, send, settled
from support.make import PERSON, graduation

pytestmark = pytest.mark.flow


def graduate(settings: Settings, version: int = 1, **fields: object) -> None:
    send(settings, (GRADUATION, graduation(record_version=version, **fields)))


def test_a_row_that_changes_ten_times_is_sent_once_and_one_that_goes_leaves_a_tombstone(exchange: Settings) -> None:
    catch_up(exchange)
    execute(exchange, insert(lease).values(name="outcomes", holder="a relay that hangs", expires_at=1e12))

    with Worker(exchange) as worker:
        for version in range(1, 11):
            code = f"13200161{version:02}"
            graduate(exchange, version, institution_code=code)
            worker.until(lambda code=code: (row := outcome(exchange, PERSON)) and row.institution_code == code)
        assert outcomes(exchange, PERSON) == []

        execute(exchange, delete(lease))
        worker.until(settled(exchange))
        assert len(outcomes(exchange, PERSON)) == 1
        checked(exchange)

        graduate(exchange, version=11, change="WITHDRAW")
        worker.until(settled(exchange))
        assert worker.stop() == 0
    assert outcome(exchange, PERSON) is None
    assert [(message.key, message.value is None) for message in outcomes(exchange, PERSON)] == [
        (f"{PERSON}/G-1".encode(), False),
        (f"{PERSON}/G-1".encode(), True),
    ]
    assert checked(exchange).keys == 0


def test_when_the_worker_that_relays_is_killed_another_one_takes_over(stored: Settings) -> None:
    with Worker(stored, "--stream", ENROLMENT.name) as relaying, Worker(stored, "--stream", GRADUATION.name) as other:
        relaying.until(lambda: bool(rows(stored, select(lease))))
        other.until_ready()
        relaying.kill()

        graduate(stored)
        other.until(lambda: bool(outcomes(stored, PERSON)))
        assert other.stop() == 0
    checked(stored)
    assert rows(stored, select(lease)) == []


def test_a_relay_that_was_taken_for_dead_cannot_send_and_comes_back_fenced(exchange: Settings) -> None:
    transactional_id = exchange.wire("saingan.outcomes.relay")
    zombie = Producer({"bootstrap.servers": exchange.bootstrap, "transactional.id": transactional_id, "log_level": 0})
    with Worker(exchange) as worker:
        graduate(exchange)
        worker.until(lambda: bool(outcomes(exchange, PERSON)))

        zombie.init_transactions(60)
        graduate(exchange, version=2, institution_code="1320016102")
        worker.until(lambda: worker.metric("saingan_retries_total", what="relay") > 0)
        worker.until(lambda: len(outcomes(exchange, PERSON)) == 2)

        zombie.begin_transaction()
        zombie.produce(exchange.wire(OUTCOME.name), b"of the zombie", f"{PERSON}/G-1")
        with pytest.raises(KafkaException, match="fenced"):
            zombie.commit_transaction(60)
        assert worker.stop() == 0
    assert len(outcomes(exchange, PERSON)) == 2
    checked(exchange)
