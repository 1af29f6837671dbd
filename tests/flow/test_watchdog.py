"""A worker that hangs ends itself with a clear word; one that waits for a part that is down does not hang."""

import os
import signal
import time

import pytest

from saingan import local
from saingan.engine.process.watchdog import EXIT_HUNG
from saingan.engine.store.opening import open_engine, transaction
from saingan.exchange.reach import port_taken
from saingan.local.servers import KAFKA
from saingan.settings import Settings
from support import servers
from support.commands import Worker, catch_up
from support.exchange_contents import checked, ends, positions, publish, settled
from support.hanging import HangingWorker

pytestmark = pytest.mark.flow

LIMIT_S = 3


@pytest.mark.parametrize(("where", "status"), [("applying", EXIT_HUNG), ("event-loop", EXIT_HUNG), ("interpreter", 1)])
def test_a_worker_that_hangs_ends_itself_and_the_next_one_goes_on(exchange: Settings, where: str, status: int) -> None:
    publish(exchange, 50, seed=1)

    with HangingWorker(exchange, where, watchdog_s=LIMIT_S) as worker:
        assert worker.wait(90) == status, worker.tail()
        said = worker.log.read_text()

    assert "Thread 0x" in said  # where it hung
    if status == EXIT_HUNG:
        assert [event["exit_status"] for event in worker.events() if event["level"] == "critical"] == [EXIT_HUNG]
    catch_up(exchange)
    checked(exchange)


def test_without_a_limit_a_hung_worker_stays_and_says_that_it_is_not_ready(exchange: Settings) -> None:
    publish(exchange, 50, seed=1)
    with HangingWorker(exchange, "applying", watchdog_s=0) as worker:
        worker.until(lambda: worker.page("/readyz")[1].startswith("no progress for 3"), timeout_s=60)
        assert worker.page("/healthz")[0] == 200  # the process gets on; only its work does not


def test_a_worker_whose_event_loop_hangs_says_that_it_is_not_alive(exchange: Settings) -> None:
    publish(exchange, 50, seed=1)
    with HangingWorker(exchange, "event-loop", watchdog_s=0) as worker:
        worker.until(lambda: worker.page("/healthz")[1].startswith("no sign of life"), timeout_s=60)


def test_a_registry_that_is_down_longer_than_the_limit_is_waited_for(own_registry: Settings) -> None:
    publish(own_registry, 50, seed=1)
    local.down(own_registry)
    limit_s = 8
    with Worker(own_registry, watchdog_s=limit_s) as worker:
        worker.until(lambda: worker.metric("saingan_retries_total", what="registry") > 0)
        began = time.monotonic()
        worker.until(lambda: time.monotonic() - began > 2 * limit_s)
        assert worker.page("/readyz") == (503, "waits for registry\n")
        local.start(own_registry)
        worker.until(settled(own_registry))
        assert worker.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_broker_that_is_down_or_hangs_longer_than_the_limit_is_waited_for(own: Settings, how: signal.Signals) -> None:
    publish(own, 3000, seed=2)
    all_is_in = settled(own)
    with Worker(own, watchdog_s=LIMIT_S, poll_records=100) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        pid = KAFKA.process(own).pid()
        assert pid is not None
        os.kill(pid, how)
        began = time.monotonic()
        worker.until(lambda: worker.page("/readyz") == (503, "waits for the broker\n"))
        worker.until(lambda: time.monotonic() - began > 3 * LIMIT_S)
        assert worker.page("/healthz") == (200, "ok\n")

        if how is signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
        else:
            assert servers.eventually(lambda: not port_taken(own.kafka_port))
            local.start(own)
        worker.until(all_is_in)
        worker.until(lambda: worker.page("/readyz") == (200, "ok\n"))
        assert worker.stop() == 0
    checked(own)


@pytest.mark.parametrize("where", ["decoding", "applying", "event-loop"])
def test_a_hung_worker_that_is_told_to_end_does_so_in_time(exchange: Settings, where: str) -> None:
    publish(exchange, 50, seed=1)
    with HangingWorker(exchange, where, watchdog_s=0) as worker:
        worker.until(lambda: worker.metric("saingan_batch_records_count") > 0 or where != "event-loop")
        worker.until(lambda: worker.page("/healthz")[0] != 0)
        assert worker.stop() == 0


def test_a_worker_in_the_middle_of_a_backlog_ends_in_time_and_the_next_one_goes_on(stored: Settings) -> None:
    publish(stored, 5000, seed=3)
    with Worker(stored, poll_records=200) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        assert worker.stop() == 0
    assert positions(stored) != ends(stored), "it was all over before it was told to end"
    catch_up(stored)
    checked(stored)


def test_a_worker_that_waits_for_the_registry_ends_in_time(own_registry: Settings) -> None:
    publish(own_registry, 50, seed=1)
    local.down(own_registry)
    with Worker(own_registry) as worker:
        worker.until(lambda: worker.page("/readyz") == (503, "waits for registry\n"))
        assert worker.page("/healthz") == (200, "ok\n")
        assert worker.stop() == 0


def test_a_worker_whose_sqlite_file_another_process_locks_ends_in_time(exchange: Settings) -> None:
    catch_up(exchange)
    publish(exchange, 50, seed=1)
    with transaction(open_engine(exchange.database_url)), Worker(exchange) as worker:
        worker.until(lambda: worker.page("/readyz")[0] == 503)
        assert worker.stop() == 0
