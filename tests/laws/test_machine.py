"""No sequence of mishaps around the view loop loses, doubles or distorts a change; and the proof of it can fail."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import update

from laws.histories import law
from laws.machine import Machine
from saingan.engine import apply, tables
from saingan.engine.core.change import Change
from saingan.engine.core.folding import Folding
from saingan.engine.store.sqlite import SqliteBulk
from support.store_bench import Bench

LONG = settings(law, max_examples=60, stateful_step_count=40)


def test_no_sequence_of_mishaps_loses_doubles_or_distorts_a_change(bench: Bench) -> None:
    run_state_machine_as_test(partial(Machine, bench), settings=LONG)


def without(kind: str) -> Callable[..., Any]:
    """Writing to all tables but one."""
    upsert = SqliteBulk.upsert
    return lambda bulk, table, rows: None if table.name.endswith(kind) else upsert(bulk, table, rows)


def advance_whatever_the_ledger_says(store: Any, view: str, batch: Any) -> None:
    held = tables.ledger.c
    for part in batch:
        at = (held.view == view, held.topic == part.topic.name, held.partition == part.partition)
        store.conn.execute(update(tables.ledger).where(*at).values(next_offset=part.end))


def advance_in_a_transaction_of_its_own(store: Any, view: str, batch: Any) -> None:
    advance(store, view, batch)
    store.conn.exec_driver_sql("COMMIT")
    store.conn.exec_driver_sql("BEGIN IMMEDIATE")


def folding(rank: Callable[[Any], tuple[Any, ...]]) -> Callable[..., Any]:
    """A fold in which the changes of a batch have other ranks."""

    class Broken:
        def __init__(self, *args: Any) -> None:
            self._folding = Folding(*args)

        def fold(self, held: Any, changes: Any, dates: Any, now: int) -> Any:
            return self._folding.fold(held, {key: list(map(ranked, came)) for key, came in changes.items()}, dates, now)

    def ranked(change: Change) -> Change:
        return Change(change.stream, change.record_id, rank(change.standing), change.partition, change.offset)

    return Broken


advance = apply.ledger.advance
arrival = count(1)
MUTANTS: dict[str, tuple[Any, str, Any]] = {
    "the ledger is not compared": (apply.ledger, "advance", advance_whatever_the_ledger_says),
    "position and result are two transactions": (apply.ledger, "advance", advance_in_a_transaction_of_its_own),
    "the state is not kept": (SqliteBulk, "keep", lambda *_: None),
    "a row is not written": (SqliteBulk, "upsert", without("employment_outcome")),
    "a change is not sent": (SqliteBulk, "upsert", without("_outbox")),
    "a row that goes stays": (SqliteBulk, "delete", lambda *_: None),
    "the last change to come stands": (apply, "Folding", folding(lambda one: (next(arrival), *one[1:]))),
    "when it was recorded decides nothing": (apply, "Folding", folding(lambda one: (one[0], 0, one[2]))),
    "nothing is ever due": (apply.ViewLoop, "sweep", lambda _: 0),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_loop_that_is_broken_is_found_out(mutant: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    with pytest.raises((AssertionError, FlakyFailure)) as found:
        run_state_machine_as_test(
            partial(Machine, bench), settings=settings(LONG, max_examples=300, phases=[Phase.generate])
        )
    # An interruption falls among SQLite's own steps, which differ when the same example is run again.
    assert not isinstance(found.value, FlakyFailure) or found.value.split(AssertionError)[1] is None
