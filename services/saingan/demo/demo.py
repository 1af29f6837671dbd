"""`saingan demo`: the whole main job on real parts, with a synthetic population, in front of one's eyes."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from saingan import local
from saingan.demo.exports import Export, write_exports
from saingan.demo.story import Story
from saingan.demo.watch import publish_and_watch
from saingan.demo.worker import WorkerProcess
from saingan.errors import Fault
from saingan.local import reach
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.verify.report import print_report
from saingan.verify.verify import verify

SEED: Final = 2569


def demo(
    settings: Settings,
    graduates: int = 20_000,
    seed: int = SEED,
    day: date | None = None,
    console: Console | None = None,
) -> None:
    """Run it. Broker and registry stay up afterwards, as after `saingan up`; nothing else does.

    The same seed makes the same people: run again, it sends the same changes, which alter nothing; on a later day also
    those that the registries have recorded since.

    Args:
        graduates: how many people; about ten changes each.
        day: the morning on which the agencies export; default the day of observation, at most today in Bangkok.

    Raises:
        SainganError: what failed, or that `verify` found differences.
    """
    out = console or Console()
    day = day or min(settings.observed_on or today(), today())
    began = time.monotonic()
    with _ends_on_sigterm():
        out.print(Text.assemble(("Saingan", "bold"), f" · {graduates:,} synthetic graduates on {day}, seed {seed}"))
        with _step(out, 1, "ทะเบียนสี่แห่ง · four registries export, while Kafka and the schema registry start"):
            exports = _prepare(settings, out, graduates, seed, day)
        with WorkerProcess(settings) as worker:
            with _step(out, 2, "ตารางผลลัพธ์ · the agencies publish, the outcome table grows"):
                publish_and_watch(settings, out, exports, worker)
            with _step(out, 3, "เรื่องของคนหนึ่งคน · one graduate: milliseconds from publish to the row"):
                with Story(settings, worker.check) as story:
                    story.tell(out)
            with _step(out, 4, "ตรวจทาน · verify: all topics read again and judged by other code"):
                worker.stop()
                report = verify(settings)
                print_report(report, out)
        if not report.clean:
            raise Fault("the table is not what the standard makes of the topics: the differences are above")
        with _step(out, 5, "ที่อยู่ของทุกอย่าง · where everything is"):
            _tell_where(settings, out, exports, worker)
        out.print(f"\nDone in {time.monotonic() - began:.0f} s.")


def _prepare(settings: Settings, out: Console, graduates: int, seed: int, day: date) -> list[Export]:
    columns = (TextColumn("   {task.description:28}"), BarColumn(), MofNCompleteColumn())
    with (
        ThreadPoolExecutor(1) as pool,
        Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress,
    ):
        servers = pool.submit(local.up, settings, lambda message: out.print(f"   {message}", style="dim"))
        written = progress.add_task("graduates", total=graduates)
        waiting = progress.add_task("servers", total=None)

        def advance(number: int) -> None:
            if number % 100 == 0:
                progress.update(written, completed=number)
                if servers.done():
                    servers.result()  # raises at once what keeps them from starting
                    progress.update(waiting, total=1, completed=1)

        exports = write_exports(settings.home / "demo", seed, graduates, day, advance)
        progress.update(written, completed=graduates)
        servers.result()
    out.print(Padding(_files(exports), (0, 0, 0, 3)))
    return exports


def _files(exports: Sequence[Export]) -> Table:
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "right", "left"):
        table.add_column(justify=justify)  # type: ignore[arg-type]
    for export in exports:
        size = f"{export.path.stat().st_size / 1e6:.1f} MB"
        table.add_row(export.path.name, f"{export.rows:,} rows", size, Text(export.shape.looks, "dim"))
    return table


def _tell_where(settings: Settings, out: Console, exports: Sequence[Export], worker: WorkerProcess) -> None:
    places = Table.grid(padding=(0, 2))
    for name, place in (
        ("outcome table", f"{reach.database_address(settings)} (employment_outcome)"),
        ("agencies' exports", str(exports[0].path.parent)),
        ("refused rows", str(exports[0].path.parent / "*.refused.*")),
        ("logs", f"{settings.home / 'logs'}; the worker's: {worker.log.name}"),
        ("Kafka", settings.bootstrap),
        ("schema registry", settings.registry_url),
    ):
        places.add_row(Text(name, "dim"), place)
    out.print(Padding(places, (0, 0, 0, 3)))
    us = _command()
    spoilt = next(export for export in exports if export.path.stem.startswith("sso"))
    refused = spoilt.path.with_name(f"{spoilt.path.stem}.refused.csv")
    out.print("\n   Try next:")
    for command, what in (
        (f"{us} publish {spoilt.shape.topic.name} {refused} --mapping {spoilt.shape.mapping}", "mend these rows first"),
        (f"{us} worker outcomes", "keeps the table and its topic up to date"),
        (f"{us} demo", "again: the same changes alter nothing"),
    ):
        out.print(Text.assemble(f"   {command}", (f"  # {what}", "dim")), soft_wrap=True)
    out.print(f"   The worker has ended. Broker and registry stay up: `{us} down` stops them.")


def _command() -> str:
    """How to call us from here."""
    if shutil.which("saingan"):
        return "saingan"
    return os.path.relpath(Path(sys.executable).with_name("saingan"))


@contextmanager
def _step(out: Console, number: int, title: str) -> Iterator[None]:
    began = time.monotonic()
    out.print(Text.assemble(f"\n{number}  ", (title, "bold"), no_wrap=True, overflow="ellipsis"))
    yield
    out.print(f"   {time.monotonic() - began:.1f} s", style="dim")


@contextmanager
def _ends_on_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the demo as Ctrl-C does, so that it leaves no worker behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
