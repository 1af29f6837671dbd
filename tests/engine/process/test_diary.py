"""What a worker says of its work, to machines and to people."""

import pytest
from structlog.testing import capture_logs

from saingan.engine.process import diary
from saingan.engine.process.diary import Diary
from saingan.metrics import Metrics
from saingan.topics import EMPLOYMENT, GRADUATION


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(diary, "_MINUTE_S", 0.0)


def take_in(metrics, records):
    metrics.records.labels("outcomes", EMPLOYMENT.name).inc(records)
    metrics.records.labels("outcomes", GRADUATION.name).inc(1)
    metrics.rows_changed.labels("outcomes").inc(1)


def test_it_says_once_that_it_is_ready(metrics):
    with capture_logs() as said:
        written = Diary("outcomes", metrics, people=False)
        for ready in (False, True, False, True):
            written.note(ready, partitions=24, behind=7)
    ready = {"view": "outcomes", "partitions": 24, "records_behind": 7}
    assert said == [{"event": "worker is ready", "log_level": "info", **ready}]


def test_people_are_told_what_was_done_since_the_last_line_and_nothing_where_nothing_was(metrics, hurried):
    with capture_logs() as said:
        written = Diary("outcomes", metrics, people=True)
        for records in (0, 4, 0, 2):
            if records:
                take_in(metrics, records)
            written.note(True, partitions=24, behind=0)
    assert [(line["records"], line["rows"]) for line in said if line["event"] == "worked"] == [(5, 1), (3, 1)]
    assert all("refused" not in line for line in said)


def test_people_are_told_no_more_than_once_a_minute(metrics):
    with capture_logs() as said:
        written = Diary("outcomes", metrics, people=True)
        for _ in range(5):
            take_in(metrics, 1)
            written.note(True, partitions=24, behind=0)
    assert len([line for line in said if line["event"] == "worked"]) == 1


def test_machines_are_spared_it(metrics, hurried):
    with capture_logs() as said:
        written = Diary("outcomes", metrics, people=False)
        for _ in range(5):
            take_in(metrics, 1)
            written.note(True, partitions=24, behind=0)
    assert [line["event"] for line in said] == ["worker is ready"]
