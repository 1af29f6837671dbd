"""A dead letter opened by the operator: what was sent, field by field, and what a worker would say of it now."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from joserfc.errors import JoseError

from saingan.engine.intake.sealing import Sealer
from saingan.engine.intake.topic_reader import Stream
from saingan.engine.store import observation
from saingan.engine.view import View
from saingan.errors import Fault, Rejection
from saingan.exchange.registry import Registry
from saingan.letters.handling import DeadLetter
from saingan.settings import Settings
from saingan.standard import codec
from saingan.standard.contract import contract
from saingan.topics import TOPICS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Opened(NamedTuple):
    """The original message.

    Attributes:
        record: its fields in the order of the writer's schema, dates and times as ISO 8601 text; None where the value
            cannot be decoded, and then ``undecoded`` says why.
    """

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    record: dict[str, Any] | None
    undecoded: str


class Opener:
    """Opens letters with the operator's private key. A context manager.

    Every call raises `Transient` where the registry does not answer, and `Fault` where a letter cannot be opened.
    """

    def __init__(self, settings: Settings, view: View) -> None:
        self._sealer = Sealer.from_file(settings.private_key_file)
        self._view = view
        self._registry = Registry(settings)
        self._streams: dict[str, Stream] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._registry.close()

    def open(self, letter: DeadLetter) -> Opened:
        key, value, headers = self._unsealed(letter)
        try:
            return Opened(key, value, headers, self._record(letter.topic, value or b""), "")
        except Rejection as rejection:
            return Opened(key, value, headers, None, rejection.detail)

    def judge(self, letter: DeadLetter) -> Rejection | None:
        """Why a worker would refuse the record again; None where it would take it in."""
        key, value, _ = self._unsealed(letter)
        topic = TOPICS.get(letter.topic)
        if topic is None or topic not in self._view.streams:
            return Rejection("topic", f"{letter.topic} is not a topic of this exchange")
        if topic.name not in self._streams:
            self._streams[topic.name] = Stream(0, contract(topic.name), self._view.streams[topic], self._registry)
        stream, today = self._streams[topic.name], observation.days(observation.today())
        stream.begin()
        refused = stream.take([0], [key], [value], letter.partition, today, {}).refused
        return refused[0][1] if refused else None

    def _unsealed(self, letter: DeadLetter) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
        try:
            return self._sealer.open(letter.sealed)
        except JoseError as error:
            raise Fault(f"{letter.origin} was sealed to another key ({type(error).__name__})") from None

    def _record(self, topic: str, value: bytes) -> dict[str, Any]:
        """Decode by the schema that wrote it, also where it is another topic's."""
        schema_id, _ = codec.unframe(value)
        try:
            schema = self._registry.writer_schemas(topic).get(schema_id) or self._registry.by_id(schema_id)
        except Fault:
            raise Rejection("schema-id", f"the registry has no schema with id {schema_id}") from None
        codec.lint(schema)
        return dict(_readable(schema, codec.decode(value, codec.parse(schema))))


def _readable(schema: codec.Schema, record: codec.Record) -> Iterator[tuple[str, Any]]:
    days, times = (codec.fields_of(schema, kind) for kind in ("date", "timestamp-millis"))
    for name, value in record.items():
        if isinstance(value, bytes):
            yield name, base64.b64encode(value).decode()
        elif value is not None and name in days:
            yield name, _iso(value, timedelta(days=1))
        elif value is not None and name in times:
            yield name, _iso(value, timedelta(milliseconds=1))
        else:
            yield name, value


def _iso(number: int, unit: timedelta) -> str | int:
    """A date or time since the epoch as text; the number itself where the calendar has none."""
    try:
        moment = _EPOCH + number * unit
    except OverflowError:
        return number
    return moment.date().isoformat() if unit.days else moment.isoformat(timespec="milliseconds")
