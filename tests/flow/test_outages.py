"""A database or broker that crashes, as by `kill -9`, is lag; and a worker that is told to end does so in time."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from flow.held import checked, ends, positions, publish, settled
from flow.run import Worker
from saingan import local
from saingan.local.servers import KAFKA
from saingan.settings import Settings

pytestmark = pytest.mark.flow


@pytest.fixture
def postgres_home(shared: Path, postgres_server: str) -> Iterator[Path]:
    """The folder of a PostgreSQL of the test's own; below the session's, through which the server's user may pass."""
    folder = shared / f"postgres-{secrets.token_hex(4)}"
    folder.mkdir()
    yield folder
    servers.stop_postgres(folder)


def test_a_database_that_crashes_in_the_middle_is_waited_for(exchange: Settings, postgres_home: Path) -> None:
    url = servers.start_postgres(postgres_home)
    assert url is not None
    stored = exchange.model_copy(update={"database": url, "poll_records": 50})
    publish(stored, 2000, seed=4)

    with Worker(stored) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        servers.stop_postgres(postgres_home)  # at once: commits that were not yet written down are lost
        worker.until(lambda: worker.metric("saingan_retries_total", what="database") > 2)
        assert worker.page("/readyz") == (503, "waits for database\n")
        assert worker.page("/healthz")[0] == 200

        servers.start_postgres(postgres_home)
        assert positions(stored) != ends(stored), "it was all over before the crash"
        worker.until(settled(stored))
        checked(stored)

        servers.stop_postgres(postgres_home)
        worker.until(lambda: worker.page("/readyz")[0] == 503)
        assert worker.stop(within_s=10) == 0


def test_a_worker_that_never_found_its_database_ends_in_time(exchange: Settings) -> None:
    nowhere = f"postgresql://saingan@127.0.0.1:{servers.free_ports(1)}/none"
    with Worker(exchange, database=nowhere) as worker:
        worker.until(lambda: worker.metric("saingan_retries_total", what="database") > 2)
        assert worker.stop(within_s=10) == 0


def test_a_broker_that_crashes_is_waited_for(own: Settings) -> None:
    publish(own, 2000, seed=5)

    with Worker(own) as worker:
        worker.until(lambda: worker.metric("saingan_records_total") > 0)
        servers.crash(KAFKA, own)
        local.start(own)
        publish(own, 100, seed=6)
        worker.until(settled(own))
        checked(own)

        servers.crash(KAFKA, own)
        assert worker.stop(within_s=10) == 0
