"""A publisher in a program: threads, forks and errors, and what it refuses."""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from confluent_kafka.admin import AdminClient

from saingan.errors import Fault
from saingan.exchange.provision import provision_topics
from saingan.publish import Publisher
from saingan.standard.issues import Refused
from saingan.topics import EMPLOYMENT, ENROLMENT, OUTCOME
from support import make, servers, wire

pytestmark = pytest.mark.flow


def test_what_was_published_before_an_error_of_the_program_is_delivered(exchange):
    def program():
        with Publisher(exchange) as publisher:
            publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        program()
    assert len(wire.messages(exchange, EMPLOYMENT)) == 1


def test_an_error_of_the_program_is_not_hidden_by_one_of_its_deliveries(exchange):
    def fails(_):
        raise LookupError

    def program():
        with Publisher(exchange, fails) as publisher:
            publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(), citizen_id=make.citizen_id(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        program()


@pytest.mark.parametrize("each", [1, 400])
def test_several_threads_may_share_a_publisher(exchange, each):
    deliveries = []
    with Publisher(exchange, deliveries.append) as publisher, ThreadPoolExecutor(8) as threads:
        together = Barrier(8)

        def work(thread):
            together.wait()
            for n in range(each):
                record = make.unkeyed_employment(record_id=f"S-{thread}-{n}")
                publisher.publish(EMPLOYMENT.name, record, citizen_id=make.citizen_id(n))
                if n % 100 == thread:
                    publisher.flush()

        list(threads.map(work, range(8)))
    found = [message.key().split(b"/")[1] for message in wire.messages(exchange, EMPLOYMENT)]
    assert sorted(found) == sorted(f"S-{thread}-{n}".encode() for thread in range(8) for n in range(each))
    assert [delivery.error for delivery in deliveries] == [None] * 8 * each
    assert publisher.messages == 8 * each


def test_a_publisher_does_not_go_to_another_process(exchange):
    with Publisher(exchange) as publisher:
        process = multiprocessing.get_context("spawn").Process(target=print, args=(publisher,))
        with pytest.raises(Fault, match="cannot go to another process: make one there"):
            process.start()


@pytest.mark.parametrize("record", [None, 5, "x", b"x", [("record_id", "S-1")], float("nan")])
def test_a_record_that_is_none_is_refused(exchange, record):
    with Publisher(exchange) as publisher, pytest.raises(Refused) as refused:
        publisher.publish(EMPLOYMENT.name, record, citizen_id=make.citizen_id(1))
    assert [(issue.field, issue.rule) for issue in refused.value.issues] == [("record", "type")]


def test_a_fork_is_told_that_it_needs_a_publisher_of_its_own_and_does_its_parents_no_harm(exchange):
    with Publisher(exchange) as publisher:
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(record_id="S-1"), citizen_id=make.citizen_id(1))
        publisher.flush()
        child = os.fork()
        if not child:
            try:
                publisher.publish(
                    EMPLOYMENT.name, make.unkeyed_employment(record_id="S-2"), citizen_id=make.citizen_id(1)
                )
                publisher.flush()
            except Fault as fault:
                os._exit("a fork makes its own" in str(fault))
            os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(record_id="S-3"), citizen_id=make.citizen_id(1))
    assert [message.key().split(b"/")[1] for message in wire.messages(exchange, EMPLOYMENT)] == [b"S-1", b"S-3"]


def test_nothing_of_a_refused_record_is_sent(exchange):
    with Publisher(exchange) as publisher, pytest.raises(Refused):
        publisher.publish(EMPLOYMENT.name, make.unkeyed_employment(section=34), citizen_id=make.citizen_id(1))
    assert wire.messages(exchange, EMPLOYMENT) == []


def test_another_pseudonym_key_than_the_exchanges_is_refused(exchange):
    other = exchange.model_copy(update={"pseudonym_key": type(exchange.pseudonym_key)("ab" * 32)})
    with pytest.raises(Fault, match="this pseudonym key is not the one of the exchange") as fault:
        Publisher(other)
    assert "ab" * 32 not in str(fault.value)


def test_an_exchange_that_has_no_key_yet_is_refused(exchange):
    new = exchange.model_copy(update={"topic_prefix": f"{exchange.topic_prefix}new."})
    provision_topics(new)
    with pytest.raises(Fault, match="no check value of its pseudonym key yet"):
        Publisher(new)
    servers.remove_topics(new)


def test_another_exchange_on_the_same_broker_gets_nothing_of_ours(exchange):
    admin = AdminClient({"bootstrap.servers": exchange.bootstrap})
    servers.create(admin, EMPLOYMENT.name, 1)  # that of an exchange without a prefix
    with Publisher(exchange) as publisher:
        for n in range(12):
            publisher.publish(
                EMPLOYMENT.name, make.unkeyed_employment(record_id=f"S-{n}"), citizen_id=make.citizen_id(n)
            )
    servers.delete(admin, [EMPLOYMENT.name])
    assert len(wire.messages(exchange, EMPLOYMENT)) == 12


def test_an_exchange_without_topics_is_refused_within_seconds(exchange):
    with pytest.raises(Fault, match=r"nowhere\.exchange\.settings\.v1"):
        Publisher(exchange.model_copy(update={"topic_prefix": "nowhere."}))


def test_a_missing_topic_is_named(exchange):
    name = exchange.wire(ENROLMENT.name)
    servers.delete(AdminClient({"bootstrap.servers": exchange.bootstrap}), [name])
    publisher = Publisher(exchange)
    with pytest.raises(Fault, match=f"the broker has no topic {name}"):
        publisher.publish(ENROLMENT.name, make.enrolment())


def test_a_topic_of_the_exchange_itself_is_not_published_to(exchange):
    with pytest.raises(Fault, match=f"{OUTCOME.name} is not a topic that agencies publish to"):
        Publisher(exchange).publish(OUTCOME.name, {})
