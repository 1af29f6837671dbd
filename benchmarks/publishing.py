"""Records a second from an agency's side: its export file by `saingan publish`, and its own program by `Publisher`."""

import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import workload
from contenders import SAINGAN, WHOLE, Command, Contender, Job
from java import Programs
from place import Place
from running import Running, job_of
from saingan.demo.population import Change
from saingan.demo.shapes import SHAPES, RowWriter
from saingan.exchange.topic_log import Log
from saingan.outcomes.view import OUTCOMES
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support.make import citizen_id
from usage import cpu_s

_SHAPE: Final = next(shape for shape in SHAPES if shape.topic is EMPLOYMENT)
_COUNT: Final = "records"  # file in the place's folder
_MEASURED: Final = "measured.json"
_PROGRAM: Final = str(Path(__file__).parent / "peers" / "agency.py")
_PATIENCE_S: Final = 120.0
_SLOWEST: Final = 2_000.0  # records a second


def _by_file(job: Job) -> list[Command]:
    export = str(job.folder.parent / _SHAPE.file)
    return [job.command(*SAINGAN, "publish", EMPLOYMENT.name, export, "--mapping", _SHAPE.mapping)]


def _by_program(way: str) -> Callable[[Job], list[Command]]:
    def commands(job: Job) -> list[Command]:
        count = (job.folder.parent / _COUNT).read_text()
        return [job.command(sys.executable, _PROGRAM, way, count, str(job.folder / _MEASURED))]

    return commands


FILE: Final = Contender("saingan publish, a CSV of SSO's", _by_file, None, WHOLE)
PROGRAM: Final = Contender("Publisher, by citizen ID", _by_program("citizen-id"), None, WHOLE)
WAYS: Final = (
    FILE,
    PROGRAM,
    Contender("Publisher, by person key", _by_program("person-key"), None, WHOLE),
    Contender("confluent-kafka alone, messages ready", _by_program("ready"), None, WHOLE),
)


def measure(
    place: Place, _: Programs, ways: Sequence[Contender], rows: int, rounds: int, seed: int
) -> list[dict[str, Any]]:
    """Each way, turn and turn about, into topics of its own. Of a program, its start and its making of records are
    not counted; of a command all is."""
    write(place.folder / _SHAPE.file, rows, seed)
    (place.folder / _COUNT).write_text(str(rows))
    results = []
    for number in range(1, rounds + 1):
        for way in ways:
            with place.exchange() as settings, tempfile.TemporaryDirectory(dir=place.folder) as folder:
                result = {"round": number, **_run(place, way, settings, Path(folder), rows)}
            results.append(result)
            print(
                f"  {result['contender']:<40} {result['rate']:>10,.0f} records/s {sum(result['cpu_s']):>6.1f} CPU s"
                f" {result['peak_bytes'] / 2**20:>7,.0f} MiB  {result['faults']} missing",
                flush=True,
            )
    return results


def _run(place: Place, way: Contender, settings: Settings, folder: Path, rows: int) -> dict[str, Any]:
    job = job_of(way, settings, f"sqlite:///{folder / 'none.db'}", folder, None)
    before = cpu_s(place.broker_pid)
    with Running(way, job) as running:
        running.end(_PATIENCE_S + rows / _SLOWEST)
        seconds = time.monotonic() - running.started
    measured = folder / _MEASURED
    if measured.exists():
        seconds = json.loads(measured.read_text())["seconds"]
    return {
        "contender": way.name,
        "records": rows,
        "rate": rows / seconds,
        "cpu_s": running.cpu_s,
        "broker_cpu_s": cpu_s(place.broker_pid) - before,
        "peak_bytes": running.peak_bytes,
        "faults": rows - _held(settings),
    }


def _held(settings: Settings) -> int:
    """Records in the registries' topics."""
    with Log(settings) as log:
        bounds = [log.bounds(topic.name) for topic in OUTCOMES.streams]
    return sum(sum(ends.values()) - sum(begins.values()) for begins, ends in bounds)


def write(path: Path, rows: int, seed: int) -> None:
    """An export of the insured-employment registry: so many good rows, each recorded at a time of its own."""
    writer = RowWriter(_SHAPE)
    with path.open("w", encoding=_SHAPE.encoding, newline="") as file:
        lines = csv.writer(file)
        lines.writerow(writer.headings)
        for number, record in enumerate(_jobs(rows, seed)):
            recorded_at = record["recorded_at"] + number * 61_000 % 10_000_000_000
            record = {**record, "source": "SSO-1000", "recorded_at": recorded_at}
            lines.writerow(writer.row(Change(EMPLOYMENT, citizen_id(number // 3), None, record)))


def _jobs(rows: int, seed: int) -> Iterator[dict[str, Any]]:
    changes = workload.sound(workload.changes(sys.maxsize, seed), today())
    return islice((record for topic, record in changes if topic is EMPLOYMENT), rows)
