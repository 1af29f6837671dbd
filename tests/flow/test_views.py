"""Several views in one process, each at its own position: none drags another back, and all of them come back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from saingan import local
from saingan.engine.register import register
from saingan.publish import Publisher
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from support.a_register import JOBS, NAME, WORKSHOP, RegisterWorker, put_into_the_maps, workshop
from support.commands import catch_up
from support.exchange_contents import checked, ends, outcome, positions, publish, rows, send, settled
from support.make import PERSON, graduation

pytestmark = pytest.mark.flow


@pytest.fixture
def with_registers(stored: Settings) -> Iterator[Settings]:
    """An exchange that has the workshops' topic, too."""
    with pytest.MonkeyPatch.context() as patch:
        put_into_the_maps(stored.home / "schemas", patch)
        local.up(stored)
        yield stored


def at_the_end(settings: Settings, view: str) -> bool:
    streams = {"outcomes": (), JOBS: (EMPLOYMENT,), NAME: (WORKSHOP,)}
    return positions(settings, view) == ends(settings, *streams[view])


def test_a_view_that_is_new_and_one_at_the_end_of_many_records_do_not_delay_each_other(
    with_registers: Settings,
) -> None:
    settings = with_registers
    publish(settings, 600, seed=1)
    catch_up(settings, "outcomes")
    before = positions(settings)
    with RegisterWorker(settings, "outcomes", JOBS, poll_records=5) as worker:
        worker.until(lambda: bool(positions(settings, JOBS)))
        send(settings, (GRADUATION, graduation()))
        worker.until(lambda: outcome(settings, PERSON) is not None)
        assert not at_the_end(settings, JOBS), "the new view was there before the old one took in one record"
        now = positions(settings)
        assert all(now[part] in (at, at + 1) for part, at in before.items()), "the old view was dragged back"
        worker.until(lambda: at_the_end(settings, JOBS))
        assert worker.stop() == 0
    checked(settings)
    jobs = register(EMPLOYMENT).table
    assert rows(settings, select(func.count()).select_from(jobs))[0][0] > 100


def test_after_kill_9_all_views_go_on_where_they_were(with_registers: Settings) -> None:
    settings = with_registers
    with RegisterWorker(settings, poll_records=20) as killed, ThreadPoolExecutor() as pool:
        killed.until_ready()
        published = pool.submit(publish, settings, 300, 1)
        with Publisher(settings) as publisher:
            for number in range(200):
                publisher.publish(WORKSHOP.name, workshop(f"W-{number}"))
        killed.until(lambda: any(positions(settings, JOBS).values()) and any(positions(settings, NAME).values()))
        killed.kill()
        published.result()
    with RegisterWorker(settings, poll_records=20) as worker:
        worker.until(lambda: at_the_end(settings, JOBS) and at_the_end(settings, NAME) and settled(settings)())
        assert worker.stop() == 0
    checked(settings)
    kept = rows(settings, select(register(WORKSHOP).table.c.record_id))
    assert {row[0] for row in kept} == {f"W-{number}" for number in range(200)}
    assert len({part for (_, part), at in positions(settings, NAME).items() if at}) == 3
