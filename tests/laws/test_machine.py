"""No sequence of mishaps around the view loop loses, doubles or distorts a change; and the proof of it can fail."""

from functools import partial

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from engine.bench import Bench
from laws.histories import law
from laws.machine import Machine


def test_no_sequence_of_mishaps_loses_doubles_or_distorts_a_change(bench: Bench) -> None:
    run_state_machine_as_test(partial(Machine, bench), settings=settings(law, max_examples=40, stateful_step_count=40))
