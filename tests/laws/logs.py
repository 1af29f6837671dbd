"""The registry topics as a model sees them: what lies where, what it says, and what was ever published."""

from typing import Any, Final, NamedTuple

from laws.histories import Change
from saingan.engine.core.batch import Slice
from saingan.outcomes.view import OUTCOMES
from saingan.standard import codec, schemas
from saingan.topics import GRADUATION, Topic
from support.make import Record
from support.store_bench import Feed, Raw, Sent

Part = tuple[Topic, int]
PARTS: Final[list[Part]] = [(topic, number) for topic in OUTCOMES.streams for number in (0, 1)]

NEWER_ID: Final = 900
NEWER: Final = schemas.schema(GRADUATION.name)
NEWER["fields"] = [*NEWER["fields"], {"name": "remark", "type": ["null", "string"], "default": None}]
_newer: Final = codec.parse(NEWER)

SPOIL: Final[dict[str, Any]] = {
    "framing": lambda sent: sent._replace(value=b"\x01" + sent.value[1:]),
    "undecodable": lambda sent: sent._replace(value=sent.value[:-1]),
    "trailing-bytes": lambda sent: sent._replace(value=sent.value + b"\0"),
    "schema-id": lambda sent: sent._replace(value=codec.frame(999_999, sent.value[codec.FRAME_BYTES :])),
    "key": lambda sent: sent._replace(key=None),
}


class Entry(NamedTuple):
    """A message: the change that it says, or why it is refused; neither for a tombstone.

    ``newer``: written by a schema that the registry may not know yet.
    """

    sent: Sent
    says: Change | None
    reason: str | None = None
    newer: bool = False


class Logs:
    """Partitions that only grow, but for what compaction takes out of them."""

    def __init__(self, feed: Feed) -> None:
        self.entries: dict[Part, dict[int, Entry]] = {part: {} for part in PARTS}
        self.ends: dict[Part, int] = dict.fromkeys(PARTS, 0)
        self.ever: dict[tuple[str, int, int], Entry] = {}  # by origin, whatever was compacted since
        self.published: list[Change] = []
        self._feed = feed

    def append(self, entry: Entry, place: int) -> None:
        part = entry.sent.topic, place
        self.ever[part[0].name, place, self.ends[part]] = self.entries[part][self.ends[part]] = entry
        self.ends[part] += 1
        if entry.says is not None and not entry.newer:
            self.published.append(entry.says)

    def publish(self, change: Change, place: int) -> None:
        self.append(Entry(self._feed.sent(*change), change), place)

    def publish_spoilt(self, change: Change, reason: str, place: int) -> None:
        self.append(Entry(SPOIL[reason](self._feed.sent(*change)), None, reason), place)

    def publish_newer(self, record: Record, place: int) -> None:
        """A graduation by a schema that has a further field."""
        value = codec.frame(NEWER_ID, codec.encode(_newer, record | {"remark": "ปวช."}))
        self.append(Entry(self._feed.sent(GRADUATION, record, value=value), (GRADUATION, record), newer=True), place)

    def tombstone(self, entry: Entry, place: int) -> None:
        self.append(Entry(entry.sent._replace(value=None), None), place)

    def erase(self, change: Change, compacted: bool) -> None:
        """The mark, and a tombstone for every other change of the record; ``compacted``: which are gone at once."""
        topic, record = change
        self.publish((topic, {**record, "change": "ERASE"}), 0)
        for part in [part for part in PARTS if part[0] is topic]:
            for offset, entry in list(self.entries[part].items()):
                if entry.says is not None and _same_record(entry.says[1], record) and not _erases(entry.says[1]):
                    self.tombstone(entry, part[1])
                    if compacted:
                        del self.entries[part][offset]

    def compact_repeats(self) -> None:
        for log in self.entries.values():
            last = {entry.sent: offset for offset, entry in log.items()}
            for offset in [offset for offset, entry in log.items() if last[entry.sent] != offset]:
                del log[offset]

    def read(self, part: Part, start: int, most: int) -> Slice:
        end = min(start + most, self.ends[part])
        held = [(offset, entry.sent) for offset, entry in self.entries[part].items() if start <= offset < end]
        return Slice(*part, start, end, [Raw(offset, 0, sent.key, sent.value, []) for offset, sent in held])

    def says(self, part: Slice, registered: bool) -> tuple[list[Change], list[tuple[str, int, int, str]]]:
        """The changes of a slice and its letters, by origin and reason."""
        changes, letters = [], []
        for message in part.messages:
            origin = part.topic.name, part.partition, message.offset
            entry = self.ever[origin]
            reason = "schema-id" if entry.newer and not registered else entry.reason
            if reason is not None:
                letters.append((*origin, reason))
            elif entry.says is not None:
                changes.append(entry.says)
        return changes, letters


def _same_record(one: Record, other: Record) -> bool:
    return all(one[name] == other[name] for name in ("person_key", "record_id"))


def _erases(record: Record) -> bool:
    return bool(record["change"] == "ERASE")
