"""`saingan demo`: the whole main job on real parts, with a synthetic population, in front of one's eyes."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from saingan import local
from saingan.console import stdout
from saingan.demo.exports import Export, Exports
from saingan.demo.population import changes, everyone
from saingan.demo.screen import note
from saingan.demo.story import Story
from saingan.demo.watch import publish_and_watch
from saingan.demo.worker import WorkerProcess
from saingan.engine.store.reach import database_address
from saingan.errors import Fault
from saingan.invoked import invoked
from saingan.publish import Summary
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, Topic
from saingan.verify.outcomes.check import CHECK
from saingan.verify.screen import print_report
from saingan.verify.verify import verify

SEED: Final = 2569
_WORTH_S: Final = 0.1  # a step that takes less takes no time


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
    out = console or stdout()
    day = day or min(settings.observed_on or today(), today())
    began = time.monotonic()
    with _ends_on_sigterm(), ExitStack() as stack:
        title = f" · {graduates:,} graduates on {day}, synthetic (seed {seed}): no one is real"
        out.print(Text.assemble(("Saingan", "bold"), title))
        with _step(out, 1, "ทะเบียนสี่แห่ง · four registries export, while Kafka starts"):
            exports, worker = _prepare(settings, out, graduates, seed, day, stack)
        with _step(out, 2, "ตารางผลลัพธ์ · the agencies publish, the outcome table grows"):
            summaries = publish_and_watch(settings, out, exports, worker)
        with (
            _step(out, 3, "เรื่องของคนหนึ่งคน · one graduate: from publish() to the row"),
            Story(settings, worker.check) as story,
        ):
            story.tell(out)
        with _step(out, 4, "ตรวจทาน · verify: the whole topics judged again by other code"):
            worker.stop()
            (report,) = verify(settings, [CHECK])
            print_report(report, out)
        if not report.clean:
            raise Fault("the table is not what the standard makes of the topics: the differences are above")
        with _step(out, 5, "ที่อยู่ของทุกอย่าง · where everything is"):
            _tell_where(settings, out, exports, summaries, worker)
        out.print(f"\nDone in {time.monotonic() - began:.0f} s.")


def _prepare(
    settings: Settings, out: Console, graduates: int, seed: int, day: date, stack: ExitStack
) -> tuple[list[Export], WorkerProcess]:
    """The export files, and a worker on servers that answer."""
    worker: WorkerProcess | None = None
    columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        ThreadPoolExecutor(1) as pool,
        Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress,
        Exports(settings.home / "demo", seed) as exports,
    ):
        servers = pool.submit(local.up, settings, lambda message: note(out, Text(message, "dim")))
        written = progress.add_task("graduates", total=graduates)
        for number, (rng, someone) in enumerate(everyone(seed, graduates, day), start=1):
            for change in changes(rng, someone, day):
                exports.add(change)
            progress.update(written, completed=number)
            if worker is None and servers.done():
                worker = _start(settings, servers, stack)
        worker = worker or _start(settings, servers, stack)
    note(out, _files(exports.files))
    return exports.files, worker


def _start(settings: Settings, servers: Future[None], stack: ExitStack) -> WorkerProcess:
    servers.result()  # raises what keeps them from starting
    return stack.enter_context(WorkerProcess(settings))


def _files(exports: Sequence[Export]) -> Table:
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "right", "left"):
        table.add_column(justify=justify)
    for export in exports:
        size = f"{export.path.stat().st_size / 1e6:.1f} MB"
        table.add_row(export.path.name, f"{export.rows:,} rows", size, Text(export.shape.looks, "dim"))
    return table


def _tell_where(
    settings: Settings,
    out: Console,
    exports: Sequence[Export],
    summaries: Mapping[Topic, Summary],
    worker: WorkerProcess,
) -> None:
    refused = {topic: summary.refused_file for topic, summary in summaries.items() if summary.refused_file}
    for name, place in (
        ("outcome table", f"employment_outcome in {database_address(settings)}"),
        ("export files", str(exports[0].path.parent)),
        *(("refused rows", str(path)) for path in refused.values()),
        ("the worker's log", str(worker.log)),
        ("Kafka", settings.bootstrap),
        ("schema registry", settings.registry_url),
    ):
        out.print(Text.assemble((f"   {name:16}  ", "dim"), place), soft_wrap=True)  # in one line, to be copied
    us, mapping = invoked(), next(file.shape.mapping for file in exports if file.shape.topic is EMPLOYMENT)
    for what, command in (
        (
            "fix the rows of this file, then send them",
            f"publish {EMPLOYMENT.name} {refused[EMPLOYMENT]} --mapping {mapping}",
        ),
        ("keep the table and its topic up to date, until Ctrl-C", "worker outcomes"),
        ("again: the same changes alter nothing, step 3 has someone new", "demo"),
    ):
        out.print(Text(f"\n   # {what}", "dim"))
        out.print(f"   {us} {command}", soft_wrap=True)
    note(out, f"\nThe worker has ended. Kafka and the registry stay up; `{us} down` stops them.")


@contextmanager
def _step(out: Console, number: int, title: str) -> Iterator[None]:
    began = time.monotonic()
    out.print(Text.assemble(f"\n{number}  ", (title, "bold"), no_wrap=True, overflow="ellipsis"))
    yield
    if (seconds := time.monotonic() - began) >= _WORTH_S:
        out.print(f"   {seconds:.1f} s", style="dim")


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
