"""Workers that end when they have caught up: one of all streams, four of one stream each."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from saingan.settings import Settings
from saingan.topics import OUTCOME
from support.commands import Worker, catch_up
from support.exchange_contents import STREAMS, checked, ends, positions, publish

pytestmark = pytest.mark.flow

PERSONS = 500


def test_one_worker_takes_in_all_there_is_and_a_second_run_changes_nothing(stored: Settings) -> None:
    sent = publish(stored, PERSONS, seed=1)

    catch_up(stored)

    report = checked(stored)
    assert sum(tally.accepted for tally in report.streams.values()) == sent
    assert report.rows_expected > PERSONS * 0.9
    assert report.keys == report.rows_in_table == report.rows_expected
    assert positions(stored) == ends(stored)

    emitted = ends(stored, OUTCOME)
    catch_up(stored)
    assert ends(stored, OUTCOME) == emitted
    assert checked(stored).table == report.table


def test_a_worker_makes_the_home_that_is_not_there_yet(exchange: Settings, tmp_path: Path) -> None:
    publish(exchange, 50, seed=1)
    catch_up(
        exchange,
        home=tmp_path / "not" / "there" / "yet",
        operator_public_key=exchange.public_key_file,
        database=exchange.database_url,
    )
    assert positions(exchange) == ends(exchange)
    checked(exchange)


def test_four_workers_of_one_stream_each_make_the_same_rows_as_one_of_all(stored: Settings, exchange: Settings) -> None:
    publish(stored, PERSONS, seed=2)

    with ExitStack() as stack:
        options = [("--until-caught-up", "--stream", topic.name) for topic in STREAMS]
        workers = [stack.enter_context(Worker(stored, *given)) for given in options]
        assert [worker.wait() for worker in workers] == [0] * 4, [worker.tail() for worker in workers]
    by_four = checked(stored)

    catch_up(exchange)
    by_one = checked(exchange)
    assert by_four.table == by_one.table
    assert by_four.rows_in_table > PERSONS * 0.9
