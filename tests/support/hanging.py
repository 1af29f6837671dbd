"""`saingan worker outcomes` that hangs where it is told to, when the first record comes to that place."""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from saingan.cli import app
from saingan.engine.apply import ViewLoop
from saingan.engine.kafka.transport import Consumer
from saingan.settings import Settings
from support.commands import Worker


def sleep() -> None:
    time.sleep(600)


def wait_to_go_on() -> None:
    """Tell by a file that it waits, until another one comes."""
    place = Path(os.environ[PLACE])
    (place / HELD).touch()
    while not (place / GO_ON).exists():
        time.sleep(0.02)


def spin() -> None:
    """Never let the interpreter go."""
    re.match("(a+)+$", "a" * 64 + "b")


PLACE, HELD, GO_ON = "SAINGAN_TESTS_PLACE", "held", "go-on"
HANGS = {
    "before-commit": (ViewLoop, "take", wait_to_go_on),
    "decoding": (ViewLoop, "take", sleep),  # the worker's thread
    "applying": (ViewLoop, "apply", sleep),
    "event-loop": (Consumer, "done", sleep),
    "interpreter": (ViewLoop, "apply", spin),
}


def hang(where: str) -> None:
    owner, name, stay = HANGS[where]
    does = getattr(owner, name)

    def hangs(*arguments: Any) -> Any:
        done = does(*arguments)
        stay()
        return done

    setattr(owner, name, hangs)


class HangingWorker(Worker):
    """A worker that hangs at one of `HANGS`."""

    path = str(Path(__file__).parents[1])

    def __init__(self, settings: Settings, where: str, **variables: object) -> None:
        self.command = (sys.executable, "-m", "support.hanging", where)
        self._place = settings.home
        super().__init__(settings, **variables, tests_place=self._place)

    def held(self) -> bool:
        """Whether it waits to be told to go on."""
        return (self._place / HELD).exists()

    def go_on(self) -> None:
        (self._place / GO_ON).touch()


if __name__ == "__main__":
    hang(sys.argv[1])
    app(["worker", "outcomes"])
