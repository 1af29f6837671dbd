"""A follower's outputs are a function of its sources' rows, on each store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, delete, event, insert, select, update

from saingan.engine.follow.following import Following
from saingan.engine.result import RowKey
from saingan.engine.store.build import REBUILDING
from saingan.engine.store.opening import transaction
from saingan.engine.tables import view_build
from saingan.errors import Fault
from saingan.topics import GRADUATION
from support.follower_bench import FollowerBench
from support.make import day, graduation
from support.persons_per_province import FOLLOWING, NAME, READ_OUTCOMES, Persons, persons_per_province
from support.store_bench import Change

BANGKOK, CHIANG_MAI = "10", "50"


@contextmanager
def closing_listener(bench: FollowerBench, refuse: Callable[[object], None]) -> Iterator[None]:
    """Have it called instead of each commit of a transaction that wrote outputs."""

    def commit(conn: Connection) -> None:
        if conn.execute(select(persons_per_province)).first() is not None:
            refuse(conn)

    event.listen(bench.engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(bench.engine, "commit", commit)


def graduate(number: int, province: str = BANGKOK, version: int = 1, **fields: object) -> Change:
    person = f"{number:032x}"
    return (
        GRADUATION,
        graduation(person_key=person, institution_province=province, record_version=version, **fields),
    )


def test_it_begins_with_what_is_there(bench: FollowerBench) -> None:
    bench.apply(graduate(1), graduate(2), graduate(3, CHIANG_MAI))
    bench.follow(bench.follower())
    assert bench.outputs() == {BANGKOK: (2, 2), CHIANG_MAI: (1, 1)} == bench.expected()
    assert bench.waiting() == 0


def test_it_follows_rows_that_come_change_and_go(bench: FollowerBench) -> None:
    follower = bench.follower()
    bench.follow(follower)
    seen = []
    for change in (
        graduate(1),
        graduate(2, CHIANG_MAI),
        graduate(1, CHIANG_MAI, version=2),
        graduate(2, version=2, change="WITHDRAW"),
    ):
        bench.apply(change)
        assert bench.waiting() == 1
        bench.follow(follower)
        assert bench.waiting() == 0
        seen.append(bench.outputs())
    assert seen == [
        {BANGKOK: (1, 1)},
        {BANGKOK: (1, 1), CHIANG_MAI: (1, 1)},
        {CHIANG_MAI: (2, 2)},
        {CHIANG_MAI: (1, 1)},
    ]


def test_newer_dates_are_one_more_change_that_waits(bench: FollowerBench) -> None:
    bench.apply(graduate(1, graduated_on=day("2027-06-02")))
    follower = bench.follower()
    bench.follow(follower)
    bench.look_from(date(2027, 6, 2), date(2027, 4, 18))
    assert (bench.outputs(), bench.waiting()) == ({BANGKOK: (1, 0)}, 1)
    bench.follow(follower)
    assert (bench.outputs(), bench.waiting()) == ({BANGKOK: (1, 1)}, 0)


def test_it_begins_again_where_a_date_goes_back(bench: FollowerBench) -> None:
    bench.apply(graduate(1, graduated_on=day("2027-05-20")))
    follower = bench.follower()
    bench.follow(follower)
    bench.look_from(date(2027, 5, 1), date(2027, 4, 1))
    bench.follow(follower)
    bench.follow(follower)
    assert (bench.outputs(), bench.waiting()) == ({BANGKOK: (1, 0)}, 0)
    assert bench.counted("saingan_follower_start_seconds_count", view=NAME) == 2


def test_a_row_is_not_written_that_is_as_it_was(bench: FollowerBench) -> None:
    bench.apply(graduate(1), graduate(2))
    bench.follow(bench.follower())
    before = bench.read(select(persons_per_province))
    assert bench.counted("saingan_rows_changed_total", view=NAME) == 1
    bench.apply(graduate(2, version=2, institution_code="1320016102"))
    bench.follow(bench.follower())  # one that begins
    assert bench.read(select(persons_per_province)) == before
    assert bench.counted("saingan_rows_changed_total", view=NAME) == 1


def test_what_nothing_stands_for_goes_when_a_follower_begins(bench: FollowerBench) -> None:
    with transaction(bench.engine) as conn:
        conn.execute(insert(persons_per_province).values(province="99", persons=7, graduated=7, changed_at=1))
    bench.apply(graduate(1))
    bench.follow(bench.follower())
    assert bench.outputs() == {BANGKOK: (1, 1)}


def test_until_a_start_is_written_the_store_says_so(bench: FollowerBench) -> None:
    bench.apply(graduate(1))
    assert bench.waiting() == 3  # a key, the dates, a start
    bench.follow(bench.follower())
    second = bench.follower()
    bench.expire_leases()
    assert bench.waiting() == 0
    second._lease.hold()
    second._begin()
    assert bench.waiting() == 1


def test_one_at_a_time_follows(bench: FollowerBench) -> None:
    first, second = bench.follower(), bench.follower()
    bench.apply(graduate(1))
    bench.follow(first)
    bench.apply(graduate(2))
    assert bench.follow(second) == 0
    assert bench.waiting() == 1


def test_one_that_was_taken_for_dead_writes_nothing_more(bench: FollowerBench) -> None:
    zombie = bench.follower()
    bench.follow(zombie)
    bench.apply(graduate(1), graduate(2))
    bench.expire_leases()
    bench.follow(other := bench.follower())
    bench.apply(graduate(2, CHIANG_MAI, version=2))
    assert zombie._lease.held  # as far as it knows
    assert zombie.round() == 0
    assert bench.waiting() == 1
    bench.follow(other)
    assert bench.outputs() == bench.expected()


def test_one_that_comes_back_after_another_knows_that_it_missed_something(bench: FollowerBench) -> None:
    first = bench.follower()
    bench.apply(graduate(1))
    bench.follow(first)
    bench.expire_leases()
    first._lease.doubt()
    other = bench.follower()
    bench.follow(other)
    bench.apply(graduate(2))
    bench.follow(other)
    other.let_go()
    bench.apply(graduate(3))
    bench.follow(first)
    assert bench.outputs() == {BANGKOK: (3, 3)}


def test_it_waits_while_a_source_is_rebuilt_and_then_begins_again(bench: FollowerBench) -> None:
    follower = bench.follower()
    bench.apply(graduate(1))
    bench.follow(follower)
    with transaction(bench.engine) as conn:  # as a rebuild does, which no set of keys knows of
        conn.execute(delete(view_build).where(view_build.c.view == READ_OUTCOMES.name))
        conn.execute(insert(view_build).values(view=READ_OUTCOMES.name, fingerprint=REBUILDING, rules=1))
        conn.execute(delete(READ_OUTCOMES.table))
    assert bench.follow(follower) == 0
    assert (bench.outputs(), bench.waiting()) == ({BANGKOK: (1, 1)}, 1)
    with transaction(bench.engine) as conn:
        of_view = view_build.c.view == READ_OUTCOMES.name
        conn.execute(update(view_build).where(of_view).values(fingerprint=READ_OUTCOMES.fingerprint))
    bench.follow(follower)
    assert (bench.outputs(), bench.waiting()) == ({}, 0)


def test_a_row_that_changes_after_it_was_taken_is_taken_again(bench: FollowerBench) -> None:
    class Meanwhile(Persons):
        def put(self, source: str, key: RowKey, row: object) -> None:
            if key[0].endswith("2") and row is not None and not self.rows:
                bench.apply(graduate(2, CHIANG_MAI, version=2))
            super().put(source, key, row)

    follower = bench.follower(replace(FOLLOWING, model=Meanwhile))
    bench.follow(follower)
    bench.apply(graduate(2))
    follower.round()
    assert bench.waiting() == 1
    bench.follow(follower)
    assert bench.outputs() == {CHIANG_MAI: (1, 1)}


def test_what_could_not_be_committed_is_written_by_a_later_round(bench: FollowerBench) -> None:
    follower = bench.follower()
    bench.follow(follower)
    bench.apply(graduate(1))

    def refuse(_: object) -> None:
        raise OSError("the commit failed")

    with closing_listener(bench, refuse), pytest.raises(OSError, match="the commit failed"):
        follower.round()
    assert (bench.outputs(), bench.waiting()) == ({}, 1)
    bench.follow(follower)
    assert (bench.outputs(), bench.waiting()) == ({BANGKOK: (1, 1)}, 0)


def test_a_failing_model_ends_it_with_a_word_on_where(bench: FollowerBench) -> None:
    class Partial(Persons):
        def put(self, _source: str, key: RowKey, _row: object) -> None:
            raise LookupError(key)

    bench.apply(graduate(0xABC))
    with pytest.raises(Fault) as fault:
        bench.follower(replace(FOLLOWING, model=Partial)).round()
    said = str(fault.value)
    assert f"the model of '{NAME}', rules 1, does not take the row" in said
    assert "of 'outcomes', last changed by ovec.graduation.v1/" in said
    assert "LookupError in put, line" in said
    assert f"{0xABC:032x}" not in said


@pytest.mark.parametrize(
    ("ours", "fails"),
    [
        (replace(FOLLOWING, rules=1), True),
        (replace(FOLLOWING, rules=3), False),
    ],
    ids=["earlier rules", "later rules"],
)
def test_later_rules_take_over_and_earlier_ones_do_not(bench: FollowerBench, ours: Following, fails: bool) -> None:
    bench.follow(two := bench.follower(replace(FOLLOWING, rules=2)))
    two.let_go()
    if fails:
        with pytest.raises(Fault, match="start that version, or a later one"):
            bench.follow(bench.follower(ours))
    else:
        bench.follow(bench.follower(ours))
        two._lease.doubt()


def test_a_follower_must_be_named_by_its_sources() -> None:
    with pytest.raises(ValueError, match="does not name unknown among its readers"):
        replace(FOLLOWING, name="unknown")


def test_it_says_how_much_waits_and_since_when(bench: FollowerBench) -> None:
    bench.apply(graduate(1), graduate(2))
    follower = bench.follower()
    follower._measure()
    assert bench.counted("saingan_follower_pending_keys", view=NAME) == 4
    assert bench.counted("saingan_follower_oldest_key_seconds", view=NAME) < 600
