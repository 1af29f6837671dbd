"""A worker that reads a person's state without a lock, and is overtaken before it writes."""

from contextlib import closing
from dataclasses import replace

from saingan.outcomes.view import OUTCOMES
from saingan.topics import EMPLOYMENT, GRADUATION
from support.make import employment, graduation
from support.store_bench import Bench


def test_what_another_worker_wrote_meanwhile_is_taken_into_account(postgres_url):
    """The other one's batch, about the same new person, is committed while the first derives its rows."""
    others = []

    def derive(*history_and_dates):
        if others:
            bench.apply_batch(others.pop())
        return OUTCOMES.derive(*history_and_dates)

    with closing(Bench(postgres_url)) as bench:
        first = bench.worker(replace(OUTCOMES, derive=derive))
        others.append(bench.feed.batch([(GRADUATION, graduation())]))
        bench.apply((EMPLOYMENT, employment()), by=first)
        overtaken = bench.rows(), bench.states(), bench.outbox()
        assert not others

        bench.clear()
        bench.apply((GRADUATION, graduation()), (EMPLOYMENT, employment()))
        assert (bench.rows(), bench.states(), bench.outbox()) == overtaken
