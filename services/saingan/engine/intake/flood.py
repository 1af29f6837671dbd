"""A limit on rejecting: a misconfigured sender must not empty a topic into the dead letters (standard, section 10)."""

from collections import deque
from typing import Final

from saingan.errors import Fault, Rejection
from saingan.topics import Topic

WINDOW: Final = 10_000  # records of a topic that the share is counted over
AT_LEAST: Final = 100  # refused records below which no share stops a worker


class Flood:
    """Counts refused records of each topic over its last `WINDOW` records."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._counted: dict[Topic, int] = {}
        self._refused: dict[Topic, deque[int]] = {}

    def fork(self) -> "Flood":
        """A count that goes on from here: dropped when the batch that it counts must be taken again."""
        forked = Flood(self._limit)
        forked._counted = self._counted.copy()
        forked._refused = {topic: refused.copy() for topic, refused in self._refused.items()}
        return forked

    def seen(self, topic: Topic, records: int) -> None:
        """Count a slice, when all of it was looked at."""
        self._counted[topic] = self._counted.get(topic, 0) + records

    def refused(self, topic: Topic, position: int, rejection: Rejection) -> None:
        """Note a refusal; `Fault` when the share is over the limit, so that the batch is not applied.

        Args:
            position: of the record in its slice, from 0.
        """
        counted = self._counted.get(topic, 0) + position + 1
        refused = self._refused.setdefault(topic, deque())
        refused.append(counted)
        while refused[0] <= counted - WINDOW:
            refused.popleft()
        if len(refused) >= AT_LEAST and len(refused) > self._limit * min(counted, WINDOW):
            raise Fault(
                f"{topic.name}: {len(refused)} of the last {min(counted, WINDOW)} records are refused, the last one as "
                f"{rejection}. Nothing of this batch is taken in. Fix the sender's data, or raise "
                "SAINGAN_REJECTION_LIMIT, and start the worker again"
            )
