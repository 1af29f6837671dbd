"""The two dates of observation, stored once for all workers (standard, section 6).

They advance by themselves unless pinned. Whoever derives rows holds the row of dates shared, whoever changes it holds
it alone, so no row is derived under dates that have gone.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from saingan.engine.bulk import Bulk, bulk
from saingan.engine.derived import Dates
from saingan.engine.tables import observation, view_build
from saingan.engine.view import View
from saingan.settings import Settings

BANGKOK: Final = ZoneInfo("Asia/Bangkok")
REPORTING_DELAY: Final = timedelta(
    days=45
)  # an entry is reported within 30 days, an exit by the 15th of the next month
EPOCH: Final = date(1970, 1, 1)
_HELD: Final = select(observation.c.observed_on, observation.c.complete_through).with_for_update(read=True)


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
    """Note the dates that a view's rows are derived under; where the dates went back, let all rows be derived again."""
    now = conn.execute(_HELD).one()
    of_view = view_build.c.view == view.name
    held = conn.execute(select(view_build.c.observed_on, view_build.c.complete_through).where(of_view)).one()
    if tuple(now) == tuple(held):
        return
    if held.observed_on is not None and (
        now.observed_on < held.observed_on or now.complete_through < held.complete_through
    ):
        conn.execute(update(view.history).values(due_observed=now.observed_on))
    conn.execute(update(view_build).where(of_view).values(**now._mapping))


def advance(conn: Connection, now: date) -> None:
    """Go on to today, unless the dates are pinned or another worker did so already."""
    behind = (observation.c.pinned.is_(False), observation.c.observed_on < now)
    if conn.execute(select(observation.c.id).where(*behind)).first() is not None:
        values = {"observed_on": now, "complete_through": now - REPORTING_DELAY}
        conn.execute(update(observation).where(*behind).values(**values))


def read(conn: Connection) -> Dates:
    """The dates in force, held until the transaction ends."""
    return ask(bulk(conn))()


def ask(store: Bulk) -> Callable[[], Dates]:
    """As `read`, but the answer may come together with the next one."""
    answer = store.ask(_HELD)
    return lambda: Dates(*map(days, answer()))
