"""Topics as they lie on a real broker."""

from contextlib import closing

import pytest
from confluent_kafka import Producer

from saingan.errors import Fault, Transient
from saingan.exchange.topic_log import Log
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, MESSAGE_BOUND, OUTCOME
from support.raw_batch import append, bomb
from support.servers import eventually

flow = pytest.mark.flow


def send(settings, topic, pairs, partition=0, **config):
    with closing(Producer({"bootstrap.servers": settings.bootstrap, **config})) as producer:
        for key, value in pairs:
            producer.produce(settings.wire(topic), key=key, value=value, partition=partition)
        producer.flush(10)


def numbered(count, first=0):
    return [(f"k{n}", f"v{n}") for n in range(first, first + count)]


@flow
def test_a_topic_is_read_from_where_it_begins_to_where_it_is_told_to_end(exchange):
    send(exchange, EMPLOYMENT.name, numbered(10), partition=0)
    send(exchange, EMPLOYMENT.name, [("k", None)], partition=4)
    with Log(exchange) as log:
        begins, ends = log.bounds(EMPLOYMENT.name)
        assert ends == {0: 10, 1: 0, 2: 0, 3: 0, 4: 1, 5: 0}
        whole = list(log.read(EMPLOYMENT.name, begins, ends))
        assert {(m.partition, m.offset, m.key, m.value) for m in whole} == {
            *((0, n, f"k{n}".encode(), f"v{n}".encode()) for n in range(10)),
            (4, 0, b"k", None),
        }
        some = list(log.read(EMPLOYMENT.name, {0: 2, 4: 0}, {0: 5, 4: 0}))
        assert [m.offset for m in some] == [2, 3, 4]


@flow
def test_only_what_is_committed_is_read_and_the_rest_does_not_hold_up(exchange):
    producer = Producer({"bootstrap.servers": exchange.bootstrap, "transactional.id": exchange.topic_prefix})
    with closing(producer):
        producer.init_transactions(10)
        for name, keep in (("kept", True), ("dropped", False), ("kept", True), ("open", None)):
            producer.begin_transaction()
            producer.produce(exchange.wire(OUTCOME.name), key="k", value=name, partition=0)
            producer.flush(10)
            if keep is not None:
                (producer.commit_transaction if keep else producer.abort_transaction)(10)
        with Log(exchange) as log:
            begins, ends = log.bounds(OUTCOME.name)
            read = list(log.read(OUTCOME.name, begins, ends))
            assert [m.value for m in read] == [b"kept", b"kept"]
            producer.commit_transaction(10)
            starts = begins | {0: read[-1].offset + 1}

            def read_on():
                _, ends = log.bounds(OUTCOME.name)
                return [m.value for m in log.read(OUTCOME.name, starts, ends)]

            assert eventually(lambda: read_on() == [b"open"])  # the coordinator answers before it has marked the topic


@flow
def test_a_topic_that_is_not_there_is_a_fault(local_exchange):
    elsewhere = local_exchange.model_copy(update={"topic_prefix": "absent."})
    with Log(elsewhere) as log, pytest.raises(Fault, match="saingan doctor"):
        log.bounds(EMPLOYMENT.name)


def test_a_broker_that_does_not_answer_is_transient():
    with Log(Settings(kafka="127.0.0.1:1")) as log, pytest.raises(Transient):
        log.bounds(EMPLOYMENT.name)


@flow
@pytest.mark.parametrize("records", [1, 3])
def test_a_batch_that_inflates_to_too_much_is_one_message_and_what_is_around_it_is_read(exchange, records):
    send(exchange, EMPLOYMENT.name, numbered(3))
    append(exchange, EMPLOYMENT, 0, bomb(records))
    send(exchange, EMPLOYMENT.name, numbered(3, first=3))
    with Log(exchange) as log:
        begins, ends = log.bounds(EMPLOYMENT.name)
        read = list(log.read(EMPLOYMENT.name, begins, ends))
        again = list(log.read(EMPLOYMENT.name, {0: 1}, {0: 3 + records}))
    assert [message.offset for message in read] == [0, 1, 2, 3, *range(3 + records, 6 + records)]
    assert [len(message.value) > MESSAGE_BOUND for message in read] == [False] * 3 + [True] + [False] * 3
    assert [message.offset for message in again] == [1, 2, 3]
