"""Of several, one has the lease; whoever lost it commits nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update

from saingan.engine.store.lease import Lease, Lost
from saingan.engine.store.opening import clock, transaction
from saingan.engine.tables import birth, lease
from support.store_bench import Bench


@pytest.fixture
def claim(bench: Bench) -> Callable[[], Lease]:
    return lambda: Lease(bench.engine, "the only one")


def expire(bench: Bench) -> None:
    with transaction(bench.engine) as conn:
        conn.execute(update(lease).values(expires_at=clock(conn) - 1))


def test_one_holds_it_until_it_lets_go(claim: Callable[[], Lease]) -> None:
    first, second = claim(), claim()
    assert (first.hold(), second.hold()) == (True, False)
    first.let_go()
    assert second.hold()


def test_it_passes_on_when_it_expires(bench: Bench, claim: Callable[[], Lease]) -> None:
    first, second = claim(), claim()
    assert first.hold()
    expire(bench)
    assert second.hold()


def test_to_renew_it_keeps_it(bench: Bench, claim: Callable[[], Lease]) -> None:
    first, second = claim(), claim()
    first.hold()
    expire(bench)
    with transaction(bench.engine) as conn:
        first.renew(conn)
    assert not second.hold()


def write(bench: Bench, holder: Lease) -> None:
    with transaction(bench.engine) as conn:
        conn.execute(birth.insert().values(view="a view", topic="a topic", partition=0, next_offset=1))
        holder.renew(conn)


@pytest.mark.parametrize("gone", [False, True], ids=["another has it", "nobody has it"])
def test_whoever_lost_it_commits_nothing(bench: Bench, claim: Callable[[], Lease], gone: bool) -> None:
    zombie = claim()
    zombie.hold()
    expire(bench)
    claim().hold()
    if gone:
        with transaction(bench.engine) as conn:
            conn.execute(delete(lease))
    with pytest.raises(Lost):
        write(bench, zombie)
    assert bench.read(select(birth)) == []
    assert not zombie.held
