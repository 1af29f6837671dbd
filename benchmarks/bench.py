"""Ours and the peers on the same topics, each in turn: throughput, rebuild, freshness, burst, growth, publishing.

    make bench                                  # the whole measurement; hours
    make bench ARGS="--short"                   # every part, small; minutes
    make bench ARGS="--only throughput --contender 'two workers' --contender Kafka"
    make bench ARGS="--only throughput freshness --contender 'one worker' --against ../before --out /tmp/pairs"

Starts a broker, a registry and a PostgreSQL of its own, and checks every table. Results are kept in performance.json,
part by part, so that a part can be measured again by itself; performance.md is written from it.
"""

import argparse
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import freshness
import growth
import java
import machine
import publishing
import report
import throughput
from contenders import BURST, FRESHNESS, GROWTH, ONE, REBUILD, THROUGHPUT, Contender, at
from java import Programs
from place import Place, place

_SHORT: Final = {
    "persons": 1_000,
    "rounds": 1,
    "per_second": 500,
    "seconds": 2.0,
    "burst": 2_000,
    "growth": [0.005, 0.01],
    "records": 2_000,
}
_DOCS: Final = Path(__file__).parents[1] / "docs"
_WARM_UP_S: Final = 120.0  # in its first minute at 2,000 events/s the broker's compiler takes a third of a processor
Results = list[dict[str, Any]]
Measure = Callable[[Place, Programs, Sequence[Contender], argparse.Namespace], Results]

PARTS: Final[dict[str, tuple[Sequence[Contender], Measure]]] = {
    "throughput": (
        THROUGHPUT,
        lambda place, programs, who, given: throughput.measure(
            place, programs, who, given.persons, given.rounds, given.seed
        ),
    ),
    "rebuild": (
        (REBUILD,),
        lambda place, programs, who, given: throughput.measure(
            place, programs, who, 3 * given.persons, given.rounds, given.seed
        ),
    ),
    "freshness": (
        FRESHNESS,
        lambda place, programs, who, given: freshness.steady(place, programs, who, _size(given)),
    ),
    "burst": (
        BURST,
        lambda place, programs, who, given: freshness.burst(place, programs, who, _size(given)),
    ),
    "growth": (
        GROWTH,
        lambda place, programs, who, given: growth.measure(place, programs, who, given.growth, given.seed),
    ),
    "publishing": (
        publishing.WAYS,
        lambda place, programs, who, given: publishing.measure(
            place, programs, who, given.records, given.rounds, given.seed
        ),
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; 1 where a table was not as the oracle's."""
    given = _arguments(arguments)
    file = given.out / "performance.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    with place() as here:
        programs = java.build(here.folder, offline=given.short)
        if not given.short:
            # The broker's Java is compiled while it first serves: not at the cost of whoever comes first.
            print("== the broker warms up", flush=True)
            freshness.steady(here, programs, [ONE], replace(_size(given), rounds=1, seconds=_WARM_UP_S))
        for part in given.only:
            contenders, measure = PARTS[part]
            who, left_out = chosen(contenders, programs, given.contender)
            if given.against:
                who = [each for one in who if one.ours for each in (one, at(given.against.resolve(), one))]
            print(f"== {part}", *left_out, sep="\n", flush=True)
            if not who:
                continue
            load, loop_ms, ticks = os.getloadavg()[0], machine.loop_ms(), machine.ticks()
            results = measure(here, programs, who, given)
            kept[part] = {
                "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
                "command": f"make bench ARGS={shlex.quote(shlex.join(given.said))}" if given.said else "make bench",
                "commit": machine.commit(),
                "load_before": load,
                "loop_ms": loop_ms,
                "stolen": machine.stolen_since(ticks),
                "left_out": left_out,
                "machine": machine.about(here),
                "results": results,
            }
            given.out.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(kept, indent=1) + "\n")
            report.write(given.out, kept)
    wrong = [result for part in kept.values() for result in part["results"] if result["faults"]]
    print(f"written: {given.out / 'performance.md'}; {len(wrong)} results were wrong")
    return 1 if wrong else 0


def chosen(
    contenders: Sequence[Contender], programs: Programs, names: Sequence[str]
) -> tuple[list[Contender], list[str]]:
    """Those that take part, and a word on each that cannot."""
    wanted = [each for each in contenders if not names or any(name in each.name for name in names)]
    lacking = {each: lack for each in wanted if (lack := each.lacks(programs))}
    return [each for each in wanted if each not in lacking], [
        f"{each.name} is left out: {lack}" for each, lack in lacking.items()
    ]


def _size(given: argparse.Namespace) -> freshness.Size:
    return freshness.Size(given.persons // 5, given.per_second, given.seconds, given.burst, given.seed, given.rounds)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--persons",
        type=int,
        default=100_000,
        help="8.6 changes each; thrice as many for a rebuild, a fifth for freshness",
    )
    parser.add_argument("--rounds", type=int, default=3, help="of all but growth, turn and turn about")
    parser.add_argument("--per-second", type=int, default=2_000, help="changes, while freshness is measured")
    parser.add_argument("--seconds", type=float, default=30.0, help="so long")
    parser.add_argument("--burst", type=int, default=100_000, help="changes of the backlog in one stream")
    parser.add_argument("--growth", type=float, nargs="*", default=[1, 10, 30], help="sizes in million events")
    parser.add_argument("--records", type=int, default=1_000_000, help="that are published, each way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="these parts")
    parser.add_argument("--contender", action="append", default=[], help="those whose name holds this; again for more")
    parser.add_argument("--against", type=Path, help="a checkout: ours only, each beside itself as it is there")
    parser.add_argument("--short", action="store_true", help="small sizes, one round, nothing fetched")
    parser.add_argument("--out", type=Path, default=_DOCS, help="folder of the report")
    said = list(sys.argv[1:] if arguments is None else arguments)
    if "--short" in said:
        parser.set_defaults(**_SHORT)
    return parser.parse_args(said, argparse.Namespace(said=said))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end with us
    sys.exit(main())
