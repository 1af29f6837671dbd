"""A worker's own page for machines, on a real socket."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client import generate_latest

from saingan.engine.process.health import serve
from saingan.metrics import Metrics


class Page:
    """A worker's page; what is wrong with the worker is the test's to say."""

    def __init__(self):
        self.metrics = Metrics()
        self.dead: str | None = None
        self.waits: str | None = None
        self.server = serve("127.0.0.1", 0, self.metrics, lambda: self.dead, lambda: self.waits)

    def get(self, path):
        try:
            with urlopen(f"http://127.0.0.1:{self.server.server_port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture(scope="module")
def served():
    page = Page()
    yield page
    page.server.shutdown()
    page.server.server_close()


@pytest.fixture
def page(served):
    """Of a worker that is well."""
    served.dead = served.waits = None
    return served


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_worker_that_is_well_says_ok(page, path):
    assert page.get(path) == (200, "ok\n")


def test_a_worker_that_stands_still_says_why_and_wants_to_be_started_again(page):
    page.dead = "no sign of life for 31 s"
    assert page.get("/healthz") == (503, "no sign of life for 31 s\n")
    assert page.get("/readyz")[0] == 200


def test_a_worker_that_waits_is_alive_and_not_ready(page):
    page.waits = "waits for the registry"
    assert page.get("/readyz") == (503, "waits for the registry\n")
    assert page.get("/healthz")[0] == 200


def test_its_metrics_are_those_of_this_worker(page):
    page.metrics.records.labels("outcomes", "a.topic").inc(7)
    status, text = page.get("/metrics")
    assert status == 200
    assert 'saingan_records_total{topic="a.topic",view="outcomes"} 7.0' in text


def test_two_workers_in_one_process_do_not_share_metrics(page):
    page.metrics.records.labels("outcomes", "a.topic").inc()
    assert "a.topic" not in generate_latest(Metrics().registry).decode()


def test_a_query_does_not_matter(page):
    assert page.get("/healthz?verbose")[0] == 200
