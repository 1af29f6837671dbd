"""One stream of a view: from raw records to changes. Compiled where a C compiler is; each record passes here."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol, final

from mypy_extensions import i64

from saingan.engine.core.change import Change, Changes
from saingan.engine.core.standing import ERASED, Standing
from saingan.errors import Rejection
from saingan.metrics import office
from saingan.standard.admission import Admission
from saingan.standard.codec import FRAME_BYTES, frame, lint, parse, unframe
from saingan.standard.contract import Contract
from saingan.standard.decoder import Decoder
from saingan.standard.projection import Projection
from saingan.standard.quality import Quality
from saingan.topics import MESSAGE_BOUND

_FRESHNESS_SAMPLE: Final = 100
_FRAME: Final[i64] = FRAME_BYTES
_BOUND: Final[i64] = MESSAGE_BOUND


class Registry(Protocol):
    def writer_schemas(self, topic_name: str) -> dict[int, Any]: ...


Issues = Counter[tuple[str, str]]  # by office and rule


class Read(NamedTuple):
    """What records held beside changes."""

    refused: list[tuple[int, Rejection]]  # with the position, from 0
    recorded: list[int]  # a sample of recorded_at, ms
    issues: Issues


@final
class _Reader:
    """Reads the records that one schema wrote.

    Attributes:
        owner, record_id, recorded_at, standing: of the record that was read last; the owner is its key in the view.
    """

    def __init__(self, writer: Any, contract: Contract, kept: Sequence[str]) -> None:
        names = contract.names
        self._decoder = Decoder(parse(writer), parse(contract.schema))
        self._admission = Admission(contract)
        self._quality = Quality(contract)
        self._projection = Projection(contract, self._decoder, kept)
        self._owner: i64 = names.index(contract.topic.key or "")
        self._record_id: i64 = names.index("record_id")
        self._version: i64 = names.index("record_version")
        self._change: i64 = names.index("change")
        self._recorded_at: i64 = names.index("recorded_at")
        self._source: i64 = names.index("source")
        self._kept: list[int] = [names.index(name) for name in kept]
        self.owner: str = ""
        self.record_id: str = ""
        self.recorded_at: int = 0
        self.standing: Standing = ERASED

    def read(self, key: bytes | None, value: bytes, today: i64, issues: Issues) -> None:
        """Read a message, and count what looks wrong in it.

        Raises:
            Rejection: it cannot mean anything.
        """
        plain = self._projection
        if key is None or not plain.reads(key, value, today):
            self._read_any(key, value, today, issues)
            return
        self.owner = plain.owner
        self.record_id = plain.record_id
        self.recorded_at = plain.recorded_at
        self.standing = (plain.version, self.recorded_at, plain.kept)

    def _read_any(self, key: bytes | None, value: bytes, today: i64, issues: Issues) -> None:
        values = self._decoder.values(value)
        self._admission.admit(key, values)
        self.owner = values[self._owner]
        self.record_id = values[self._record_id]
        self.recorded_at = values[self._recorded_at]
        self.standing = self._standing(values)
        for rule in self._quality.broken(values, today):
            issues[office(values[self._source]), rule] += 1

    def _standing(self, values: list[Any]) -> Standing:
        change = values[self._change]
        if change == "ERASE":
            return ERASED
        kept = tuple([values[place] for place in self._kept]) if change == "UPSERT" else None
        return (values[self._version], values[self._recorded_at], kept)


@final
class Stream:
    """Decodes and admits one topic's records: its writers' schemas, and the fields that the view keeps."""

    def __init__(self, number: int, contract: Contract, kind: type[NamedTuple], registry: Registry) -> None:
        self._number: i64 = number
        self._contract = contract
        self._kept: list[str] = list(kind._fields)
        self._registry = registry
        self._readers: dict[bytes, _Reader | Rejection] = {}  # by frame
        self._asked: set[bytes] = set()  # frames that the registry was asked for in this batch
        self._frame: bytes = b""  # of the record before, as most have the same
        self._reader: _Reader | None = None

    def begin(self) -> None:
        """A new batch: the registry may know more by now."""
        self._asked.clear()

    def take(
        self,
        offsets: list[int],
        keys: list[bytes | None],
        values: Sequence[bytes | None],
        partition: i64,
        today: i64,
        changes: Changes,
    ) -> Read:
        """Read records of a partition, given by column; their changes are added to ``changes``.

        Raises:
            Transient: the registry does not answer.
        """
        refused: list[tuple[int, Rejection]] = []
        recorded: list[int] = []
        issues: Issues = Counter()
        position: i64 = -1
        for offset, key, value in zip(offsets, keys, list(values), strict=True):
            position += 1
            if value is None:
                continue  # a tombstone only clears the log
            try:
                _bound(key, value)
                reader = self._reader_of(value)
                reader.read(key, value, today, issues)
            except Rejection as rejection:
                refused.append((position, rejection))
                continue
            change = Change(self._number, reader.record_id, reader.standing, partition, offset)
            of_owner = changes.get(reader.owner)
            if of_owner is None:
                changes[reader.owner] = [change]
            else:
                of_owner.append(change)
            recorded.append(reader.recorded_at)
        return Read(refused, recorded[:: len(recorded) // _FRESHNESS_SAMPLE + 1], issues)

    def _reader_of(self, value: bytes) -> _Reader:
        reader = self._reader
        if reader is None or not value.startswith(self._frame):
            reader = self._find(value)
            self._frame, self._reader = value[:_FRAME], reader
        return reader

    def _find(self, value: bytes) -> _Reader:
        unframe(value)
        framed = value[:_FRAME]
        if framed not in self._readers and framed not in self._asked:
            self._asked.add(framed)
            for schema_id, schema in self._registry.writer_schemas(self._contract.topic.name).items():
                self._readers.setdefault(frame(schema_id, b""), self._accept(schema))
        unknown = Rejection("schema-id", "no schema of this topic is registered under the id of the message")
        found = self._readers.get(framed, unknown)
        if isinstance(found, Rejection):
            raise Rejection(found.reason, found.detail)  # anew: a traceback grows with each raising
        return found

    def _accept(self, schema: Any) -> _Reader | Rejection:
        try:
            lint(schema)
        except Rejection as rejection:
            return rejection
        return _Reader(schema, self._contract, self._kept)


def _bound(key: bytes | None, value: bytes) -> None:
    length: i64 = len(value)
    if key is not None:
        length += len(key)
    if length > _BOUND:
        raise Rejection("too-large", f"key and value are {length} bytes long, more than {MESSAGE_BOUND}")
