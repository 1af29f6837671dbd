"""Run scenarios: all of them, for `docs/reliability.md`, or some of them again with a seed.

make faults
make faults ARGS="--scenario kill-worker --seed 7 --rounds 2"
"""

import argparse
import sys
import time
import traceback
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from faults import report
from faults.place import Place
from faults.scenario import Result, Scenario, perform
from faults.scenarios import BY_NAME, SCENARIOS

REPORT = Path(__file__).parents[2] / "docs" / "reliability.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description="Faults of every kind, and what they cost.")
    parser.add_argument("--scenario", action="append", choices=sorted(BY_NAME), help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, help="of the first scenario; the next ones count on (default: the time)")
    parser.add_argument("--rounds", type=int, help="instead of each scenario's own")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--report", type=Path, help=f"write it there (default: {REPORT.name}, of a whole run only)")
    given = parser.parse_args()
    chosen = [BY_NAME[name] for name in given.scenario or BY_NAME]
    if given.list:
        print("\n".join(f"{scenario.name:28} {scenario.says}" for scenario in chosen))
        return 0
    seed = int(time.time()) if given.seed is None else given.seed
    begun = time.monotonic()
    results, failed = _perform_all(chosen, seed, given.rounds)
    whole = len(chosen) == len(SCENARIOS) and given.rounds is None
    if target := given.report or (REPORT if whole else None):
        report.write(target, results, failed, time.monotonic() - begun)
        print(f"written: {target}")
    wrong = [result.scenario.name for result in results if not result.as_it_must_be] + list(failed)
    print(f"not as it must be: {', '.join(wrong)}" if wrong else "all figures are as they must be")
    return 1 if wrong else 0


def _perform_all(chosen: list[Scenario], first_seed: int, rounds: int | None) -> tuple[list[Result], dict[str, str]]:
    """What each came to; and the error of each that did not come to its end."""
    results: list[Result] = []
    failed: dict[str, str] = {}
    console = Console(width=None if sys.stdout.isatty() else 160)
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    with bars, Place() as place:
        for seed, scenario in enumerate(chosen, first_seed):
            of_it = rounds or scenario.rounds
            bar = bars.add_task(f"{scenario.name} (seed {seed})", total=of_it)
            try:
                result = perform(scenario, place, seed, of_it, lambda bar=bar: bars.advance(bar))
            except Exception as error:  # noqa: BLE001 - the others are to be run all the same
                failed[scenario.name] = f"{type(error).__name__}: {error}"
                console.print(f"{scenario.name} (seed {seed}) did not come to its end", style="bold red")
                console.print(traceback.format_exc(), markup=False, highlight=False)
                place.start_exchange()
                place.start_postgres()
            else:
                results.append(result)
                console.print(report.line(result), markup=False, highlight=False)
    return results, failed


if __name__ == "__main__":
    sys.exit(main())
