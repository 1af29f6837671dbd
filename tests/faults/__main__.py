"""Run scenarios: all of them, for `docs/reliability.md`, or some of them again with a seed.

make faults
make faults ARGS="--scenario kill-worker --seed 7 --rounds 2"
"""

import argparse
import itertools
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from faults import report
from faults.place import Place
from faults.scenario import Result, Scenario, perform
from faults.scenarios import BY_NAME, SCENARIOS

LANES = 3
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
    with _bars() as bars, Place() as place:
        play = Play(place, bars, given.rounds)
        play.all(dict(zip(chosen, itertools.count(seed), strict=False)))
    whole = len(chosen) == len(SCENARIOS) and given.rounds is None
    if target := given.report or (REPORT if whole else None):
        report.write(target, play.results, play.failed, time.monotonic() - begun)
        print(f"written: {target}")
    wrong = [result.scenario.name for result in play.results if not result.as_it_must_be] + list(play.failed)
    print(f"not as it must be: {', '.join(wrong)}" if wrong else "all figures are as they must be")
    return 1 if wrong else 0


def _bars() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


class Play:
    """Plays scenarios, some of them beside each other, and shows how far each is."""

    def __init__(self, place: Place, bars: Progress, rounds: int | None) -> None:
        self.results: list[Result] = []
        self.failed: dict[str, str] = {}  # what did not come to its end, and its error
        self._place = place
        self._bars = bars
        self._rounds = rounds

    def all(self, seeds: dict[Scenario, int]) -> None:
        """First those that may be played beside others, which mostly wait; then the rest, one by one."""
        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(lambda item: item[0].beside and self._one(*item), seeds.items()))
        for scenario, seed in seeds.items():
            if not scenario.beside:
                self._one(scenario, seed)
        self.results.sort(key=lambda result: SCENARIOS.index(result.scenario))

    def _one(self, scenario: Scenario, seed: int) -> None:
        rounds = self._rounds or scenario.rounds
        bar = self._bars.add_task(f"{scenario.name} (seed {seed})", total=rounds)
        try:
            result = perform(scenario, self._place, seed, rounds, lambda: self._bars.advance(bar))
        except Exception as error:  # noqa: BLE001 - the others are to be played all the same
            self.failed[scenario.name] = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            self._say(f"{scenario.name} (seed {seed}) did not come to its end\n{traceback.format_exc()}")
            self._place.start_exchange()
            self._place.start_postgres()
        else:
            self.results.append(result)
            self._say(report.line(result))

    def _say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
