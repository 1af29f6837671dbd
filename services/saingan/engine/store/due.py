"""Which keys' rows are to be derived again: those that a date makes due, and all keys after new rules or earlier dates.

All keys at once are not marked one by one: a mark moves through them in their order, in the transactions that derive.
"""

import structlog
from sqlalchemy import Connection, delete, or_, select, update

from saingan.engine.core.derived import Dates
from saingan.engine.store.observation import day, followed
from saingan.engine.tables import rederivation
from saingan.engine.view import View

log = structlog.get_logger(__name__)


def take(conn: Connection, view: View, dates: Dates, most: int) -> set[str]:
    """Keys to derive again in this transaction, about ``most``; none where nothing is due, or another worker has it."""
    due = _behind_mark(conn, view, most)
    return due if due or not view.clock else _reached(conn, view, dates, most)


def outstanding(conn: Connection, view: View) -> bool:
    """Whether any key of the view is due."""
    if conn.execute(select(rederivation.c.view).where(rederivation.c.view == view.name)).first() is not None:
        return True
    if not view.clock:
        return False
    dates = conn.execute(followed(view.name)).one()
    history = view.history.c
    reached = or_(history.due_observed <= dates.observed_on, history.due_complete <= dates.complete_through)
    return conn.execute(select(history.key).where(reached).limit(1)).first() is not None


def _behind_mark(conn: Connection, view: View, most: int) -> set[str]:
    of_view, key = rederivation.c.view == view.name, view.history.c.key
    mark = select(rederivation.c.after).where(of_view).with_for_update(skip_locked=True)
    after = conn.execute(mark).scalar_one_or_none()
    if after is None:
        return set()
    keys = conn.execute(select(key).where(key > after).order_by(key).limit(most)).scalars().all()
    if len(keys) < most:
        log.info("the last rows are derived again", view=view.name)
        conn.execute(delete(rederivation).where(of_view))
    else:
        conn.execute(update(rederivation).where(of_view).values(after=keys[-1]))
    return set(keys)


def _reached(conn: Connection, view: View, dates: Dates, most: int) -> set[str]:
    history = view.history.c
    due: set[str] = set()
    # Column by column, in the order of its index: of both at once PostgreSQL would look through all keys.
    for column, reached in ((history.due_observed, dates.observed_on), (history.due_complete, dates.complete_through)):
        first = select(history.key).where(column <= day(reached)).order_by(column).limit(most)
        due.update(conn.execute(first).scalars())
    return due
