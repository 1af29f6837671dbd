"""A worker that is told to end sends what it has committed, as far as ten seconds allow, and counts what is left."""

import pytest
from confluent_kafka.admin import AdminClient
from sqlalchemy import insert, select

from saingan.engine.store.address import digest
from saingan.engine.tables import lease, outbox_table
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from support.commands import Worker, catch_up
from support.exchange_contents import checked, ends, execute, positions, publish, rows, settled
from support.hanging import HangingWorker

pytestmark = pytest.mark.flow

OUTBOX = outbox_table(OUTCOMES.name)
ANOTHER = insert(lease).values(name=OUTCOMES.name, holder="a relay that hangs", expires_at=1e12)


def waiting(settings: Settings) -> int:
    return len(rows(settings, select(OUTBOX)))


def last_word(worker: Worker) -> object:
    """What the last line of its log counts."""
    last = worker.events()[-1]
    assert last["event"] == "worker ends", worker.tail()
    return last["waiting"]


def in_group(settings: Settings) -> int:
    """Members of the worker's group on the broker."""
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    group = settings.wire(OUTCOMES.group(digest(settings.database_url)))
    (described,) = admin.describe_consumer_groups([group]).values()
    return len(described.result().members)


def test_a_worker_in_the_middle_of_a_backlog_sends_all_that_it_has_committed(stored: Settings) -> None:
    publish(stored, 3000, seed=1)
    with Worker(stored, poll_records=200) as worker:
        worker.until(lambda: waiting(stored) > 100)
        assert worker.stop() == 0
        assert last_word(worker) == 0
    assert positions(stored) != ends(stored), "it was all over before it was told to end"
    assert waiting(stored) == 0
    report = checked(stored)
    assert report.published == report.table
    assert report.rows_in_table > 0


def test_what_is_committed_after_the_order_to_stop_is_sent_too(exchange: Settings) -> None:
    publish(exchange, 50, seed=1)
    with HangingWorker(exchange, "before-commit") as worker:
        worker.until(lambda: worker.held() and in_group(exchange) == 1)
        worker.process.terminate()
        worker.until(lambda: in_group(exchange) == 0)  # Faust has stopped
        worker.go_on()
        assert worker.wait() == 0
        assert last_word(worker) == 0
    report = checked(exchange)
    assert report.published == report.table
    assert report.rows_in_table > 0


def test_what_cannot_be_sent_in_time_is_counted_in_the_last_line(exchange: Settings) -> None:
    catch_up(exchange)
    execute(exchange, ANOTHER)
    publish(exchange, 50, seed=1)
    with Worker(exchange) as worker:
        worker.until(lambda: positions(exchange) == ends(exchange))
        assert worker.stop() == 0
        assert last_word(worker) == waiting(exchange) > 0


@pytest.mark.parametrize("where", ["applying", "event-loop"])
def test_a_worker_that_hangs_says_at_its_end_what_it_knows(exchange: Settings, where: str) -> None:
    publish(exchange, 50, seed=1)
    with HangingWorker(exchange, where, watchdog_s=0) as worker:
        worker.until(lambda: positions(exchange) == ends(exchange))
        assert worker.stop() == 0
        assert last_word(worker) == ("unknown" if where == "event-loop" else 0)


def test_a_worker_that_cannot_start_is_no_success(exchange: Settings) -> None:
    """What Faust meets before anything of ours runs: here, a file where its folder would be."""
    (exchange.home / "faust").touch()
    with Worker(exchange, "--until-caught-up") as worker:
        assert worker.wait() == 1, worker.tail()
    assert "the worker ended by itself" in worker.log.read_text()


def test_of_two_workers_that_end_at_once_the_later_one_waits_for_what_the_other_sends(stored: Settings) -> None:
    publish(stored, 2000, seed=2)
    with Worker(stored, poll_records=200) as one, Worker(stored, poll_records=200) as two:
        one.until(lambda: waiting(stored) > 100)
        for worker in (one, two):  # a process that is still importing dies of the signal
            worker.until(lambda worker=worker: worker.page("/healthz")[0] == 200)
        one.process.terminate()
        two.process.terminate()
        assert [one.wait(), two.wait()] == [0, 0]
        assert 0 in (last_word(one), last_word(two))
    assert waiting(stored) == 0


def test_a_worker_that_ends_when_it_has_caught_up_leaves_nothing_waiting(stored: Settings) -> None:
    publish(stored, 500, seed=3)
    with Worker(stored, "--until-caught-up") as worker:
        assert worker.wait() == 0, worker.tail()
        assert last_word(worker) == 0
    assert settled(stored)()
