"""Events a second and what they cost: each contender in turn, from a cold start on full topics."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import check
import workload
from contenders import WHOLE, Contender
from java import Programs
from place import Place
from running import Running, job_of
from saingan.settings import Settings
from usage import cpu_s

Result = dict[str, Any]


def measure(
    place: Place, programs: Programs, contenders: Sequence[Contender], persons: int, rounds: int, seed: int
) -> list[Result]:
    """Every contender, `rounds` times, turn and turn about."""
    with place.exchange() as settings:
        events = workload.publish(settings, workload.changes(persons, seed))
        print(f"{events:,} events of {persons:,} persons", flush=True)
        rows = check.expected(settings)
        return [
            {"persons": persons, "round": number, **run(place, programs, contender, settings, events, rows)}
            for number in range(1, rounds + 1)
            for contender in contenders
        ]


def run(
    place: Place,
    programs: Programs,
    contender: Contender,
    settings: Settings,
    events: int,
    rows: check.Rows,
    persons: str = "",
) -> Result:
    """One contender over all that the topics hold, its table checked for the persons whose key begins so."""
    with tempfile.TemporaryDirectory(dir=place.folder) as folder, place.database() as url:
        job = job_of(contender, settings, url, Path(folder), programs)
        before = _servers(place)
        with Running(contender, job) as running:
            seen = [] if contender.progress == WHOLE else running.until(events)
            running.end(max(60.0, events / 1000))
            ended = time.monotonic()
        after = _servers(place)
        faults = check.faults(job.settings.database_url, rows, persons) if contender.store else None
        place.forget_topics(job.application)
        result = {
            "contender": contender.name,
            "events": events,
            "rate": _rate(seen, events, running.started, ended),
            "whole_s": ended - running.started,
            "cpu_s": running.cpu_s,
            "postgres_cpu_s": after[0] - before[0],
            "broker_cpu_s": after[1] - before[1],
            "peak_bytes": running.peak_bytes,
            "rows": len(rows) if contender.store else None,
            "faults": faults,
        }
        print(_line(result), flush=True)
        return result


def _rate(seen: list[tuple[float, int]], events: int, started: float, ended: float) -> float:
    """Events a second from the end of the first commit to that of the last; of a command as a whole."""
    if not seen or seen[0][1] > events / 2:
        return events / ((seen[-1][0] if seen else ended) - started)
    (first_at, first), (last_at, last) = seen[0], seen[-1]
    return (last - first) / (last_at - first_at)


def _servers(place: Place) -> tuple[float, float]:
    return cpu_s(place.postgres_pid), cpu_s(place.broker_pid)


def _line(result: Result) -> str:
    per_million = 1e6 / result["events"]
    checked = "keeps no table"
    if result["rows"] is not None:
        checked = f"WRONG ROWS: {result['faults']}" if result["faults"] else f"{result['rows']:,} rows right"
    return (
        f"  {result['contender']:<46} {result['rate']:>12,.0f} events/s"
        f" {sum(result['cpu_s']) * per_million:>8.1f} CPU s/M + {result['postgres_cpu_s'] * per_million:.1f} PostgreSQL"
        f" + {result['broker_cpu_s'] * per_million:.1f} broker {result['peak_bytes'] / 2**20:>7,.0f} MiB"
        f"  {checked}"
    )
