"""The files published and taken in, in front of one's eyes."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.padding import Padding

from saingan.demo.exports import Export
from saingan.demo.gauge import Gauge, Reading
from saingan.demo.screen import note, outcome_line, outcome_view
from saingan.demo.worker import WorkerProcess
from saingan.errors import Fault
from saingan.plural import counted
from saingan.publish import Summary, publish_file
from saingan.settings import Settings
from saingan.topics import Topic

_FILES_AT_ONCE: Final = 2
_FRAME_S: Final = 0.5
_LINE_S: Final = 2.0  # between two lines, where nothing can be drawn
_STALL_S: Final = 60.0

_Show = Callable[[Reading, int], None]


def publish_and_watch(
    settings: Settings, out: Console, exports: Sequence[Export], worker: WorkerProcess
) -> dict[Topic, Summary]:
    """Publish the files, and show the table until it has taken all in and all its rows are sent.

    Raises:
        SainganError: what failed on either side.
    """
    with ExitStack() as stack:
        gauge = stack.enter_context(Gauge(settings))
        already = gauge.published()
        if already:
            note(
                out,
                f"The topics have {counted(already, 'change')} of an earlier run; the same ones again alter nothing.",
            )
        pool = ProcessPoolExecutor(_FILES_AT_ONCE, mp_context=get_context("spawn"))
        stack.callback(pool.shutdown, cancel_futures=True)
        # The function behind `saingan publish`; the workbook first, as it takes longest to read.
        files = sorted(exports, key=lambda export: export.path.suffix != ".xlsx")
        sending = [
            pool.submit(publish_file, settings, file.shape.topic.name, file.path, file.shape.mapping, progress=False)
            for file in files
        ]
        expected = already + sum(export.rows for export in exports)
        with _screen(out) as show:
            began, behind_s = time.monotonic(), 0.0
            for reading in _readings(gauge, sending, worker):
                show(reading, expected)
                behind_s = max(behind_s, reading.behind_s)
            seconds, new = time.monotonic() - began, reading.published - already
            show(reading._replace(rate=new / seconds, behind_s=0.0), reading.published)
    note(
        out,
        f"\n{counted(new, 'change')} in {seconds:.1f} s, from the files to the rows and their topic: "
        f"{new / seconds:,.0f} a second. Much of that is the start of programs; docs/performance.md has the rate of "
        f"long work. The table was never more than {max(behind_s, 0.1):.1f} s behind the broker.",
    )
    summaries = [future.result() for future in sending]
    _tell_refused(out, sum(file.spoilt for file in files), summaries)
    return {file.shape.topic: summary for file, summary in zip(files, summaries, strict=True)}


def _readings(gauge: Gauge, sending: Sequence[Future[Summary]], worker: WorkerProcess) -> Iterator[Reading]:
    """What stands in the table, again and again, until all is in."""
    moved, before = time.monotonic(), -1
    while True:
        all_sent = all(_sent(future) for future in sending)
        reading = gauge.read()
        yield reading
        if all_sent and reading.settled:
            return
        if reading.published + reading.taken_in - reading.unsent != before:
            moved, before = time.monotonic(), reading.published + reading.taken_in - reading.unsent
        worker.check()
        if time.monotonic() > moved + _STALL_S:
            raise Fault(f"nothing has moved for {_STALL_S:.0f} s; the worker's log is {worker.log}")
        time.sleep(_FRAME_S)


def _sent(future: Future[Summary]) -> bool:
    if future.done() and (stopped := future.result().stopped):
        raise Fault(stopped)
    return future.done()


@contextmanager
def _screen(out: Console) -> Iterator[_Show]:
    """Draws the table as it grows; where nothing can be drawn, a line now and then, and the table in the end."""
    if out.is_terminal:
        with Live(console=out, auto_refresh=False) as live:
            yield lambda reading, expected: live.update(outcome_view(reading, expected, out.width), refresh=True)
        return
    shown: list[tuple[Reading, int]] = []
    said, said_at = "", 0.0

    def show(reading: Reading, expected: int) -> None:
        nonlocal said, said_at
        shown[:] = [(reading, expected)]
        line = outcome_line(reading, expected)
        if line != said and time.monotonic() > said_at + _LINE_S:
            said, said_at = line, time.monotonic()
            out.print(line, soft_wrap=True)

    yield show
    for reading, expected in shown:
        out.print(outcome_view(reading, expected, out.width))


def _tell_refused(out: Console, spoilt: int, summaries: Collection[Summary]) -> None:
    refused = sum(summary.refused for summary in summaries)
    if refused != spoilt:
        raise Fault(f"{refused} rows were refused, but {spoilt} spoilt on purpose: the reasons lie beside the exports")
    note(out, f"{counted(refused, 'row')} spoilt on purpose, and refused; the file beside the export says why:")
    for reason in (reason for summary in summaries for reason in summary.refusals.values()):
        why = f"{reason.heading or reason.field}: {reason.field} {reason.advice.partition(';')[0]}"
        note(out, Padding(why, (0, 0, 0, 2)))
    if warned := sum(summary.warnings.total() for summary in summaries):
        note(out, f"{counted(warned, 'row')} sent with a warning: our sample of the list of fields lacks their field.")
