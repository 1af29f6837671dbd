"""Disks that are full: of the store, and of the broker's log."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from faults.run import Run, prepare_store, wait
from faults.scenario import Scenario
from faults.truth import Truth
from saingan import local
from saingan.exchange.reach import port_taken
from saingan.local.servers import KAFKA
from saingan.settings import Settings
from support import servers

RATE = 300  # changes a second
_DISK = 24 * 2**20  # bytes of a small disk
_LOG_DISK = 256 * 2**20  # Kafka keeps room for each log's index
_SMALLER_DISK = 160 * 2**20
_NO_LIMIT = 2**30  # pages


def full(run: Run, rng: random.Random) -> None:
    """The store lies on a disk that another file fills to the last byte, again and again."""
    disk = _small_disk(run, run.folder / "disk", _DISK)
    run.settings = run.settings.model_copy(update={"database": f"sqlite:///{disk / 'store.db'}"})
    prepare_store(run.settings)
    worker = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            mark = run.fault()
            with _filled(disk):
                worker.until(lambda: worker.page("/readyz") == (503, "waits for database\n"))
                assert worker.page("/healthz") == (200, "ok\n"), worker.tail()
                run.pause(rng.uniform(0, 1))
            run.recovered(mark)
            worker.until_ready()
    run.settle(worker)


def broker_full(run: Run, rng: random.Random, disk_size: int = _LOG_DISK, left: int = 0, kill: bool = False) -> None:
    """The log of a broker of its own lies on such a disk: Kafka ends itself, and is started when there is room.

    Args:
        left: up to so many bytes are left, for the broker to come to the end of the disk by itself.
        kill: the broker is killed at a moment of chance's own, as often as it ends itself; the worker, too.
    """
    folder = run.folder / "own"
    port = servers.free_ports(3)
    own = Settings(
        home=folder / "exchange", kafka_port=port, registry_port=port + 2, database=run.settings.database_url
    )
    disk = _small_disk(run, own.home / "kafka", disk_size)
    local.up(own)
    run.stack.callback(local.down, own)
    run.settings, run.folder, run.truth = own, folder, run.stack.enter_context(Truth(own, folder))
    worker = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            mark = run.fault()
            with _filled(disk, rng.randint(0, left)):
                if kill and rng.random() < 0.5:
                    run.pause(rng.uniform(0, 0.3))
                    with suppress(AssertionError):  # it has ended itself meanwhile
                        servers.crash(KAFKA, own)
                wait(lambda: not port_taken(port), "the broker goes on with a full disk")
                worker.until(lambda worker=worker: worker.page("/healthz") == (200, "ok\n"))
                killed = kill and rng.random() < 0.5
                if killed:
                    worker.kill()
                run.pause(rng.uniform(0, 1))
            local.start(own, say=lambda _: None)
            if killed:
                worker = run.worker()
            run.recovered(mark)
            worker.until_ready()  # one that has just started ends where the next round takes the broker from it
    run.settle(worker)


def broker_at_its_end(run: Run, rng: random.Random) -> None:
    """As `broker_full`, with up to 256 KiB left: the broker meets the end of its disk in the middle of a write."""
    broker_full(run, rng, _SMALLER_DISK, left=2**18)


def broker_full_and_killed(run: Run, rng: random.Random) -> None:
    """As `broker_full`, and the broker and the worker are killed in between."""
    broker_full(run, rng, _SMALLER_DISK, left=2**16, kill=True)


FORMS = (broker_full, broker_at_its_end, broker_full_and_killed)


def page_limit(run: Run, rng: random.Random) -> None:
    """SQLite may not grow by another page, again and again."""
    limit = run.folder / "pages"
    limit.write_text(str(_NO_LIMIT))
    worker = run.worker(faults_pages=limit).until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            mark = run.fault()
            limit.write_text("1")  # below its size: as it is
            worker.until(lambda: worker.page("/readyz") == (503, "waits for database\n"))
            run.pause(rng.uniform(0, 1))
            limit.write_text(str(_NO_LIMIT))
            run.recovered(mark)
            worker.until_ready()
    run.settle(worker)


def _small_disk(run: Run, at: Path, size: int) -> Path:
    at.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at], check=True)
    run.stack.callback(subprocess.run, ["umount", "--lazy", at], check=True)
    return at


@contextmanager
def _filled(disk: Path, left: int = 0) -> Iterator[None]:
    """No room on a disk for another byte, or for no more than ``left`` bytes, as long as the block lasts."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        for size in (2**20, 4096, 1):
            with suppress(OSError):
                while os.write(file.fileno(), bytes(size)):
                    pass
        file.truncate(max(0, file.tell() - left))
    yield
    ballast.unlink()


SCENARIOS = (
    Scenario(
        "disk-full",
        "the disk of the store is filled to the last byte; the worker waits, and goes on when there is room",
        full,
        6,
        0,  # mounting wants root
        "sqlite",
    ),
    Scenario(
        "broker-disk-full",
        "the disk of the broker's log is filled to the last byte; it ends itself, and is started when there is room",
        broker_full,
        3,
        0,  # mounting wants root
    ),
    Scenario(
        "broker-disk-ends",
        "the same with up to 256 KiB left: the broker meets the end of its disk in the middle of a write",
        broker_at_its_end,
        3,
        0,
    ),
    Scenario(
        "broker-disk-full-killed",
        "the same on a smaller disk, and the broker and the worker are killed in between",
        broker_full_and_killed,
        3,
        0,
    ),
    Scenario("page-limit", "SQLite may not grow by another page for a while", page_limit, 6, 1, "sqlite"),
)
