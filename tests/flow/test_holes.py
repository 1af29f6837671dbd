"""Offsets that hold no record, as transactions and compaction leave them."""

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.standard.identity import partition
from saingan.topics import GRADUATION
from support.commands import Worker, catch_up, saingan
from support.exchange_contents import checked, ends, outcome, positions, settled
from support.make import OTHER_PERSON, PERSON, graduation

pytestmark = pytest.mark.flow


@pytest.fixture
def agency(exchange: Settings) -> Iterator[Producer]:
    """An agency's client that sends in transactions."""
    producer = Producer({"bootstrap.servers": exchange.bootstrap, "transactional.id": exchange.wire("agency")})
    producer.init_transactions(60)
    yield producer
    producer.close()


def begin(producer: Producer, settings: Settings, person: str) -> None:
    """Send a graduation in a transaction that is still open."""
    record = graduation(person_key=person)
    schema = codec.parse(schemas.schema(GRADUATION.name))
    value = codec.frame(Registry(settings).schema_id(GRADUATION.name), codec.encode(schema, record))
    lies_on = partition(person, GRADUATION.partitions)
    producer.begin_transaction()
    producer.produce(settings.wire(GRADUATION.name), value, f"{person}/{record['record_id']}/1", lies_on)
    producer.flush(60)


def test_a_worker_catches_up_where_control_records_end_the_topic(exchange: Settings, agency: Producer) -> None:
    begin(agency, exchange, PERSON)
    agency.commit_transaction(60)

    catch_up(exchange)

    assert sum(positions(exchange).values()) == sum(ends(exchange).values()) == 2
    assert outcome(exchange, PERSON) is not None
    checked(exchange)


def test_what_an_agency_did_not_commit_is_not_taken_in(exchange: Settings, agency: Producer) -> None:
    begin(agency, exchange, PERSON)
    agency.abort_transaction(60)
    begin(agency, exchange, OTHER_PERSON)

    with Worker(exchange) as worker:
        worker.until_ready()
        agency.commit_transaction(60)
        worker.until(settled(exchange))
        assert worker.stop() == 0

    assert outcome(exchange, PERSON) is None
    assert outcome(exchange, OTHER_PERSON) is not None
    checked(exchange)


def test_a_rebuild_takes_in_what_was_committed_and_workers_what_was_still_open(
    exchange: Settings, agency: Producer
) -> None:
    begin(agency, exchange, PERSON)
    agency.commit_transaction(60)
    begin(agency, exchange, OTHER_PERSON)
    agency.abort_transaction(60)
    begin(agency, exchange, OTHER_PERSON)

    built = saingan(exchange, "rebuild")
    assert built.exit_code == 0, built.output
    assert outcome(exchange, PERSON) is not None
    assert outcome(exchange, OTHER_PERSON) is None

    agency.commit_transaction(60)
    catch_up(exchange)
    assert outcome(exchange, OTHER_PERSON) is not None
    checked(exchange)
