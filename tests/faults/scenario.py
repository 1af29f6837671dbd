"""What a scenario is, and how one is run and judged."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from faults.checker import Figures, check
from faults.place import Place
from faults.run import Run, open_run


class Scenario(NamedTuple):
    """One row of the table of scenarios.

    Attributes:
        says: what it does, in a sentence.
        play: does it; ends when its workers have come to rest.
        rounds: in the long run.
        short: rounds in the short selection of `make test`; 0 for none.
        store: ``postgresql`` or ``sqlite``.
        control: of a negative control, the figure that must be above zero.
        beside: may be played beside others: it harms no server that they share, and leaves them some processor.
    """

    name: str
    says: str
    play: Callable[[Run, random.Random], None]
    rounds: int
    short: int = 0
    store: str = "postgresql"
    control: str | None = None
    beside: bool = False


class Result(NamedTuple):
    """A scenario that was run."""

    scenario: Scenario
    seed: int
    rounds: int
    figures: Figures
    seconds: float

    @property
    def as_it_must_be(self) -> bool:
        control = self.scenario.control
        return getattr(self.figures, control) > 0 if control else self.figures.sound


def perform(
    scenario: Scenario, place: Place, seed: int, rounds: int, advance: Callable[[], None] = lambda: None
) -> Result:
    """Run a scenario and check what became of what it sent."""
    begun = time.monotonic()
    with open_run(place, scenario.store, seed, rounds, advance) as (run, rng):
        scenario.play(run, rng)
        figures = check(run)
    return Result(scenario, seed, rounds, figures, time.monotonic() - begun)
