"""The command `saingan` with persons per province in its map.

    python -m support.a_follower ARGUMENTS

With SAINGAN_TESTS_DIES=<step>:<n> the process ends itself by SIGKILL at the nth call of a step of the follower's state:
``begin``, in the transaction of a start, or ``complete``, in that of outputs and clears.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from saingan import views
from saingan.engine.follow import state
from saingan.settings import Settings
from support.commands import Worker
from support.persons_per_province import NAME, READ_OUTCOMES


class FollowerWorker(Worker):
    """`saingan worker outcomes`, with the follower in the map."""

    command = (sys.executable, "-m", "support.a_follower", "worker", "outcomes")
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "benchmarks")])

    def __init__(self, settings: Settings, *options: str, dies: str = "") -> None:
        super().__init__(settings, *options, **({"tests_dies": dies} if dies else {}))


def put_into_the_map(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("saingan.outcomes.view.OUTCOMES", READ_OUTCOMES)
    entry = views.Entry("support.persons_per_province:FOLLOWING", "support.persons_check:CHECK", follower=True)
    patch.setitem(views.VIEWS, NAME, entry)  # type: ignore[arg-type]


def _die(step: str, nth: int) -> None:
    passed, does = [0], getattr(state, step)

    def then(*args: Any) -> None:
        does(*args)
        passed[0] += 1
        if passed[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(state, step, then)


if __name__ == "__main__":
    put_into_the_map(pytest.MonkeyPatch())
    if dies := os.environ.pop("SAINGAN_TESTS_DIES", ""):
        step, _, nth = dies.partition(":")
        _die(step, int(nth))
    from saingan.cli import main

    main()
