"""One stream of a view: from raw records to changes. Compiled where a C compiler is; each record passes here."""

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol, final

from mypy_extensions import i64

from saingan.engine.batch import Original
from saingan.engine.fold import ERASED, Standing
from saingan.errors import Rejection
from saingan.metrics import office
from saingan.standard import schemas
from saingan.standard.admission import Admission
from saingan.standard.codec import FRAME_BYTES, frame, lint, parse, unframe
from saingan.standard.decoder import Decoder
from saingan.standard.quality import Quality
from saingan.topics import MESSAGE_BOUND, Topic

_FRESHNESS_SAMPLE: Final = 100


class Registry(Protocol):
    def writer_schemas(self, topic_name: str) -> dict[int, Any]: ...


@final
class Change:
    """One change, as the fold wants it. ``stream`` counts the view's streams."""

    __slots__ = ("offset", "partition", "record_id", "standing", "stream")

    def __init__(self, stream: i64, record_id: str, standing: Standing, partition: i64, offset: i64) -> None:
        self.stream: i64 = stream
        self.record_id: str = record_id
        self.standing: Standing = standing
        self.partition: i64 = partition
        self.offset: i64 = offset


Changes = dict[str, list[Change]]  # by key


class Read(NamedTuple):
    """What a slice held beside changes."""

    refused: list[tuple[int, Original, Rejection]]  # position in the slice, from 0
    recorded: list[int]  # a sample of recorded_at, ms
    issues: Counter[tuple[str, str]]  # by office and rule


@final
class Stream:
    """Decodes and admits one topic's records: its writers' schemas, and the fields that the view keeps."""

    def __init__(self, number: int, topic: Topic, kind: type[NamedTuple], registry: Registry) -> None:
        ours = schemas.schema(topic.name)
        names = [field["name"] for field in ours["fields"]]
        self._number: i64 = number
        self._topic = topic
        self._registry = registry
        self._admission = Admission(ours)
        self._quality = Quality(ours)
        self._ours = parse(ours)
        self._writers: dict[bytes, Decoder | Rejection] = {}  # by frame
        self._asked: set[bytes] = set()  # frames that the registry was asked for in this batch
        self._key: i64 = names.index("person_key" if topic.person_level else "record_id")
        self._record_id: i64 = names.index("record_id")
        self._version: i64 = names.index("record_version")
        self._change: i64 = names.index("change")
        self._recorded_at: i64 = names.index("recorded_at")
        self._source: i64 = names.index("source")
        kept = [names.index(name) for name in kind._fields]
        # Of a single field itemgetter would give the bare value.
        self._kept: Any = itemgetter(*kept) if len(kept) > 1 else itemgetter(slice(kept[0], kept[0] + 1))
        self._kind: Any = kind
        self._new: Any = tuple.__new__

    def begin(self) -> None:
        """A new batch: the registry may know more by now."""
        self._asked.clear()

    def take(self, messages: Sequence[Original], partition: i64, today: i64, changes: Changes) -> Read:
        """Read a slice; its changes are added to ``changes``.

        Raises:
            Transient: the registry does not answer.
        """
        refused: list[tuple[int, Original, Rejection]] = []
        recorded: list[int] = []
        issues: Counter[tuple[str, str]] = Counter()
        for position, message in enumerate(messages):
            value = message.value
            if value is None:
                continue  # a tombstone only clears the log
            try:
                values = self._decoder(value).values(value)
                self._admission.admit(message.key, values)
            except Rejection as rejection:
                refused.append((position, message, rejection))
                continue
            key: str = values[self._key]
            change = Change(self._number, values[self._record_id], self._standing(values), partition, message.offset)
            of_key = changes.get(key)
            if of_key is None:
                changes[key] = [change]
            else:
                of_key.append(change)
            recorded.append(values[self._recorded_at])
            broken = self._quality.broken(values, today)
            if broken is not None:
                for rule in broken:
                    issues[office(values[self._source]), rule] += 1
        return Read(refused, recorded[:: len(recorded) // _FRESHNESS_SAMPLE + 1], issues)

    def _standing(self, values: list[Any]) -> Standing:
        change = values[self._change]
        if change == "ERASE":
            return ERASED
        kept = self._new(self._kind, self._kept(values)) if change == "UPSERT" else None
        return (values[self._version], values[self._recorded_at], kept)

    def _decoder(self, value: bytes) -> Decoder:
        writer = self._writers.get(value[:FRAME_BYTES])
        if writer is None or len(value) > MESSAGE_BOUND:
            writer = self._find(value)
        if isinstance(writer, Rejection):
            raise Rejection(writer.reason, writer.detail)  # anew: a traceback grows with each raising
        return writer

    def _find(self, value: bytes) -> Decoder | Rejection:
        unframe(value)
        framed = value[:FRAME_BYTES]
        if framed not in self._asked:
            self._asked.add(framed)
            for schema_id, schema in self._registry.writer_schemas(self._topic.name).items():
                self._writers.setdefault(frame(schema_id, b""), self._accept(schema))
        unknown = Rejection("schema-id", "no schema of this topic is registered under the id of the message")
        return self._writers.get(framed, unknown)

    def _accept(self, schema: Any) -> Decoder | Rejection:
        try:
            lint(schema)
        except Rejection as rejection:
            return rejection
        return Decoder(parse(schema), self._ours)
