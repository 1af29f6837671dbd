"""Counters tell of batches that were committed: however often one is tried, and whoever commits it, it counts once."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import transaction
from saingan.errors import SainganError, Transient
from saingan.outcomes.view import OUTCOMES
from saingan.topics import EMPLOYMENT, GRADUATION
from support.make import PERSON, day, employment, graduation
from support.store_bench import Bench

ODD = employment(source="SSO-20", tsic="00000", started_on=day("2100-01-01"))


def counters(bench):
    """Every count that a batch gives, times aside."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in bench.metrics.registry.collect()
        for sample in family.samples
        if sample.name.endswith(("_total", "_count", "_sum")) and sample.name.startswith("saingan_")
        if not sample.name.startswith(("saingan_phase_seconds", "saingan_freshness_seconds_sum"))
    }


def batch_of_every_kind(bench):
    """Good, odd, contradictory and bad records of two streams."""
    return bench.feed.batch(
        [
            (EMPLOYMENT, ODD),
            (EMPLOYMENT, employment(record_id="S-2")),
            (EMPLOYMENT, employment(record_id="S-2", section=39)),
            bench.feed.sent(EMPLOYMENT, employment(), key=b""),
            (GRADUATION, graduation()),
        ]
    )


@pytest.fixture
def once(tmp_path):
    """The counters of a worker to which nothing happened."""
    bench = Bench(f"sqlite:///{tmp_path / 'once.db'}")
    bench.apply_batch(batch_of_every_kind(bench))
    bench.close()
    found = counters(bench)
    labels = {"topic": EMPLOYMENT.name, "source": "SSO-20", "rule": "tsic-unlisted"}
    assert bench.counted("saingan_quality_issues_total", **labels) == 1
    assert bench.counted("saingan_records_total", view="outcomes", topic=EMPLOYMENT.name) == 4
    assert bench.counted("saingan_version_conflicts_total", view="outcomes", topic=EMPLOYMENT.name) == 1
    return found


def test_a_batch_that_was_taken_again_after_an_outage_of_the_registry_counts_once(bench, once):
    batch = batch_of_every_kind(bench)
    bench.open(batch)
    (employments, graduations) = batch
    bench.loop.take([employments])  # its schema is known from now on, and that of the other stream is not
    bench.registry.down = True
    for _ in range(3):
        with pytest.raises(Transient):
            bench.loop.take([employments, graduations])
    bench.registry.down = False
    bench.loop.apply(batch, bench.loop.take(batch))
    assert counters(bench) == once


def test_a_batch_that_the_database_refused_first_counts_once(bench, once):
    batch = batch_of_every_kind(bench)
    bench.open(batch)
    taken = bench.loop.take(batch)
    rename(bench, "outcomes_outbox", "away")
    for _ in range(3):
        with pytest.raises(SainganError):
            bench.loop.apply(batch, taken)
    rename(bench, "away", "outcomes_outbox")
    bench.loop.apply(batch, taken)
    assert counters(bench) == once


def test_a_batch_that_another_worker_has_taken_in_counts_there_alone(bench, once):
    batch = batch_of_every_kind(bench)
    bench.apply_batch(batch)
    zombie = bench.worker()
    with pytest.raises(Conflict):
        zombie.apply(batch, zombie.take(batch))
    assert counters(bench) == once


def test_a_batch_that_was_overtaken_and_derived_again_counts_once(postgres_url):
    bench = Bench(postgres_url)
    others = []

    def derive(*history_and_dates):
        if others:
            bench.apply_batch(others.pop(), by=other)
        return OUTCOMES.derive(*history_and_dates)

    other = bench.worker()
    first = bench.worker(replace(OUTCOMES, derive=derive))
    contradictory = [(EMPLOYMENT, employment()), (EMPLOYMENT, employment(section=39))]
    others.append(bench.feed.batch([(GRADUATION, graduation(person_key=PERSON))]))
    bench.apply(*contradictory, by=first)
    bench.close()
    assert not others
    assert bench.counted("saingan_version_conflicts_total", view="outcomes", topic=EMPLOYMENT.name) == 1
    assert bench.counted("saingan_records_total", view="outcomes", topic=EMPLOYMENT.name) == 2


def rename(bench, old, new):
    with transaction(bench.engine) as conn:
        conn.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
