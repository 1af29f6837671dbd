"""From the raw records of a batch to changes by key, and to letters for what cannot be taken in."""

from collections import Counter, defaultdict
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, NamedTuple

from saingan.engine.batch import Batch, Slice
from saingan.engine.flood import Flood
from saingan.engine.fold import ERASED, Standing
from saingan.engine.sealing import Sealer
from saingan.engine.view import View
from saingan.errors import Rejection
from saingan.metrics import Metrics, office
from saingan.standard import schemas
from saingan.standard.admission import Admission
from saingan.standard.codec import FRAME_BYTES, Record, Schema, decode, frame, lint, parse, unframe
from saingan.standard.quality import quality
from saingan.standard.registry import Registry
from saingan.topics import MESSAGE_BOUND, Topic

_FRESHNESS_SAMPLE: Final = 100


class Change(NamedTuple):
    """One change, as the fold wants it. ``stream`` counts the view's streams."""

    stream: int
    record_id: str
    standing: Standing
    partition: int
    offset: int


class Taken(NamedTuple):
    """What a batch brought: changes by key, and rows of `saingan.engine.tables.dead_letter`."""

    changes: dict[str, list[Change]]
    letters: list[dict[str, Any]]
    recorded: list[tuple[Topic, int]]  # a sample of recorded_at, ms


class Intake:
    """Decodes and admits what the streams of one view bring."""

    def __init__(self, view: View, registry: Registry, sealer: Sealer, metrics: Metrics, flood: Flood) -> None:
        self._view = view
        self._sealer = sealer
        self._metrics = metrics
        self._flood = flood
        self._streams = {
            topic: _Stream(number, topic, kind._fields, registry)
            for number, (topic, kind) in enumerate(view.streams.items())
        }

    def take(self, batch: Batch, today: int) -> Taken:
        """Decode a batch.

        Raises:
            Transient: the registry does not answer; the same batch can be taken again.
            Fault: too many are refused.
        """
        taken = Taken(defaultdict(list), [], [])
        flood = self._flood.fork()
        for stream in self._streams.values():
            stream.asked.clear()
        for part in batch:
            self._take_slice(part, today, taken, flood)
        self._flood = flood
        return taken

    def _take_slice(self, part: Slice, today: int, taken: Taken, flood: Flood) -> None:
        stream = self._streams[part.topic]
        recorded: list[int] = []
        issues: Counter[tuple[str, str]] = Counter()
        for position, message in enumerate(part.messages):
            if message.value is None:
                continue  # a tombstone only clears the log
            try:
                record = stream.decode(message.value)
                stream.admit(message.key, record)
            except Rejection as rejection:
                flood.refused(part.topic, position, rejection)
                letter = self._sealer.letter(part.topic, part.partition, message, rejection)
                taken.letters.append({"view": self._view.name, **letter})
                continue
            change = Change(stream.number, record["record_id"], stream.standing(record), part.partition, message.offset)
            taken.changes[record[stream.key]].append(change)
            recorded.append(record["recorded_at"])
            for rule in stream.quality(record, today):
                issues[office(record["source"]), rule] += 1
        flood.seen(part.topic, len(part.messages))
        for (source, rule), count in issues.items():
            self._metrics.quality_issues.labels(part.topic.name, source, rule).inc(count)
        step = len(recorded) // _FRESHNESS_SAMPLE + 1
        taken.recorded.extend((part.topic, at) for at in recorded[::step])
        self._metrics.records.labels(self._view.name, part.topic.name).inc(len(part.messages))
        if part.messages:
            self._metrics.last_record.labels(part.topic.name).set(part.messages[-1].timestamp / 1000)


class _Stream:
    """One topic's decoding: its writers' schemas, and the fields that the view keeps."""

    def __init__(self, number: int, topic: Topic, kept: tuple[str, ...], registry: Registry) -> None:
        self.number = number
        self.key = "person_key" if topic.person_level else "record_id"
        self.quality = quality(topic.name)
        self._topic = topic
        self._registry = registry
        ours = schemas.schema(topic.name)
        self.admit = Admission(ours).admit
        self._ours = parse(ours)
        self._writers: dict[bytes, tuple[Schema, bool] | Rejection] = {}  # by frame; and whether ours is another
        self.asked: set[bytes] = set()  # frames that the registry was asked for in this batch
        # Twice the last one: itemgetter of a single field would give the bare value.
        self._kept: Callable[[Record], tuple[Any, ...]] = itemgetter(*kept, kept[-1])

    def decode(self, value: bytes) -> Record:
        writer = (len(value) <= MESSAGE_BOUND and self._writers.get(value[:FRAME_BYTES])) or self._find(value)
        if isinstance(writer, Rejection):
            raise writer
        schema, resolve = writer
        record = decode(value, schema)  # resolution alone would skip, unread, the fields that our schema has not
        return decode(value, schema, self._ours) if resolve else record

    def standing(self, record: Record) -> Standing:
        change = record["change"]
        if change == "ERASE":
            return ERASED
        if change == "WITHDRAW":
            return (record["record_version"], record["recorded_at"], None)
        return (record["record_version"], record["recorded_at"], self._kept(record)[:-1])

    def _find(self, value: bytes) -> tuple[Schema, bool] | Rejection:
        unframe(value)
        framed = value[:FRAME_BYTES]
        if framed not in self.asked:
            self.asked.add(framed)
            for schema_id, schema in self._registry.writer_schemas(self._topic.name).items():
                self._writers.setdefault(frame(schema_id, b""), self._accept(schema))
        unknown = Rejection("schema-id", "no schema of this topic is registered under the id of the message")
        return self._writers.get(framed, unknown)

    def _accept(self, schema: Schema) -> tuple[Schema, bool] | Rejection:
        try:
            lint(schema)
        except Rejection as rejection:
            return rejection
        writer = parse(schema)
        return writer, writer["fields"] != self._ours["fields"]
