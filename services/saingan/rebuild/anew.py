"""Emptying one view's part of a store, and nothing of another's, before it is built anew."""

from sqlalchemy import Connection, Engine, delete, select

from saingan.engine import survey
from saingan.engine.store.opening import clock, create_missing, durable, transaction
from saingan.engine.tables import birth, dead_letter, lease, ledger, rebuild_step, rederivation, view_build
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.settings import Settings


def empty(settings: Settings, engine: Engine, view: View) -> None:
    """Remove what the store holds of a view, though no row is withdrawn from its topic.

    Raises:
        Fault: a worker is at work on it.
        Transient: broker or database does not answer.
    """
    create_missing(engine)
    if at_work := survey.workers(settings, view):
        raise Fault(
            f"{len(at_work)} of the view's workers run: stop them first. `saingan worker` with the names of the other "
            "views keeps those meanwhile"
        )
    with transaction(engine) as conn:
        durable(conn)
        held_until = select(lease.c.expires_at).where(lease.c.name == view.name)
        if (conn.execute(held_until).scalar_one_or_none() or 0.0) > clock(conn):
            raise Fault(f"a worker of {view.name} ended a moment ago, or runs: try again in 10 s")
        clear(conn, view)


def clear(conn: Connection, view: View) -> None:
    for table in {view.table, view.history, view.outbox, *view.sets}:
        conn.execute(delete(table))
    for table in (ledger, birth, dead_letter, rebuild_step, rederivation, view_build):
        conn.execute(delete(table).where(table.c.view == view.name))
