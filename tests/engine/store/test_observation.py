"""The two dates of observation: section 6 of the standard."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from saingan.engine.store import observation
from saingan.engine.store.opening import transaction
from saingan.engine.tables import observation as dates
from saingan.engine.tables import view_build
from saingan.settings import Settings
from saingan.topics import GRADUATION
from support.make import graduation
from support.store_bench import Bench

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
SUNDAY = date(2026, 3, 1)


@pytest.fixture
def fresh(bench: Bench):
    """A store that no worker has given dates yet."""
    with transaction(bench.engine) as conn:
        conn.execute(dates.delete())
        conn.execute(view_build.update().values(observed_on=None, complete_through=None))
    return bench


def settle(bench, now, **pins):
    with transaction(bench.engine) as conn:
        observation.settle(conn, Settings(**pins), now)


def advance(bench, now):
    with transaction(bench.engine) as conn:
        observation.advance(conn, now)


def held(bench):
    ((_, observed_on, complete_through, pinned),) = bench.read(select(dates))
    return observed_on, complete_through, pinned


def due(bench):
    return [due for (due,) in bench.read(select(bench.view.history.c.due_observed))]


def test_the_first_worker_looks_from_today_and_takes_the_registry_to_be_complete_45_days_before(fresh):
    settle(fresh, MONDAY)
    assert held(fresh) == (MONDAY, date(2026, 1, 16), False)


def test_the_dates_advance_by_themselves(fresh):
    settle(fresh, MONDAY)
    advance(fresh, TUESDAY)
    assert held(fresh) == (TUESDAY, date(2026, 1, 17), False)


def test_a_worker_whose_clock_is_behind_changes_nothing(fresh):
    settle(fresh, TUESDAY)
    advance(fresh, MONDAY)
    settle(fresh, SUNDAY)
    assert held(fresh)[0] == TUESDAY


def test_a_later_start_goes_on_to_today(fresh):
    settle(fresh, MONDAY)
    settle(fresh, TUESDAY)
    assert held(fresh)[0] == TUESDAY


def test_pinned_dates_stay_as_they_are(fresh):
    settle(fresh, TUESDAY, observed_on=SUNDAY, complete_through=date(2025, 1, 1))
    advance(fresh, TUESDAY)
    assert held(fresh) == (SUNDAY, date(2025, 1, 1), True)


def test_of_a_pinned_observed_on_the_other_follows(fresh):
    settle(fresh, TUESDAY, observed_on=SUNDAY)
    assert held(fresh) == (SUNDAY, SUNDAY - timedelta(45), True)


def test_a_pinned_complete_through_pins_today_with_it(fresh):
    settle(fresh, TUESDAY, complete_through=SUNDAY)
    assert held(fresh) == (TUESDAY, SUNDAY, True)


def test_a_start_without_pins_frees_the_dates(fresh):
    settle(fresh, TUESDAY, observed_on=date(2030, 1, 1))
    settle(fresh, TUESDAY)
    assert held(fresh) == (TUESDAY, date(2026, 1, 17), False)


def test_a_pin_after_free_dates_moves_them_back_too(fresh):
    settle(fresh, TUESDAY)
    settle(fresh, TUESDAY, observed_on=SUNDAY)
    assert held(fresh)[0] == SUNDAY


def test_rows_are_derived_under_the_dates_as_days(bench):
    bench.look_from(date(1970, 1, 11), date(1970, 1, 2))
    with transaction(bench.engine) as conn:
        assert observation.read(conn, bench.view) == (10, 1)


def test_dates_that_went_on_make_no_row_due_that_is_not(bench):
    bench.apply((GRADUATION, graduation()))
    before = due(bench)
    bench.look_from(date(2027, 6, 2), date(2027, 4, 18))
    assert due(bench) == before


@pytest.mark.parametrize(
    "back", [(date(2027, 5, 31), date(2027, 4, 17)), (date(2027, 6, 1), date(2027, 4, 16)), (date(1990, 1, 1),) * 2]
)
def test_where_either_date_went_back_every_row_is_derived_again(bench, back):
    bench.apply((GRADUATION, graduation()))
    bench.look_from(*back)
    assert bench.loop.sweep() == 1
    assert bench.loop.sweep() == 0


def test_today_is_bangkoks():
    assert observation.BANGKOK.key == "Asia/Bangkok"
    assert abs(observation.today() - date.today()) <= timedelta(1)  # noqa: DTZ011 - wherever this machine stands


def test_two_workers_that_start_at_once_end_with_one_pair_of_dates(fresh):
    """Both go on: the one that lost the race is told to try again, and then finds the dates there."""
    both_ready = threading.Barrier(2)

    def start():
        both_ready.wait(timeout=20)
        try:
            settle(fresh, MONDAY)
        except Exception:  # noqa: BLE001 - a worker waits and tries again
            settle(fresh, MONDAY)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert held(fresh) == (MONDAY, date(2026, 1, 16), False)
