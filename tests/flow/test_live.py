"""A live worker: changes show at once, and so does the passing of time."""

from datetime import date

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient

from cli.terminal import on_terminal
from saingan.engine.store.address import digest
from saingan.outcomes.view import OUTCOMES
from saingan.publish import Publisher
from saingan.settings import Settings
from saingan.standard.identity import person_key
from saingan.topics import EMPLOYMENT, GRADUATION
from support.commands import COMMAND, Worker, catch_up, environment
from support.exchange_contents import checked, ends, outcome, outcomes, positions, publish, send, settled
from support.make import PERSON, citizen_id, day, employment, graduation

pytestmark = pytest.mark.flow


def test_a_change_comes_into_the_table_and_onto_the_topic_of_a_live_worker(stored: Settings) -> None:
    person = person_key(stored.pseudonym_secret() or b"", citizen_id(1))
    changes = [
        (GRADUATION, graduation()),
        (EMPLOYMENT, employment()),
        (EMPLOYMENT, employment(record_version=2, tsic=None)),
    ]
    with Worker(stored) as worker, Publisher(stored) as publisher:
        worker.until_ready()
        for sent, (topic, record) in enumerate(changes, start=1):
            publisher.publish(topic.name, {**record, "person_key": None}, citizen_id=citizen_id(1))
            publisher.flush()
            worker.until(lambda sent=sent: len(outcomes(stored, person)) == sent)
        assert outcome(stored, person).current_status == "EMPLOYED"
        assert outcome(stored, person).tsic is None

        assert worker.stop() == 0
    checked(stored)


def test_rows_change_with_the_dates_of_observation_and_without_any_event(stored: Settings) -> None:
    job = employment(started_on=day("2025-05-01"), ended_on=day("2025-08-31"))
    send(stored, (GRADUATION, graduation(graduated_on=day("2025-03-31"))), (EMPLOYMENT, job))
    sent = ends(stored)

    for observed_on, complete_through, current, after_six_months in (
        ("2025-05-15", "2025-03-31", "EMPLOYED", "NOT_YET"),
        ("2025-12-31", "2025-11-16", "NONE_OBSERVED", "NONE_OBSERVED"),
        ("2025-05-15", "2025-03-31", "EMPLOYED", "NOT_YET"),  # back again: a release is made once more
    ):
        catch_up(stored, observed_on=observed_on)
        row = outcome(stored, PERSON)
        assert (row.current_status, row.status_6m) == (current, after_six_months)
        report = checked(stored)
        assert report.observed_on == date.fromisoformat(observed_on)
        assert report.complete_through == date.fromisoformat(complete_through)
    assert ends(stored) == sent
    assert len(outcomes(stored, PERSON)) == 3


def test_the_offsets_that_kafkas_own_tools_show_follow_the_ledger(exchange: Settings) -> None:
    publish(exchange, 50, seed=1)
    group = exchange.wire(OUTCOMES.group(digest(exchange.database_url)))
    client = AdminClient({"bootstrap.servers": exchange.bootstrap})

    def committed() -> dict[tuple[str, int], int]:
        answers = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
        found = answers[group].result().topic_partitions
        return {(exchange.logical(part.topic), part.partition): part.offset for part in found}

    with Worker(exchange) as worker:
        worker.until(settled(exchange))
        worker.until(lambda: committed() == positions(exchange))
        assert worker.stop() == 0


def test_on_a_terminal_a_worker_says_that_it_is_ready_what_it_reads_and_what_it_did(exchange: Settings) -> None:
    publish(exchange, 100, seed=1)

    status, shown = on_terminal([*COMMAND, "--until-caught-up"], environment(exchange), columns=80)

    assert status == 0
    assert "{" not in shown
    starts, *between, ends = shown.splitlines()
    assert "worker starts" in starts
    assert exchange.wire(EMPLOYMENT.name) in starts
    assert "metrics=http://127.0.0.1:" in starts
    assert any("worker is ready" in line for line in between)
    assert "worked" in shown
    assert "worker ends" in ends
