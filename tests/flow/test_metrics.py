"""What a running worker tells Prometheus and a supervisor."""

import subprocess
from collections.abc import Iterator

import pytest

from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support.commands import Worker
from support.exchange_contents import STREAMS, publish, put, send, settled
from support.make import PERSON, employment

pytestmark = pytest.mark.flow


@pytest.fixture
def worker(exchange: Settings) -> Iterator[Worker]:
    """One that has done every kind of work."""
    sent = publish(exchange, 100, seed=1)
    put(exchange, EMPLOYMENT, (f"{PERSON}/S-1/1".encode(), b"rubbish"))
    with Worker(exchange) as worker:
        worker.until(settled(exchange))
        worker.until(lambda: worker.metric("saingan_batch_records_sum") == sent + 1)  # counted after the commit
        yield worker.until_ready()
        assert worker.stop() == 0


def test_a_running_worker_serves_every_metric_and_says_that_it_is_well(worker: Worker) -> None:
    assert worker.page("/healthz") == (200, "ok\n")
    view, topic = {"view": "outcomes"}, {"topic": EMPLOYMENT.name}
    assert worker.metric("saingan_records_total", **view) == worker.metric("saingan_batch_records_sum", **view) > 500
    worker.until(lambda: worker.metric("saingan_refused_total", **view, **topic, reason="framing") == 1)
    worker.until(lambda: worker.metric("saingan_rows_changed_total", **view) >= 100)
    for phase in ("decode", "read", "fold", "write", "produce"):
        worker.until(lambda phase=phase: worker.metric("saingan_phase_seconds_count", **view, phase=phase) > 0)
    worker.until(lambda: worker.metric("saingan_freshness_seconds_count", **view, **topic) > 0)
    worker.until(lambda: worker.metric("saingan_last_record_timestamp_seconds", **topic) > 1.7e9)
    assert worker.metric("saingan_build_info") == 1

    series = f'saingan_lag_records{{partition="%d",topic="{EMPLOYMENT.name}",view="outcomes"}} 0.0\n'
    lags = [series % partition for partition in range(EMPLOYMENT.partitions)]
    worker.until(lambda: all(lag in worker.page("/metrics")[1] for lag in lags))

    text = worker.page("/metrics")[1]
    for name in ("saingan_ledger_conflicts", "saingan_retries", "saingan_version_conflicts", "saingan_quality_issues"):
        assert f"# TYPE {name}_total counter" in text
    assert PERSON not in text


def test_after_a_restart_a_worker_knows_when_each_stream_was_last_heard_of(exchange: Settings) -> None:
    def heard(worker: Worker) -> list[float]:
        return [worker.metric("saingan_last_record_timestamp_seconds", topic=topic.name) for topic in STREAMS]

    sent = publish(exchange, 100, seed=1)
    with Worker(exchange) as worker:
        worker.until(settled(exchange))
        worker.until(lambda: worker.metric("saingan_batch_records_sum") == sent)
        before = heard(worker)
        assert min(before) > 1.7e9
        assert worker.stop() == 0
    with Worker(exchange) as worker:
        worker.until_ready()
        assert heard(worker) == before
        assert worker.metric("saingan_records_total") == 0


def test_of_a_stream_that_never_had_a_record_there_is_no_last_one(exchange: Settings) -> None:
    send(exchange, (EMPLOYMENT, employment()))
    with Worker(exchange) as worker:
        worker.until(lambda: worker.metric("saingan_batch_records_sum") == 1)
        told = [line for line in worker.page("/metrics")[1].splitlines() if line.startswith("saingan_last_record")]
        assert len(told) == 1
        assert EMPLOYMENT.name in told[0]


def test_a_running_worker_tells_of_its_memory_processor_and_start(worker: Worker) -> None:
    assert worker.metric("process_resident_memory_bytes") > 1e7
    assert worker.metric("process_cpu_seconds_total") > 0
    assert worker.metric("process_start_time_seconds") > 1.7e9
    assert "_created" not in worker.page("/metrics")[1]


def test_prometheus_finds_nothing_to_say_against_the_metrics(worker: Worker, promtool: str) -> None:
    text = worker.page("/metrics")[1]
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
