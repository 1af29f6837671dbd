"""Events a second of one worker into SQLite and into PostgreSQL: cold start on full topics, the whole fold, checked.

    .venv/bin/python benchmarks/throughput.py [--persons 100000] [--postgresql postgresql://user@host/database]

Starts the local exchange where none runs. Topics get a prefix of their own and are removed at the end. A given
PostgreSQL database must be empty. The time runs from the end of the first batch to that of the last; the relay works
meanwhile.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from confluent_kafka.admin import AdminClient
from sqlalchemy import create_engine, inspect, text

import workload
from saingan import local
from saingan.settings import Settings
from saingan.topics import TOPICS


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--persons", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--postgresql", help="an empty database")
    given = arguments.parse_args()
    prefix = f"bench{secrets.token_hex(3)}."
    settings = Settings(topic_prefix=prefix)
    local.up(settings)
    try:
        started = time.perf_counter()
        events = workload.publish(settings, workload.changes(given.persons, given.seed))
        print(f"{events:,} events of {given.persons:,} persons sent in {time.perf_counter() - started:.1f} s")
        with tempfile.TemporaryDirectory() as folder:
            for url in (f"sqlite:///{folder}/saingan.db", given.postgresql):
                if url:
                    _run(url, prefix, events)
    finally:
        AdminClient({"bootstrap.servers": settings.bootstrap}).delete_topics([settings.wire(name) for name in TOPICS])


def _run(url: str, prefix: str, events: int) -> None:
    env = {**os.environ, "SAINGAN_TOPIC_PREFIX": prefix, "SAINGAN_DATABASE": url, "SAINGAN_OBSERVED_ON": "2026-06-01"}
    saingan = [sys.executable, "-m", "saingan"]
    worker = subprocess.Popen([*saingan, "worker", "outcomes", "--until-caught-up"], env=env, stderr=subprocess.DEVNULL)
    progress = _positions(url, worker)
    begun, before = next((at, taken) for at, taken in progress if taken)  # the first batch is not counted
    ended = next(at for at, taken in progress if taken == events)
    _, status, usage = os.wait4(worker.pid, 0)
    cpu = usage.ru_utime + usage.ru_stime
    verified = subprocess.run([*saingan, "verify"], env=env, capture_output=True, text=True, check=False)
    if verified.returncode:
        print(verified.stdout, verified.stderr)
    rate = (events - before) / (ended - begun)
    print(
        f"{url.partition(':')[0]}: {rate:,.0f} events/s, {cpu / events * 1e6:.1f} CPU s a million "
        f"(worker, start and relay included), peak {usage.ru_maxrss / 1024:.0f} MiB, "
        f"exit {os.waitstatus_to_exitcode(status)}, verify {'NOT CLEAN' if verified.returncode else 'clean'}"
    )


def _positions(url: str, worker: "subprocess.Popen[bytes]") -> Iterator[tuple[float, int]]:
    """Time and sum of the ledger's positions, every 20 ms."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    while os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        with engine.connect() as conn:
            there = inspect(conn).has_table("ledger")
            taken = conn.execute(text("SELECT coalesce(sum(next_offset), 0) FROM ledger")).scalar_one() if there else 0
        yield time.perf_counter(), int(taken)
        time.sleep(0.02)


if __name__ == "__main__":
    main()
