"""Reading the input topics whole, for messages about those to be forgotten."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, NamedTuple

from saingan.erase.aim import ERASE_VERSION, Aim, Subject, name
from saingan.erase.reading import Reader
from saingan.errors import Fault
from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log, Message
from saingan.standard.codec import Record
from saingan.standard.contract import contract
from saingan.topics import TOPICS, Topic

PERSONAL: Final = tuple(topic for topic in TOPICS.values() if topic.registry and topic.person_level)


Origin = tuple[str, int, int]  # topic, partition, offset: by which a dead letter is named


class Spot(NamedTuple):
    """Where compaction looks: of the messages of one key in one partition it keeps the last."""

    topic: str
    partition: int
    key: bytes

    @classmethod
    def of(cls, topic: str, message: Message) -> "Spot":
        return cls(topic, message.partition, message.key or b"")


@dataclass
class Found:
    """What lies in the topics.

    Attributes:
        aim: what was looked for, and the records that a corrected citizen ID moved to the persons aimed at.
        subjects: the records, as far as any change of theirs could be taken in.
        marks: partition and offset of the mark, for those of them whose mark stands.
        live: where the last message is one to go.
        origins: of every message met, overwritten or not.
        others: watched origins whose message turned out to be about somebody else.
    """

    aim: Aim
    subjects: set[Subject] = field(default_factory=set)
    marks: dict[Subject, tuple[int, int]] = field(default_factory=dict)
    live: set[Spot] = field(default_factory=set)
    origins: set[Origin] = field(default_factory=set)
    others: set[Origin] = field(default_factory=set)

    def overwrite(self, topic: str, message: Message) -> None:
        """Forget what lies under a message's key in its partition: this one is later."""
        self.live.discard(Spot.of(topic, message))
        named = name(message.key)
        if named is None or named.version != str(ERASE_VERSION):
            return
        subject = named.of(topic)
        if subject in self.marks and self.marks[subject][0] == message.partition:
            del self.marks[subject]

    def note(self, topic: str, message: Message, record: Record | None) -> None:
        """Note a message about those to be forgotten."""
        self.origins.add((topic, message.partition, message.offset))
        subject = record and Subject(topic, record["person_key"], record["record_id"])
        if subject:
            self.subjects.add(subject)
        if record and subject and record["record_version"] == ERASE_VERSION and record["change"] == "ERASE":
            self.marks[subject] = message.partition, message.offset
        else:
            self.live.add(Spot.of(topic, message))


class Scan:
    """The input topics up to where they end now, with each value decoded when it is asked for."""

    def __init__(self, log: Log, registry: Registry) -> None:
        self._log = log
        self._bounds = {topic.name: log.bounds(topic.name) for topic in PERSONAL}
        self._readers = {
            topic.name: Reader(contract(topic.name), registry.writer_schemas(topic.name)) for topic in PERSONAL
        }

    def partitions(self, topic: str) -> int:
        return len(self._bounds[topic][1])

    def messages(self, *topics: Topic) -> Iterator[tuple[str, Message]]:
        """Every message of these topics, of all where none is named."""
        for topic in topics or PERSONAL:
            for message in self._log.read(topic.name, *self._bounds[topic.name]):
                yield topic.name, message

    def read(self, topic: str, key: bytes | None, value: bytes | None) -> Record | None:
        """A record that could be taken in; None for any other value, and for a topic that is not a person-level one."""
        reader = self._readers.get(topic)
        return None if reader is None else reader.read(key, value or b"")

    def aim_at_persons(self, persons: frozenset[str]) -> Aim:
        """All of some persons."""
        versions = set()
        whole = Aim(persons)
        for topic, message, read in self._decodable():
            if message.value is not None and whole.meets(topic, message.key, message.value, read):
                record = read()
                if record is not None and record["person_key"] in persons:
                    versions.add((topic, record["record_id"], record["record_version"]))
        return Aim(persons, versions=frozenset(versions))

    def aim_at_record(self, topic: Topic, record_id: str) -> Aim:
        """One record, under whichever person it lies or lay.

        Raises:
            Fault: several persons have a record of that id, so the id alone does not say whose is meant.
        """
        standing: dict[Subject, tuple[int, str]] = {}
        subjects = set()
        for _, message in self.messages(topic):
            named = name(message.key)
            if named is None or named.record_id != record_id:
                continue
            subject = named.of(topic.name)
            subjects.add(subject)
            if (record := self.read(topic.name, message.key, message.value)) is not None:
                standing[subject] = max(standing.get(subject, (0, "")), (record["record_version"], record["change"]))
        holders = sum(change == "UPSERT" for _, change in standing.values())
        if holders > 1:
            raise Fault(f"{topic.name}: {holders} persons have a record of that id; erase by person instead")
        return Aim(subjects=frozenset(subjects))

    def record_ids(self, topic: Topic) -> set[str]:
        """All that the message keys of a topic name."""
        return {named.record_id for _, message in self.messages(topic) if (named := name(message.key))}

    def aim_at_marked(self) -> Aim:
        """All records that anyone has asked to erase."""
        subjects = set()
        for topic, _, read in self._decodable():
            record = read()
            if record is not None and record["change"] == "ERASE":
                subjects.add(Subject(topic, record["person_key"], record["record_id"]))
        return Aim(subjects=frozenset(subjects))

    def find(self, aim: Aim, watched: Collection[Origin]) -> Found:
        """All messages about what is aimed at.

        Args:
            watched: origins of dead letters; `Found.others` gets those that are about somebody else.
        """
        found = Found(aim)
        elsewhere: dict[Subject, list[tuple[Message, Record | None]]] = defaultdict(list)
        for topic, message, read in self._decodable():
            found.overwrite(topic, message)
            if message.value is not None and aim.meets(topic, message.key, message.value, read):
                found.note(topic, message, read())
            elif (named := name(message.key)) is not None and (topic, named.record_id) in aim.record_ids:
                elsewhere[named.of(topic)].append((message, read()))
            elif (origin := (topic, message.partition, message.offset)) in watched:
                found.others.add(origin)
        moved = {one for one, held in elsewhere.items() if _moved_away(one, [record for _, record in held], aim)}
        for subject in moved:
            for message, record in elsewhere[subject]:
                found.overwrite(subject.topic, message)
                if message.value is not None:
                    found.note(subject.topic, message, record)
        found.aim = replace(aim, subjects=aim.subjects | moved)
        return found

    def innocent(self, found: Found) -> dict[Spot, Message]:
        """Messages about others under keys that must be cleared: a tombstone alone would take them away, too."""
        last: dict[Spot, Message] = {}
        spots = {spot for spot in found.live if not found.aim.names(spot.topic, spot.key)}
        for topic, message, read in self._decodable() if spots else ():
            spot = Spot.of(topic, message)
            if spot not in spots or message.value is None:
                continue
            if not found.aim.meets(topic, message.key, message.value, read):
                last[spot] = message
        return last

    def _decodable(self) -> Iterator[tuple[str, Message, Callable[[], Record | None]]]:
        for topic, message in self.messages():
            yield topic, message, partial(self.read, topic, message.key, message.value)


def _moved_away(subject: Subject, records: list[Record | None], aim: Aim) -> bool:
    """Whether a record was withdrawn under a wrong citizen ID at the version that it has under the right one."""
    ranks = [(record["change"] == "ERASE", record["record_version"], record["change"]) for record in records if record]
    erased, version, change = max(ranks, default=(False, 0, ""))
    return erased or (change == "WITHDRAW" and (subject.topic, subject.record_id, version) in aim.versions)
