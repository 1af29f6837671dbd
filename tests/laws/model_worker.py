"""A worker as the model sees it."""

from typing import NamedTuple

from laws.histories import Change
from laws.logs import Part
from saingan.engine.apply import ViewLoop
from saingan.engine.core.batch import Batch
from saingan.engine.intake.intake import Taken


class Held(NamedTuple):
    """A batch on its way into the store, and what the model expects of it."""

    batch: Batch
    taken: Taken
    changes: list[Change]
    letters: list[tuple[str, int, int, str]]


class Hand:
    """A worker: where it believes to stand, which may be long out of date, and the batch that it holds."""

    def __init__(self, loop: ViewLoop) -> None:
        self.loop = loop
        self.at: dict[Part, int] = {}  # where it was not told: the ledger's
        self.held: Held | None = None
