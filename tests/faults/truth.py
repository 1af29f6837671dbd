"""What was sent, on disk before it is sent, and beside it what the broker said to each."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, NamedTuple, Self

from confluent_kafka import KafkaError, Message, Producer

import workload
from saingan.engine.store.ledger import Positions
from saingan.settings import Settings
from saingan.standard.identity import partition
from saingan.topics import TOPICS, Topic
from support.make import Record
from workload import Change


class Sent(NamedTuple):
    """One line of the truth, with the broker's answer.

    Attributes:
        record: None for what is no good change.
        bad: what is wrong with it, where a dead letter must come of it.
        place: partition and offset; None while nobody knows whether the broker has it ("maybe").
    """

    topic: Topic
    record: Record | None
    bad: str | None
    place: tuple[int, int] | None


class Truth:
    """A context manager, around all that writes."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.sent = 0
        self._settings = settings
        self._folder = folder
        self._lock = Lock()
        self._acked: Positions = {}
        self._message = workload.encoder(settings)
        # Nothing of the truth may wait in this process: a line is with the system before its record is with the client.
        self._lines = (folder / "truth.jsonl").open("w", buffering=1)
        self._acks = (folder / "acks.jsonl").open("w", buffering=1)
        self._producer = Producer(
            {
                "bootstrap.servers": settings.bootstrap,
                "enable.idempotence": True,  # and with it acks=all
                "linger.ms": 5,
                "compression.type": "lz4",
                "reconnect.backoff.max.ms": 500,  # the recovery that is measured is the workers'
                "delivery.timeout.ms": 120_000,  # outlasts every outage: a send that gives up is a "maybe"
                "log_level": 0,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._producer.close()
        self._lines.close()
        self._acks.close()

    def send(self, changes: Iterable[Change]) -> None:
        """Send good changes; `flush` waits for the broker."""
        for topic, record in changes:
            self._send({"topic": topic.name, "record": record}, self._message((topic, record))._asdict())

    def put(self, topic: Topic, key: bytes | None, value: bytes | None, bad: str | None, at: int | None = None) -> None:
        """Send raw bytes.

        Args:
            bad: what is wrong with them, so that they must become a dead letter; None: they change nothing.
            at: the partition; where none is given, that of the person whom the key begins with.
        """
        person = (key or b"").decode(errors="replace").partition("/")[0]
        number = partition(person, topic.partitions) if at is None else at
        message = {"topic": self._settings.wire(topic.name), "key": key, "value": value, "partition": number}
        self._send({"topic": topic.name, "bad": bad, "key": _hex(key), "value": _hex(value)}, message)

    def note(self, topic: Topic, place: tuple[int, int], bad: str) -> None:
        """Note one bad record that another client has put at a partition's offset."""
        number, self.sent = self.sent, self.sent + 1
        line = {"n": number, "topic": topic.name, "bad": bad, "key": None, "value": None}
        self._lines.write(json.dumps(line) + "\n")
        self._acknowledge(number, topic.name, place)

    def flush(self, timeout_s: float = 120) -> None:
        assert self._producer.flush(timeout_s) == 0, "the broker has not answered"

    def acked(self) -> Positions:
        """How far each partition has been acked, as the ledger counts: the next offset."""
        with self._lock:
            return dict(self._acked)

    def _send(self, line: dict[str, Any], message: dict[str, Any]) -> None:
        number, self.sent = self.sent, self.sent + 1
        self._lines.write(json.dumps({"n": number, **line}, ensure_ascii=False) + "\n")

        def answered(error: KafkaError | None, delivered: Message) -> None:
            if error is None:
                self._acknowledge(number, line["topic"], (delivered.partition(), delivered.offset()))
            else:
                self._acks.write(json.dumps({"n": number, "at": None, "error": error.name()}) + "\n")

        self._producer.produce(on_delivery=answered, **message)
        self._producer.poll(0)

    def _acknowledge(self, number: int, topic: str, place: tuple[int, int]) -> None:
        self._acks.write(json.dumps({"n": number, "at": place, "error": None}) + "\n")
        with self._lock:
            part = topic, place[0]
            self._acked[part] = max(self._acked.get(part, 0), place[1] + 1)


def read(folder: Path) -> Iterator[Sent]:
    """The truth and the acks, from disk."""
    with (folder / "acks.jsonl").open() as acks:
        places = {ack["n"]: tuple(ack["at"]) for ack in map(json.loads, acks) if ack["at"]}
    with (folder / "truth.jsonl").open() as lines:
        for line in map(json.loads, lines):
            yield Sent(TOPICS[line["topic"]], line.get("record"), line.get("bad"), places.get(line["n"]))


def _hex(data: bytes | None) -> str | None:
    return None if data is None else data.hex()
