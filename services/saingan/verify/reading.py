"""What the registry topics say, up to the positions of a ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from rich.progress import Progress

from saingan.errors import Fault, Rejection
from saingan.exchange.topic_log import Log, Message, Positions
from saingan.standard.codec import Record
from saingan.verify.admit import Reader

_STEP: Final = 5_000  # records between two moves of the progress bar


@dataclass
class Tally:
    """The records of one registry topic up to the ledger's positions.

    Attributes:
        rejected: dead letters by reason.
        behind: offsets past the positions, not yet taken in by the worker: lag, not a difference.
    """

    read: int = 0
    tombstones: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    behind: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "taken_in": self.accepted,
            "refused": dict(self.rejected),
            "tombstones": self.tombstones,
            "behind": self.behind,
        }


def changes(
    topic: str, tally: Tally, taken_in: Positions, log: Log, reader: Reader, bars: Progress
) -> Iterator[tuple[str, Record]]:
    """The changes of one topic, dead letters left out.

    Args:
        tally: is counted in.
        taken_in: the ledger's positions.

    Raises:
        Fault: the topic is not the ledger's.
    """
    begins, ends = log.bounds(topic)
    positions = dict.fromkeys(ends, 0) | taken_in
    for partition, position in positions.items():
        if position > ends.get(partition, -1):
            raise Fault(
                f"partition {partition} of {topic} ends before the position in the ledger: "
                "it was recreated or cut off, or this is another exchange's store"
            )
    tally.behind = span(positions, ends)
    for message in shown(bars, topic, log.read(topic, begins, positions), span(begins, positions)):
        tally.read += 1
        if message.value is None:
            tally.tombstones += 1
            continue
        try:
            record = reader.read(message.key, message.value)
            reader.admit(message.key, record)
        except Rejection as rejection:
            tally.rejected[rejection.reason] += 1
        else:
            tally.accepted += 1
            yield topic, record


def span(starts: Positions, ends: Positions) -> int:
    """Offsets between two positions of each partition."""
    return sum(max(0, end - starts[partition]) for partition, end in ends.items())


def shown(bars: Progress, topic: str, messages: Iterator[Message], total: int) -> Iterator[Message]:
    """The same messages, with a bar that moves as they are taken."""
    bar = bars.add_task(topic, total=total)
    for number, message in enumerate(messages, start=1):
        if number % _STEP == 0:
            bars.update(bar, completed=number)
        yield message
    bars.update(bar, completed=total)
