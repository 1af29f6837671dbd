"""The rebuild of a view: what it ends at is fixed first, then partitions are read, then buckets are loaded."""

import multiprocessing
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from os import cpu_count
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from saingan.engine import reconcile as reconciling
from saingan.engine.intake.flood import AT_LEAST
from saingan.engine.intake.sealing import Sealer
from saingan.engine.store import build, ledger, observation
from saingan.engine.store.build import REBUILDING
from saingan.engine.store.opening import create_missing, durable, open_engine, transaction
from saingan.engine.tables import ledger as positions_table
from saingan.engine.tables import rebuild_step, view_build
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.exchange.reach import broker, topic_ids
from saingan.exchange.registry import Registry
from saingan.exchange.require import require
from saingan.exchange.topic_log import Log, Positions
from saingan.progress import progress_bars
from saingan.rebuild.anew import clear, empty
from saingan.rebuild.spill import FORMAT
from saingan.rebuild.units import Loaded, Plan, Registered, end_with_parent, load_bucket, spill_partition
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER
from saingan.views import load

_BUCKET: Final = 25_000  # records; a processor's cache holds more of fewer, and a transaction has its price
_PROCESSES: Final = min(8, cpu_count() or 1)
_THREADS: Final = Path("/proc/self/task")  # of this process, on Linux

Ends = dict[int, dict[str, range]]  # partition → topic → offsets
Bounds = Mapping[str, tuple[Positions, Positions]]  # topic → where its partitions begin and end


class Rebuilt(NamedTuple):
    records: int
    refused: int
    rows: int
    conflicts: int
    withdrawn: int  # keys of the view's topic that have no row any more


def rebuild(
    settings: Settings, view_name: str, *, reconcile: bool = False, anew: bool = False, progress: bool = True
) -> Rebuilt:
    """Build a view's table from the beginning of its topics, in an empty store; an interrupted one goes on.

    Live workers can be started when it is done: they go on at the offsets where the topics ended at its start.

    Args:
        view_name: in the map of views.
        reconcile: withdraw from the view's topic what has no row, however many keys that are; of a store that is built
            already, do nothing else.
        anew: remove first what the store holds of the view, and of no other one.
        progress: show a bar on standard error where that is a terminal.

    Raises:
        Fault: the store is not empty, a worker is in the way of ``anew``, too many records are refused, or too many
            keys would be withdrawn.
        Transient: broker, registry or database does not answer; run it again.
    """
    view = load(view_name)
    engine = open_engine(settings.database_url)
    try:
        if anew:
            empty(settings, engine, view)
        if reconcile and not anew and _is_built(engine, view):
            return Rebuilt(0, 0, 0, 0, _withdraw(settings, engine, view, reconcile))
        # The pool comes first: it wants to fork, and what follows has clients.
        with _pool(view_name) as pool, progress_bars(progress) as bars:
            Sealer.from_file(settings.public_key_file)  # its fault is raised at once, and not when a record is refused
            require(settings, (*view.streams, DEAD_LETTER, *([view.topic] if view.topic else ())))
            schemas, buckets, token, ends = _prepare(settings, engine, view)
            folder = settings.home / "rebuild" / token
            plan = Plan(settings, view_name, schemas, folder, buckets)
            reading = bars.add_task("read", total=sum(len(span) for spans in ends.values() for span in spans.values()))
            for read in as_completed([pool.submit(spill_partition, plan, *part) for part in ends.items()]):
                bars.advance(reading, read.result())
            waiting = set(range(buckets)) - _loaded(engine, view)
            loading = bars.add_task("load", total=len(waiting))
            loaded: list[Loaded] = []
            for part in as_completed([pool.submit(load_bucket, plan, bucket) for bucket in sorted(waiting)]):
                loaded.append(part.result())
                _check_flood(settings, loaded)
                bars.advance(loading)
        _hand_over(engine, view)
        shutil.rmtree(folder)
        withdrawn = _withdraw(settings, engine, view, reconcile)
    finally:
        engine.dispose()
    return Rebuilt(
        sum(one.records.total() for one in loaded),
        sum(one.refused.total() for one in loaded),
        sum(one.rows for one in loaded),
        sum(one.conflicts for one in loaded),
        withdrawn,
    )


def _is_built(engine: Engine, view: View) -> bool:
    create_missing(engine)
    with transaction(engine, read_only=True) as conn:
        built = select(view_build.c.fingerprint).where(view_build.c.view == view.name)
        return conn.execute(built).scalar_one_or_none() == view.fingerprint


def _withdraw(settings: Settings, engine: Engine, view: View, force: bool) -> int:
    """Reconcile the view's topic, where no row waits to follow a new day; else the workers do."""
    with transaction(engine, read_only=True) as conn:
        if not reconciling.outstanding(conn, view):
            return 0
    with Log(settings) as log:
        return reconciling.reconcile(engine, log, view, force=force)


def _prepare(settings: Settings, engine: Engine, view: View) -> tuple[Registered, int, str, Ends]:
    create_missing(engine)
    ids = topic_ids(settings, broker(settings), list(view.streams))
    with Log(settings) as log:
        bounds = {topic.name: log.bounds(topic.name) for topic in view.streams}
    with Registry(settings) as registry:  # after the ends, so that it knows whatever lies before them
        schemas = Registered({topic.name: registry.writer_schemas(topic.name) for topic in view.streams})
    with transaction(engine) as conn:
        durable(conn)
        return schemas, *_begin(conn, settings, view, ids, bounds), _ends(conn, view, ids, bounds)


def _hand_over(engine: Engine, view: View) -> None:
    """Let workers in."""
    with transaction(engine) as conn:
        durable(conn)
        for index in view.history.indexes:
            index.create(conn)
        observation.follow(conn, view)
        conn.execute(delete(rebuild_step).where(rebuild_step.c.view == view.name))
        conn.execute(update(view_build).where(view_build.c.view == view.name).values(fingerprint=view.fingerprint))


def _begin(conn: Connection, settings: Settings, view: View, ids: Mapping[str, str], bounds: Bounds) -> tuple[int, str]:
    """Mark the store as being rebuilt, and write the ledger's positions, once; how many buckets, and where."""
    held = conn.execute(select(view_build.c.fingerprint).where(view_build.c.view == view.name)).scalar_one_or_none()
    ours = f"{REBUILDING} {FORMAT} {view.rules} {view.lists} {view.fingerprint}"
    if held is not None and held.startswith(REBUILDING):
        *_, count, token = held.split()
        if held == f"{ours} {count} {token}":
            return int(count), token
        clear(conn, view)
        shutil.rmtree(settings.home / "rebuild" / token, ignore_errors=True)
        held = None
    if held is not None or conn.execute(select(func.count()).select_from(view.history)).scalar_one():
        raise Fault(
            f"the store is not empty: it has rows of {view.name}. Rebuild into an empty database, then start the "
            f"workers on that one: `SAINGAN_DATABASE={build.ANOTHER[conn.dialect.name]} saingan rebuild`. Or stop the "
            f"view's workers, and let go of what it has here: `saingan rebuild {view.name} --anew`"
        )
    observation.settle(conn, settings, observation.today())
    for index in view.history.indexes:
        index.drop(conn, checkfirst=True)  # made again from all rows in a fraction of the time
    records = sum(ends[number] - begins[number] for begins, ends in bounds.values() for number in ends)
    buckets = records // _BUCKET + _PROCESSES
    token = secrets.token_hex(8)
    conn.execute(
        insert(view_build).values(
            view=view.name, fingerprint=f"{ours} {buckets} {token}", rules=view.rules, lists=view.lists
        )
    )
    observation.follow(conn, view)
    ends = {(name, number): end for name, (_, log_ends) in bounds.items() for number, end in log_ends.items()}
    positions = [
        {"view": view.name, "topic": name, "partition": number, "topic_id": ids[name], "next_offset": end}
        for (name, number), end in ends.items()
    ]
    conn.execute(positions_table.insert(), positions)
    reconciling.note_birth(conn, view, ends)
    return buckets, token


def _ends(conn: Connection, view: View, ids: Mapping[str, str], bounds: Bounds) -> Ends:
    ends: Ends = {}
    for topic in view.streams:
        begins, log_ends = bounds[topic.name]
        for number, begin in begins.items():
            held = range(begin, log_ends[number])
            end = ledger.open_partition(conn, view.name, topic, number, ids[topic.name], held)
            ends.setdefault(number, {})[topic.name] = range(begin, end)
    return ends


def _loaded(engine: Engine, view: View) -> set[int]:
    with transaction(engine, read_only=True) as conn:
        return set(conn.execute(select(rebuild_step.c.bucket).where(rebuild_step.c.view == view.name)).scalars())


def _check_flood(settings: Settings, loaded: list[Loaded]) -> None:
    records: Counter[str] = sum((one.records for one in loaded), Counter())
    refused: Counter[str] = sum((one.refused for one in loaded), Counter())
    for topic, count in refused.items():
        if count >= AT_LEAST and count > settings.rejection_limit * records[topic]:
            raise Fault(
                f"{topic}: {count} of {records[topic]} records are refused. Fix the sender's data, or raise "
                "SAINGAN_REJECTION_LIMIT, and run `saingan rebuild` again: it continues where it stopped"
            )


@contextmanager
def _pool(view_name: str) -> Iterator[ProcessPoolExecutor]:
    """Processes that have imported what they need when it is known what is to be done.

    They are forks, which share what this one has imported, where it has no second thread: a fork would cut that off in
    the middle of something, and a Kafka client has threads.
    """
    alone = _THREADS.exists() and len(list(_THREADS.iterdir())) == 1
    context = multiprocessing.get_context("fork" if alone else "spawn")
    pool = ProcessPoolExecutor(_PROCESSES, mp_context=context, initializer=end_with_parent)
    for _ in range(_PROCESSES):
        pool.submit(load, view_name)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
