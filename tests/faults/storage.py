"""Stores that are locked, restored from a backup, too old, or empty."""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from faults.run import Run, prepare_store, sqlite_file
from faults.scenario import Scenario
from support import exchange_contents as held
from support import servers
from support.verified import verified

RATE = 300  # changes a second
_LOCKED_S = (0.5, 3.0)
_LOCKER = """
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
store.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""
_LONG_LOCK_S = 40.0  # longer than a worker's SQLite waits by itself, which is 30 s and on a busy machine more


def locked(run: Run, rng: random.Random) -> None:
    """Another process holds SQLite's lock again and again, once longer than a worker waits before it says so."""
    worker = run.worker().until_ready()
    with run.writing(RATE):
        for number in run.each_round():
            seconds = _LONG_LOCK_S if number == 1 else rng.uniform(*_LOCKED_S)
            mark = run.fault()
            command = [sys.executable, "-c", _LOCKER, str(sqlite_file(run.settings)), str(seconds)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as locker:
                assert locker.stdout is not None
                assert locker.stdout.readline() == b"locked\n"
                if seconds == _LONG_LOCK_S:
                    worker.until(lambda: worker.page("/readyz") == (503, "waits for database\n"))
            run.recovered(mark)
    run.settle(worker)


def restored(run: Run, rng: random.Random) -> None:
    """The store is that of some time ago; the topics still hold what came since."""
    for number in run.each_round():
        run.write(100, run.seed + 3 * number)
        run.settle(run.worker())
        backup = _backup(run, f"backup-{number}")
        run.write(100, run.seed + 3 * number + 1)
        run.settle(run.worker())
        _restore(run, backup)
        run.write(100, run.seed + 3 * number + 2)
        worker = run.worker()
        mark = run.fault()
        run.recovered(mark)
        run.settle(worker)


def too_old(run: Run, rng: random.Random) -> None:
    """The topics were cut off above where a backup stands: the worker says so, stops, and asks for a rebuild."""
    for number in run.each_round():
        run.write(100)
        run.settle(run.worker())
        old = _backup(run, f"old-{number}")
        for _ in range(2):  # the same changes, here and in all rounds: what is cut off is said once more after it
            run.write(100)
        run.settle(run.worker())
        current = _backup(run, f"current-{number}")
        ends = held.ends(run.settings)
        run.write(100)
        _restore(run, old)
        servers.cut_off(run.settings, ends)

        worker = run.worker()
        assert worker.wait() == 1
        said = worker.refusal()
        assert "the log begins at" in said, said
        assert "empty the database and start the worker again" in said, said
        _restore(run, current)
        run.settle(run.worker())


def rebuilt(run: Run, rng: random.Random) -> None:
    """An empty store, filled from the topics alone, has the hash of the live one."""
    for number in run.each_round():
        run.write(500, run.seed + number)
        run.settle(run.worker())
        live = verified(run.settings)
        run.settings = run.settings.model_copy(update={"database": f"sqlite:///{run.folder / f'rebuilt-{number}.db'}"})
        prepare_store(run.settings)
        worker = run.worker(poll_records=rng.choice((50, 700, 50_000)))
        mark = run.fault()
        run.recovered(mark)
        run.settle(worker)
        assert verified(run.settings).table == live.table, "the rebuilt table has another hash"


def _backup(run: Run, name: str) -> Path:
    target = run.folder / f"{name}.db"
    with closing(sqlite3.connect(sqlite_file(run.settings))) as store, closing(sqlite3.connect(target)) as copy:
        store.backup(copy)
    return target


def _restore(run: Run, backup: Path) -> None:
    """Put a backup in the place of the store; no worker may run."""
    for rest in ("-wal", "-shm"):
        Path(f"{sqlite_file(run.settings)}{rest}").unlink(missing_ok=True)
    shutil.copyfile(backup, sqlite_file(run.settings))


SCENARIOS = (
    Scenario("sqlite-locked", "another process holds SQLite's lock, once for 40 s", locked, 8, 1, "sqlite"),
    Scenario("backup-restored", "the store is that of a backup; it catches up by itself", restored, 3, 1, "sqlite"),
    Scenario(
        "backup-too-old",
        "the topics were cut off above where the backup stands: alarm, stop, and a rebuild asked for; a newer backup "
        "goes on",
        too_old,
        2,
        1,
        "sqlite",
    ),
    Scenario(
        "rebuild", "an empty store, filled from the topics: the same hash as the live table", rebuilt, 3, 1, "sqlite"
    ),
)
