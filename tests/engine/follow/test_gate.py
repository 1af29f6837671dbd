"""A moment of the store at which followers have caught up with their sources, if there is one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, select, text

from saingan.engine.follow import gate
from saingan.engine.follow.follower import Follower
from saingan.engine.store.opening import transaction
from saingan.topics import GRADUATION
from support.follower_bench import FollowerBench
from support.make import graduation
from support.persons_per_province import FOLLOWING, READ_OUTCOMES, persons_per_province
from support.store_bench import Change


def graduate(number: int) -> Change:
    return GRADUATION, graduation(person_key=f"{number:032x}", institution_province=str(10 + number % 3))


@contextmanager
def following(bench: FollowerBench) -> Iterator[Follower]:
    follower = bench.follower()
    follower.wake()
    follower.start()
    try:
        while bench.waiting():
            time.sleep(0.01)
        yield follower
    finally:
        follower.stop()
        follower.join()


def persons(conn: Connection) -> tuple[int, int]:
    """By the outputs, and by the source."""
    outputs = sum(row.persons for row in conn.execute(select(persons_per_province)))
    return outputs, len(set(conn.execute(select(READ_OUTCOMES.table.c.person_key)).scalars()))


def test_the_moment_is_one_at_which_nothing_waits(bench: FollowerBench) -> None:
    with following(bench):
        bench.apply(*map(graduate, range(100)))
        with gate.moment(bench.engine, [FOLLOWING]) as (conn, waiting):
            assert (waiting, persons(conn)) == (0, (100, 100))
            bench.apply(*map(graduate, range(100, 200)))  # the writers wait no longer
            assert persons(conn) == (100, 100)


def test_where_no_follower_runs_it_does_not_wait_for_one(bench: FollowerBench) -> None:
    bench.follow(idle := bench.follower())
    idle.let_go()
    bench.apply(*map(graduate, range(100)))
    with gate.moment(bench.engine, [FOLLOWING], within_s=1e6) as (conn, waiting):
        assert (waiting, persons(conn)) == (100, (0, 100))


def test_for_one_that_does_not_catch_up_it_waits_no_longer_than_it_may(bench: FollowerBench) -> None:
    bench.follow(bench.follower())  # which holds the lease on
    bench.apply(graduate(1))
    with gate.moment(bench.engine, [FOLLOWING], within_s=0.2) as (_, waiting):
        assert waiting == 1


def test_with_no_follower_it_is_a_snapshot(bench: FollowerBench) -> None:
    bench.apply(graduate(1))
    with gate.moment(bench.engine, []) as (conn, waiting):
        assert (waiting, persons(conn)) == (0, (0, 1))


@pytest.mark.parametrize("following_store", ["postgresql"], indirect=True)
def test_writers_that_never_pause_are_kept_waiting_for_the_moment(bench: FollowerBench) -> None:
    over = threading.Event()
    lock = threading.Lock()
    number = iter(range(10**9))

    def write(partition: int) -> None:
        worker = bench.worker()
        while not over.is_set():
            with lock:
                sent = bench.feed.sent(*graduate(next(number)), partition=partition)
                batch = bench.feed.batch([sent])
            bench.apply_batch(batch, worker)

    with following(bench):
        writers = [threading.Thread(target=write, args=[partition]) for partition in range(3)]
        for writer in writers:
            writer.start()
        try:
            for _ in range(3):
                with gate.moment(bench.engine, [FOLLOWING]) as (conn, waiting):
                    by_outputs, by_source = persons(conn)
                    assert (waiting, by_outputs) == (0, by_source)
                    seen = by_source
        finally:
            over.set()
            for writer in writers:
                writer.join()
    assert seen > 0
    assert len(bench.rows()) > seen


@pytest.mark.parametrize("following_store", ["postgresql"], indirect=True)
def test_a_writer_that_does_not_end_keeps_no_one_waiting_for_ever(bench: FollowerBench) -> None:
    bench.follow(bench.follower())
    with transaction(bench.engine) as hanging:
        hanging.execute(text("SELECT 1"))
        hanging.execute(gate._lock("pg_advisory_xact_lock_shared", "outcomes"))
        bench.apply(graduate(1))
        with gate.moment(bench.engine, [FOLLOWING], within_s=0.2) as (_, waiting):
            assert waiting == 1
