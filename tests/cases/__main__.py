"""`make cases DIR=folder`: a verdict on each case of a folder, and what they come to; 1 on any wrong or crash.

The folder has `cases.json` and `files/`; each case is tried without a broker.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cases.case import Case, Choices, cases_in
from cases.trial import tried
from cases.verdict import CRASH, OK, UNCLEAR, WRONG, Verdict, verdict
from saingan.progress import progress_bars

STYLES = {OK: "green", UNCLEAR: "yellow", WRONG: "bold red", CRASH: "bold red"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make cases", description=__doc__)
    parser.add_argument("folder", type=Path, help="with cases.json and files/")
    parser.add_argument("--choices", type=Path, help="our decisions, if not those of this repository")
    parser.add_argument("--only", nargs="+", help="numbers of cases")
    parser.add_argument("--say", action="store_true", help="show what the clerk reads of each")
    given = parser.parse_args()
    choices = Choices.load(given.choices) if given.choices else Choices.load()
    found = [case for case in cases_in(given.folder) if not given.only or str(case.no) in given.only]
    out = Console()
    verdicts = []
    with progress_bars(wanted=True) as bars:
        task = bars.add_task("cases", total=len(found))
        for case in found:
            trial = tried(case, given.folder / "files")
            verdicts.append((case, verdict(case, trial, choices)))
            if given.say:
                out.rule(case.file)
                out.print(trial.crash or trial.said, markup=False, highlight=False)
            bars.advance(task)
    out.print(table(verdicts))
    totals = Counter(found.word for _, found in verdicts)
    out.print(", ".join(f"{totals[word]} {word}" for word in STYLES))
    return 1 if totals[WRONG] or totals[CRASH] else 0


def table(verdicts: list[tuple[Case, Verdict]]) -> Table:
    """One line a case; a long reason is folded, never cut."""
    shown = Table(box=None, pad_edge=False)
    for heading, least in (("no", 3), ("file", 20), ("kind", 4), ("verdict", 7)):
        shown.add_column(heading, min_width=least, overflow="fold")
    shown.add_column("why", overflow="fold", ratio=1)
    for case, found in verdicts:
        style = STYLES[found.word]
        word = f"[{style}]{found.word}[/]"
        shown.add_row(str(case.no), escape(case.file), case.kind, word, escape(found.why))
    return shown


if __name__ == "__main__":
    sys.exit(main())
