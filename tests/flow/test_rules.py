"""Rules are raised while workers run: no row stays under earlier rules, whoever is killed meanwhile."""

import pytest
from sqlalchemy import select, update

from flow.rules import EarlierWorker, SlowWorker
from saingan.engine.tables import rederivation, view_build
from saingan.errors import Fault
from saingan.outcomes.table import RULES, employment_outcome
from saingan.settings import Settings
from support.commands import Worker, catch_up
from support.exchange_contents import checked, execute, positions, publish, rows, settled
from support.verified import verified

pytestmark = pytest.mark.flow


def test_rows_follow_new_rules_while_workers_come_and_are_killed(stored: Settings) -> None:
    publish(stored, 600, seed=1)
    with EarlierWorker(stored) as earlier:
        earlier.until(settled(stored))
        with pytest.raises(Fault, match=f"the rows follow rules {RULES - 1}, and this Saingan verifies rules {RULES}"):
            verified(stored)
        stood = positions(stored)

        with SlowWorker(stored) as killed:
            killed.until(lambda: any(row.after for row in rows(stored, select(rederivation))))
            killed.process.kill()
        assert rows(stored, select(rederivation)), "it was all over before the kill"
        publish(stored, 40, seed=2)
        assert earlier.wait() != 0
        assert f"the rows follow rules {RULES}, and this version has rules {RULES - 1}" in earlier.tail()

    with Worker(stored) as one, Worker(stored) as other:
        one.until(settled(stored))
        checked(stored)
        assert one.stop() == other.stop() == 0
    assert all(positions(stored)[part] >= at for part, at in stood.items())


def test_only_rows_that_the_new_rules_change_are_sent(stored: Settings) -> None:
    """Today's rules come to a store that already follows them but for the number: nothing is written."""
    publish(stored, 100, seed=1)
    catch_up(stored)
    before = rows(stored, select(employment_outcome))
    messages = checked(stored).messages
    execute(stored, update(view_build).values(rules=RULES - 1))
    catch_up(stored)
    assert rows(stored, select(view_build.c.rules)) == [(RULES,)]
    assert rows(stored, select(employment_outcome)) == before
    assert checked(stored).messages == messages
