"""What a verification found of a view, and of a follower."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from saingan.plural import counted
from saingan.verify.comparison import Comparison, said
from saingan.verify.reading import Tally


@dataclass(frozen=True, kw_only=True)
class Report(Comparison):
    """
    Attributes:
        noun: what one key of the view is.
        observed_on, complete_through: None for a view without a clock.
        streams: by topic.
        subjects: keys of which any record was taken in.
        letters: dead letters that are not sent yet: lag, not a difference.
        due: keys whose rows the worker had still to derive again, for new dates of observation or rules.
    """

    view: str
    noun: str
    observed_on: date | None
    complete_through: date | None
    streams: dict[str, Tally]
    subjects: int
    letters: int
    due: int

    @property
    def behind(self) -> tuple[str, ...]:
        lag = sum(tally.behind for tally in self.streams.values())
        again = "still to be derived again, for new dates of observation or new rules"
        return super().behind + said(
            (self.letters, "dead letter", "on the way to the topic of dead letters"),
            (lag, "offset", "not read by a worker yet"),
            (self.due, self.noun, f"whose rows are {again}"),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "observed_on": self.observed_on and self.observed_on.isoformat(),
            "complete_through": self.complete_through and self.complete_through.isoformat(),
            "streams": {topic: tally.as_dict() for topic, tally in self.streams.items()},
            f"{self.noun}s": self.subjects,
            **super().as_dict(),
            "dead_letters_on_the_way": self.letters,
            f"{self.noun}s_due": self.due,
        }


@dataclass(frozen=True)
class FollowerReport:
    """
    Attributes:
        waiting: what the follower had still to take in of its sources; then nothing was compared.
        outputs: in their order.
    """

    view: str
    waiting: int
    outputs: tuple[Comparison, ...]

    @property
    def compared(self) -> bool:
        return not self.waiting

    @property
    def clean(self) -> bool:
        return all(output.clean for output in self.outputs)

    @property
    def behind(self) -> tuple[str, ...]:
        if self.waiting:
            return (f"not compared, {counted(self.waiting, 'key')} waiting",)
        return tuple(words for output in self.outputs for words in output.behind)

    def as_dict(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "compared": self.compared,
            "behind": list(self.behind),
            "keys_waiting": self.waiting,
            "outputs": {one.output.name: one.as_dict() for one in self.outputs},
        }
