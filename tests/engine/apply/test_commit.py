"""All of a batch or nothing: zombies, failures and floods, on both kinds of store."""

import threading

import pytest
from sqlalchemy import select, text

from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import transaction
from saingan.errors import Fault, SainganError
from saingan.topics import EMPLOYMENT, GRADUATION
from support.make import PERSON, employment, graduation
from support.store_bench import Bench

GRADUATE = (GRADUATION, graduation())
JOB = (EMPLOYMENT, employment())
ROW = (PERSON, "G-1")


def test_a_zombie_that_applies_the_same_batch_again_changes_nothing(bench):
    batch = bench.feed.batch([GRADUATE, JOB, bench.feed.sent(EMPLOYMENT, employment(), key=b"")])
    bench.apply_batch(batch)
    before = bench.everything()
    zombie = bench.worker()
    with pytest.raises(Conflict):
        zombie.apply(batch, zombie.take(batch))
    assert bench.everything() == before


def test_a_batch_that_overlaps_what_was_taken_in_changes_nothing(bench):
    first, second = bench.feed.batch([GRADUATE]), bench.feed.batch([(GRADUATION, graduation(record_id="G-2"))])
    bench.apply_batch(first)
    (one,), (two,) = first, second
    both = [one._replace(end=two.end, messages=[*one.messages, *two.messages])]
    before = bench.everything()
    with pytest.raises(Conflict):
        bench.apply_batch(both)
    assert bench.everything() == before


def test_of_two_workers_with_one_batch_one_commits_it(bench: Bench):
    batch = bench.feed.batch([GRADUATE, JOB])
    bench.open(batch)
    workers = [bench.worker(), bench.worker()]
    both_ready, outcomes = threading.Barrier(2), []

    def work(worker):
        taken = worker.take(batch)
        both_ready.wait(timeout=20)
        try:
            outcomes.append(worker.apply(batch, taken))
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes, key=str) == [1, "conflict"]
    assert len(bench.rows()) == 1


def test_a_batch_that_the_database_refuses_leaves_nothing_and_can_be_applied_again(store_url):
    bench = Bench(store_url)
    batch = bench.feed.batch([GRADUATE, JOB, bench.feed.sent(EMPLOYMENT, employment(), key=b"")])
    bench.open(batch)
    taken = bench.loop.take(batch)
    with transaction(bench.engine) as conn:
        conn.execute(text("ALTER TABLE outcomes_outbox RENAME TO away"))  # the last table that is written
    before = everything_but_outbox(bench)
    with pytest.raises(SainganError):
        bench.loop.apply(batch, taken)
    assert everything_but_outbox(bench) == before
    with transaction(bench.engine) as conn:
        conn.execute(text("ALTER TABLE away RENAME TO outcomes_outbox"))
    assert bench.loop.apply(batch, taken) == 1
    assert (len(bench.rows()), len(bench.letters()), bench.outbox()) == (1, 1, {ROW})
    bench.close()


def everything_but_outbox(bench):
    tables = (bench.view.history, bench.view.table)
    return {**{table.name: bench.read(select(table)) for table in tables}, "letters": bench.letters()}


def test_a_flood_leaves_nothing_of_its_batch(standing_store):
    bench = Bench(standing_store, limit=0.2)
    bench.apply(GRADUATE)
    before = bench.everything()
    batch = bench.feed.batch([JOB, *(bench.feed.sent(EMPLOYMENT, employment(), key=b"") for _ in range(200))])
    bench.open(batch)
    opened = bench.everything()
    with pytest.raises(Fault):
        bench.loop.take(batch)
    assert bench.everything() == opened
    assert opened["employment_outcome"] == before["employment_outcome"]
    bench.close()


def test_a_batch_of_no_records_moves_the_position_alone(bench):
    (part,) = bench.feed.batch([bench.feed.sent(EMPLOYMENT, employment(), value=None, partition=0)])
    assert bench.apply_batch([part._replace(end=9, messages=[])]) == 0
    (position,) = bench.everything()["ledger"]
    assert position[-1] == 9
