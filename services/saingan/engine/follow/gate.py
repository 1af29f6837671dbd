"""The gate that all writers of a view with readers pass: whoever holds it alone sees the readers catch up.

An advisory lock of PostgreSQL, which lets them in in the order in which they came: a row that is locked shared on and
on would never be had alone. SQLite's one writer at a time needs no gate; there a moment without a waiting key is looked
for.
"""

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, func, select, text
from sqlalchemy.exc import OperationalError

from saingan.engine.follow import state
from saingan.engine.follow.following import Following
from saingan.engine.store.bulk import Bulk
from saingan.engine.store.opening import snapshot, transaction
from saingan.engine.view import View

WITHIN_S: Final = 10.0  # well below what a worker waits for a lock
_POLL_S: Final = 0.05
_CLASS: Final = 0x5A1A  # any number, for this kind of lock


def enter(store: Bulk, view: View) -> None:
    """Pass the gate of a view, until the transaction ends; the first thing that a writer does. No answer is awaited."""
    if view.readers and store.conn.dialect.name == "postgresql":
        store.ask(_lock("pg_advisory_xact_lock_shared", view.name))


@contextmanager
def moment(engine: Engine, followings: Sequence[Following], within_s: float = WITHIN_S) -> Iterator[tuple[Any, int]]:
    """One moment of the store, to be read as by `snapshot`: if it can be, one at which the followers had caught up.

    Args:
        engine: as `open_engine` opens it.
        within_s: the writers of their sources are kept waiting no longer.

    Yields:
        The connection, and how much the followers had still to take in, see `state.waiting`: 0 if they had
        caught up.

    Raises:
        Transient: the database does not answer.
    """
    until = time.monotonic() + within_s
    with ExitStack() as reading:
        with ExitStack() as closed:
            if engine.dialect.name == "postgresql" and _led(engine, followings):
                conn = closed.enter_context(transaction(engine, read_only=True))
                if _close(conn, followings, within_s):
                    while time.monotonic() < until and _waiting(conn, followings, 1):
                        time.sleep(_POLL_S)
            found, waiting = _seen(reading, engine, followings)
        while waiting and engine.dialect.name == "sqlite" and time.monotonic() < until and _led(engine, followings):
            reading.close()
            time.sleep(_POLL_S)
            found, waiting = _seen(reading, engine, followings)
        yield found, waiting


def _led(engine: Engine, followings: Sequence[Following]) -> bool:
    with transaction(engine, read_only=True) as conn:
        return bool(followings) and all(state.led(conn, one) for one in followings)


def _close(conn: Connection, followings: Sequence[Following], within_s: float) -> bool:
    """Wait until no writer is at work, and let none in; whether that came about in time."""
    conn.execute(text(f"SET LOCAL lock_timeout = {int(within_s * 1000)}"))
    try:
        for name in sorted({view.name for following in followings for view in following.sources}):
            conn.execute(_lock("pg_advisory_xact_lock", name))
    except OperationalError:
        return False
    return True


def _seen(reading: ExitStack, engine: Engine, followings: Sequence[Following]) -> tuple[Connection, int]:
    conn = reading.enter_context(snapshot(engine))
    return conn, _waiting(conn, followings)


def _waiting(conn: Connection, followings: Sequence[Following], most: int | None = None) -> int:
    return sum(state.waiting(conn, following, most) for following in followings)


def _lock(function: str, view: str) -> Select[Any]:
    number = zlib.crc32(view.encode()) - 2**31
    return select(getattr(func, function)(_CLASS, number))
