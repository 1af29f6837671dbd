"""The two dates of observation, stored once for all workers (standard, section 6), and the row by which a view follows.

They advance by themselves unless pinned. A view's row in `view_build` has the dates and the rules that its rows are
derived under. Whoever derives rows holds it shared, whoever changes it holds it alone, so no row is derived under dates
or rules that have gone.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select, update

from saingan.engine.core.derived import NO_DATES, Dates
from saingan.engine.store import build
from saingan.engine.store.bulk import Bulk
from saingan.engine.tables import observation, view_build
from saingan.engine.view import View
from saingan.settings import Settings

BANGKOK: Final = ZoneInfo("Asia/Bangkok")
REPORTING_DELAY: Final = timedelta(
    days=45
)  # an entry is reported within 30 days, an exit by the 15th of the next month
EPOCH: Final = date(1970, 1, 1)
_NOW: Final = select(observation.c.observed_on, observation.c.complete_through)


def today() -> date:
    return datetime.now(BANGKOK).date()


def days(day: date) -> int:
    return (day - EPOCH).days


def day(days_since_epoch: int) -> date:
    return EPOCH + timedelta(days=days_since_epoch)


def settle(conn: Connection, settings: Settings, now: date) -> None:
    """Store what the settings pin, else let the dates advance to today; every start of a worker does this."""
    pinned = settings.observed_on is not None or settings.complete_through is not None
    held = conn.execute(select(observation).with_for_update()).one_or_none()
    if held is not None and not pinned and not held.pinned:
        advance(conn, now)
        return
    observed_on = settings.observed_on or now
    complete_through = settings.complete_through or observed_on - REPORTING_DELAY
    values = {"observed_on": observed_on, "complete_through": complete_through, "pinned": pinned}
    if held is None:
        conn.execute(observation.insert().values(id=1, **values))
    else:
        conn.execute(update(observation).values(**values))


def follow(conn: Connection, view: View) -> None:
    """Have a view's rows derived under the dates in force from now on; all of them again where a date went back.

    Rows of a view without a clock depend on no date, so there is nothing to follow.
    """
    if not view.clock:
        return
    dates = followed(view.name)
    if conn.execute(_NOW).one() == conn.execute(dates).one():
        return
    now = conn.execute(_NOW.with_for_update(read=True)).one()
    held = conn.execute(dates.with_for_update()).one()
    if held.observed_on is not None and (
        now.observed_on < held.observed_on or now.complete_through < held.complete_through
    ):
        build.derive_all(conn, view)
    conn.execute(update(view_build).where(view_build.c.view == view.name).values(**now._mapping))


def advance(conn: Connection, now: date) -> None:
    """Go on to today, unless the dates are pinned or another worker did so already."""
    behind = (observation.c.pinned.is_(False), observation.c.observed_on < now)
    if conn.execute(select(observation.c.id).where(*behind)).first() is not None:
        values = {"observed_on": now, "complete_through": now - REPORTING_DELAY}
        conn.execute(update(observation).where(*behind).values(**values))


def read(conn: Connection, view: View) -> Dates:
    """The dates that the view's rows are derived under, held until the transaction ends."""
    if not view.clock:
        return NO_DATES
    return Dates(*map(days, conn.execute(followed(view.name).with_for_update(read=True)).one()))


def ask(store: Bulk, view: View) -> Callable[[], Dates]:
    """As `read`, but the answer may come together with the next one.

    It raises `Fault` where another version of the view has taken over the store since this one began with it.
    """
    answer, ours = store.ask(_derived_under(view.name)), build.of(view)

    def dates() -> Dates:
        observed_on, complete_through, *held = answer()
        if tuple(held) != ours:
            build.refuse(view, build.Build(*held), store.conn.dialect.name)
        return Dates(days(observed_on), days(complete_through)) if view.clock else NO_DATES

    return dates


@cache
def followed(view: str) -> Select[Any]:
    """The question for the dates that a view's rows are derived under."""
    return select(view_build.c.observed_on, view_build.c.complete_through).where(view_build.c.view == view)


@cache
def _derived_under(view: str) -> Select[Any]:
    return followed(view).add_columns(*build.COLUMNS).with_for_update(read=True)
