"""A sender gone wrong: past a share of refused records the worker stops."""

import pytest

from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, EMPLOYMENT
from support.commands import Worker, catch_up
from support.exchange_contents import checked, ends, messages, positions, publish, put, settled
from support.make import PERSON

pytestmark = pytest.mark.flow


def test_a_flood_of_bad_records_stops_the_worker_with_nothing_acked_past_it(exchange: Settings) -> None:
    publish(exchange, 60, seed=1)
    catch_up(exchange)
    stood = positions(exchange)
    put(exchange, EMPLOYMENT, *[(f"{PERSON}/S-{number}/1".encode(), b"rubbish") for number in range(150)])

    with Worker(exchange, "--until-caught-up") as worker:
        assert worker.wait() == 1
        said = worker.refusal()
        assert said.startswith(f"saingan: {EMPLOYMENT.name}: 100 of the last 100 records are refused")
        assert "SAINGAN_REJECTION_LIMIT" in said
        assert "rubbish" not in worker.tail()
    assert positions(exchange) == stood
    assert messages(exchange, DEAD_LETTER) == []

    catch_up(exchange, rejection_limit=1)
    assert positions(exchange) == ends(exchange)
    assert len(messages(exchange, DEAD_LETTER)) == 150
    assert checked(exchange).streams[EMPLOYMENT.name].rejected == {"framing": 150}


def test_a_hundred_bad_records_among_many_good_ones_do_not_stop_a_worker(exchange: Settings) -> None:
    put(exchange, EMPLOYMENT, *[(f"{PERSON}/S-{number}/1".encode(), b"rubbish") for number in range(99)])
    publish(exchange, 300, seed=2)
    with Worker(exchange) as worker:
        worker.until(settled(exchange))  # the hundredth comes after the good ones of all partitions
        put(exchange, EMPLOYMENT, (f"{PERSON}/S-99/1".encode(), b"rubbish"))
        worker.until(settled(exchange))
        assert worker.stop() == 0

    assert checked(exchange).streams[EMPLOYMENT.name].rejected == {"framing": 100}
