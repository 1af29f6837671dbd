"""`saingan worker outcomes` by earlier rules, or by today's with small blocks of rows to derive again."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from saingan.cli import app
from saingan.engine import apply
from saingan.engine.core.derived import Derived
from saingan.outcomes import view
from saingan.outcomes.outcome import derive
from saingan.outcomes.table import employment_outcome
from support.commands import Worker

_COUNT = employment_outcome.columns.keys().index("certifications") - 2


def earlier(*given: Any) -> Derived:
    """They counted one certification too many."""
    derived = derive(*given)
    rows = {row_id: (*row[:_COUNT], row[_COUNT] + 1, *row[_COUNT + 1 :]) for row_id, row in derived.rows.items()}
    return derived._replace(rows=rows)


class EarlierWorker(Worker):
    command = (sys.executable, "-m", "flow.rules", "earlier")
    path = str(Path(__file__).parents[1])


class SlowWorker(Worker):
    """A worker by today's rules that derives a few rows again in each transaction."""

    command = (sys.executable, "-m", "flow.rules", "2")
    path = str(Path(__file__).parents[1])


def main(what: str) -> None:
    if what == "earlier":
        view.OUTCOMES = replace(view.OUTCOMES, rules=view.OUTCOMES.rules - 1, derive=earlier)
    else:
        apply._SWEEP = int(what)
    app(["worker", "outcomes", *sys.argv[2:]])


if __name__ == "__main__":
    main(sys.argv[1])
