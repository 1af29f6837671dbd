"""From the raw records of a batch to changes by key, and to dead letters for records that are refused."""

from collections import Counter
from typing import Any, NamedTuple

from saingan.engine.core.batch import Batch, Slice
from saingan.engine.core.change import Changes
from saingan.engine.intake.flood import Flood
from saingan.engine.intake.sealing import Sealer
from saingan.engine.intake.topic_reader import Registry, Stream
from saingan.engine.view import View
from saingan.standard.contract import contract
from saingan.topics import Topic


class Taken(NamedTuple):
    """What a batch brought: changes by key, and rows of `saingan.engine.tables.dead_letter`.

    A batch may be taken more than once; so nothing is counted in the metrics until it is committed.
    """

    changes: Changes
    letters: list[dict[str, Any]]
    recorded: list[tuple[Topic, int]]  # a sample of recorded_at, ms
    issues: Counter[tuple[str, str, str]]  # by topic, source office and rule


class Intake:
    """Decodes and admits what the streams of one view bring."""

    def __init__(self, view: View, registry: Registry, sealer: Sealer, flood: Flood) -> None:
        self._view = view
        self._sealer = sealer
        self._flood = flood
        self._streams = {
            topic: Stream(number, contract(topic.name), kind, registry)
            for number, (topic, kind) in enumerate(view.streams.items())
        }

    def take(self, batch: Batch, today: int) -> Taken:
        """Decode a batch.

        Raises:
            Transient: the registry does not answer; the same batch can be taken again.
            Fault: too many are refused.
        """
        taken = Taken({}, [], [], Counter())
        flood = self._flood.fork()
        for stream in self._streams.values():
            stream.begin()
        for part in batch:
            self._take_slice(part, today, taken, flood)
        self._flood = flood
        return taken

    def _take_slice(self, part: Slice, today: int, taken: Taken, flood: Flood) -> None:
        topic = part.topic
        messages = part.messages
        read = self._streams[topic].take(
            [message.offset for message in messages],
            [message.key for message in messages],
            [message.value for message in messages],
            part.partition,
            today,
            taken.changes,
        )
        for position, rejection in read.refused:
            flood.refused(topic, position, rejection)
            letter = self._sealer.letter(topic, part.partition, messages[position], rejection)
            taken.letters.append({"view": self._view.name, **letter})
        flood.seen(topic, len(messages))
        for (source, rule), count in read.issues.items():
            taken.issues[topic.name, source, rule] += count
        taken.recorded.extend((topic, at) for at in read.recorded)
