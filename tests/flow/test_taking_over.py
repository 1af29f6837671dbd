"""An exchange whose store is of ab80f5a: a worker of this version goes on with it, and reads nothing again."""

import pytest
from sqlalchemy import select, text, update

from engine.store import ab80f5a
from saingan.engine.tables import ledger
from saingan.exchange.reach import broker, topic_ids
from saingan.exchange.registry import Registry
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support.commands import catch_up
from support.exchange_contents import checked, ends, execute, outcome, positions, put, rows, send
from support.make import day, employment
from support.store_bench import COMPLETE_THROUGH, OBSERVED_ON

pytestmark = pytest.mark.flow


@pytest.fixture
def old(stored: Settings) -> Settings:
    """The topics hold what the store has taken in, at the same offsets."""
    ab80f5a.restore(stored.database_url)
    with Registry(stored) as registry:
        for topic, key, value, _ in ab80f5a.topics(OUTCOMES, registry.schema_id):
            put(stored, topic, (key, value))
    for name, topic_id in topic_ids(stored, broker(stored), list(OUTCOMES.streams)).items():
        execute(stored, update(ledger).where(ledger.c.topic == name).values(topic_id=topic_id))
    return stored.model_copy(update={"observed_on": OBSERVED_ON, "complete_through": COMPLETE_THROUGH})


def test_a_worker_goes_on_where_the_earlier_version_stopped(old: Settings) -> None:
    before, stood = rows(old, select(employment_outcome)), positions(old)
    assert all(stood.get(part, 0) == end for part, end in ends(old).items())
    catch_up(old)
    assert rows(old, select(employment_outcome)) == before  # lineage too, which tells when a row was written
    assert {part: at for part, at in positions(old).items() if at} == stood
    assert checked(old).table == ab80f5a.FINGERPRINT

    person = before[0].person_key
    job = employment(person_key=person, record_id="S-new", started_on=day("2027-05-20"), tsic="47111")
    send(old, (EMPLOYMENT, job))
    catch_up(old)
    row = outcome(old, person)
    assert row is not None
    assert row.tsic == "47111"
    assert checked(old).messages > len(before)
    assert rows(old, text("SELECT version FROM schema_version"))
