"""Runs the forms of a full broker's disk again and again, and notes each run: one line of JSON, with what explains it.

PYTHONPATH=tests:benchmarks .venv/bin/python -m faults.hunt FILE --rounds 180

The file is the memory: the same command goes on where an earlier one was stopped.
"""

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from faults import checker, truth
from faults.disks import FORMS
from faults.place import Place
from faults.run import Run, open_run
from faults.segments import twice
from saingan.exchange.topic_log import Log
from saingan.outcomes.view import OUTCOMES
from support.exchange_contents import rows
from support.verified import verified

_ROUNDS = 6  # a run: the exchange's start is most of a short one


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults.hunt")
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=180, help="of all forms together")
    given = parser.parse_args()
    done = [json.loads(line) for line in given.file.read_text().splitlines()] if given.file.exists() else []
    with Place() as place:
        while sum(line["rounds"] for line in done if "error" not in line) < given.rounds:
            form = FORMS[len(done) % len(FORMS)]
            line = one(form, place, seed=1000 + len(done))
            with given.file.open("a") as file:
                file.write(json.dumps(line) + "\n")
            done.append(line)
            print(json.dumps({name: line[name] for name in line if name != "error"})[:300], flush=True)
    for form in FORMS:
        of_form = (Counter(tally(line)) for line in done if line["form"] == form.__name__ and "error" not in line)
        print(form.__name__, dict(sum(of_form, Counter())))
    return 0


def tally(line: dict[str, Any]) -> dict[str, int]:
    names = ("rounds", "acked", "maybe", "lost", "doubled", "vanished", "passed_over", "rows_different")
    return {name: line.get(name, 0) for name in names} | {"twice": len(line.get("twice", ()))}


def one(form: Any, place: Place, seed: int) -> dict[str, Any]:
    begun = time.monotonic()
    line: dict[str, Any] = {"form": form.__name__, "seed": seed, "rounds": _ROUNDS}
    try:
        with open_run(place, "postgresql", seed, _ROUNDS) as (run, rng):
            form(run, rng)
            line |= checker.check(run)._asdict() | {"untold": list(untold(run)), "twice": list(given_twice(run))}
            if line["rows_different"]:
                line["different"] = different(run)
    except Exception:  # noqa: BLE001 - the next run is to be played all the same
        line |= {"error": traceback.format_exc()}
    return line | {"seconds": round(time.monotonic() - begun)}


def untold(run: Run) -> Iterator[dict[str, Any]]:
    """Of each change whose fate nobody knows: the client's error, where it lies in the log, and whether it stands."""
    errors = {ack["n"]: ack["error"] for ack in map(json.loads, (run.folder / "acks.jsonl").read_text().splitlines())}
    standing, places = checker.stored(run.settings), located(run)
    for number, sent in enumerate(truth.read(run.folder)):
        if sent.place is None and sent.record is not None:
            stands = standing.get(checker.key(sent))
            yield {
                "n": number,
                "error": errors.get(number),
                "name": checker.name(sent),
                "in_log": places.get(checker.name(sent), []),
                "stands": stands == checker.rank(sent),
                "outranked": stands is not None and stands > checker.rank(sent),
            }


def located(run: Run) -> dict[checker.Name, list[tuple[int, int]]]:
    places: dict[checker.Name, list[tuple[int, int]]] = {}
    with Log(run.settings) as log:
        for topic in OUTCOMES.streams:
            for message in log.read(topic.name, *log.bounds(topic.name)):
                name = topic.name, (message.key or b"").decode(errors="replace")
                places.setdefault(name, []).append((message.partition, message.offset))
    return places


def given_twice(run: Run) -> Iterator[str]:
    """Offsets that the broker gave out twice, on its disk."""
    for folder in sorted((run.settings.home / "kafka").glob("**/*-[0-9]*")):
        if folder.is_dir() and not folder.name.startswith("__"):
            for batch in twice(folder):
                yield f"{folder.name} {batch.first}-{batch.last} at byte {batch.at}"


def different(run: Run) -> list[dict[str, Any]]:
    """Of each row that differs: the person's changes as sent, as stored, and as the log has them."""
    report, places, standing = verified(run.settings), located(run), checker.stored(run.settings)
    found = []
    for difference in report.examples:
        person = difference.key[0]
        sent = [one for one in truth.read(run.folder) if one.record and one.record["person_key"] == person]
        found.append(
            {
                "side": difference.side,
                "kind": difference.kind,
                "columns": difference.columns,
                "changes": [
                    {
                        "name": checker.name(one),
                        "at": one.place,
                        "in_log": places.get(checker.name(one), []),
                        "stands": standing.get(checker.key(one)) == checker.rank(one),
                    }
                    for one in sent
                ],
                "lineage": [
                    [row.changed_by_topic, row.changed_by_partition, row.changed_by_offset]
                    for row in rows(run.settings, select(OUTCOMES.table).where(OUTCOMES.table.c.person_key == person))
                ],
            }
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
