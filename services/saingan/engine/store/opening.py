"""Opening the store: an embedded SQLite file, or PostgreSQL. One schema, one suite of tests on both."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from saingan.engine.store import build
from saingan.engine.store.address import address
from saingan.engine.store.migrations import migrate
from saingan.engine.store.turns import turns
from saingan.engine.view import View
from saingan.errors import Fault, SainganError, Transient

LOCK_S: Final = 30  # waited for a lock
HUNG_S: Final = 25  # longer than any transaction of ours waits for its own client
_NO_LOCK: Final = "55P03"  # PostgreSQL's code for a lock that was not to be had in time


def open_engine(url: str) -> Engine:
    """An engine whose transactions hold what the design promises.

    A lost commit at a power failure is safe in both stores: position and results roll back together, and the topics
    replay the rest. So SQLite does not sync its WAL and PostgreSQL does not wait for its own.
    """
    target = address(url)
    if target.get_backend_name() == "sqlite":
        waits = {"timeout": 30, "check_same_thread": False}
        engine = create_engine(target, hide_parameters=True, connect_args=waits)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # A worker that hangs or whose machine is gone would keep its locks, and with them all others from their work.
    hung = f"-c idle_in_transaction_session_timeout=30s -c lock_timeout={LOCK_S}s"
    gone = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
    # A worker asks for few rows of many, by their keys. Tables that grow faster than their statistics are gathered were
    # read whole for it: by the relay with every round, however little it had to send.
    by_key = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0"
    options = f"-c synchronous_commit=off -c jit=off -c client_min_messages=warning {by_key} {hung} {gone}"
    return create_engine(target, hide_parameters=True, connect_args={"options": options})


def _tune_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver begins no transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-64000", "temp_store=MEMORY"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(conn: Connection) -> None:
    read_only = conn.get_execution_options().get("read_only")
    # A transaction that reads first and writes later would be refused at once when another one wrote in between.
    conn.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine, read_only: bool = False) -> Iterator[Connection]:
    """A transaction; what the database cannot do now is `Transient`, what it never will is a `Fault`."""
    try:
        with _turn(engine, read_only), engine.connect().execution_options(read_only=read_only) as conn, conn.begin():
            yield conn
    except DBAPIError as error:
        raise _reaction(engine, error.orig) from error
    except engine.dialect.loaded_dbapi.Error as error:  # the driver's own, where it is used without SQLAlchemy
        raise _reaction(engine, error) from error


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """As `transaction`, to read whole tables as they all were at one moment."""
    with transaction(engine, read_only=True) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            conn.execute(text("SET LOCAL enable_seqscan = on"))
        yield conn


def _turn(engine: Engine, read_only: bool) -> AbstractContextManager[None]:
    if read_only or engine.dialect.name != "sqlite":
        return nullcontext()
    return turns(str(engine.url.database)).turn(LOCK_S)


def _reaction(engine: Engine, error: BaseException | None) -> SainganError:
    """Repeat the call, or stop? The database's own message may contain values, so it is not repeated."""
    driver, name = engine.dialect.loaded_dbapi, type(error).__name__
    if isinstance(error, driver.DataError | driver.ProgrammingError | driver.NotSupportedError):
        return Fault(f"the database refused a statement or a value ({name}): this is a bug, report it with the log")
    if getattr(error, "sqlstate", None) == _NO_LOCK:
        _end_hung(engine)
    return Transient(f"the database could not do it now ({name})")


def _end_hung(engine: Engine) -> None:
    """End the sessions that wait for a client that hangs, of which PostgreSQL's own timeout does not know.

    It knows of none in the middle of a COPY, and forgets those to which the driver sent a Flush after their last Sync,
    as it does for an `executemany` of one row (psycopg 3.3, PostgreSQL 15).
    """
    hung = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = current_user AND wait_event = 'ClientRead' "
        "AND (state LIKE 'idle in transaction%' OR (state = 'active' AND query LIKE 'COPY %')) "
        "AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
    )
    with suppress(DBAPIError), engine.connect() as conn:
        conn.execute(text(hung), {"seconds": HUNG_S})


def durable(conn: Connection) -> None:
    """Have this commit, and all commits before it, outlast a crash of the database."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL synchronous_commit = on"))


def clock(conn: Connection) -> float:
    """Seconds since the epoch, by the one clock that all workers of a store share."""
    postgresql = conn.dialect.name == "postgresql"
    now = "extract(epoch FROM clock_timestamp())::float8" if postgresql else "(julianday() - 2440587.5) * 86400"
    return float(conn.execute(text(f"SELECT {now}")).scalar_one())


def create_missing(engine: Engine) -> None:
    """Create the tables that are not there yet; those of an earlier version become those of this one.

    Raises:
        Fault: a later version of Saingan made the store.
        Transient: a worker of an earlier version is at work on the store.
    """
    with transaction(engine) as conn:
        migrate(conn, clock)


def create_tables(engine: Engine, view: View) -> None:
    """As `create_missing`, and the view goes on with what the store holds of it.

    Raises:
        Fault: it cannot: another version of the view, or later rules, made that.
    """
    with transaction(engine) as conn:
        migrate(conn, clock)
        build.adopt(conn, view)
