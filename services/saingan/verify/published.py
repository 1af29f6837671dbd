"""A view's topic, read."""

from collections.abc import Iterator

from rich.progress import Progress

from saingan.errors import Rejection
from saingan.exchange.topic_log import Log, Message
from saingan.verify.admit import Reader
from saingan.verify.check import Output, Row, RowKey
from saingan.verify.reading import shown, span


class Published:
    """The topic as a compacted whole.

    Attributes:
        rows: the last row under each key; None for a row that cannot be read.
        messages: how many were read.
    """

    def __init__(self, topic: str, output: Output, log: Log, reader: Reader, bars: Progress) -> None:
        self.rows: dict[RowKey, Row | None] = {}
        self.messages = 0
        self._topic = topic
        self._output = output
        self._log = log
        self._reader = reader
        self._begins, self._ends = log.bounds(topic)
        self._next = self._begins.copy()
        self._take(shown(bars, topic, self._unread(), self.offsets))

    @property
    def offsets(self) -> int:
        """Offsets from the topic's beginning to its end: those of messages, transaction markers and what has gone."""
        return span(self._begins, self._ends)

    def catch_up(self) -> None:
        """Read on to where the topic ends now."""
        _, self._ends = self._log.bounds(self._topic)
        self._take(self._unread())

    def _unread(self) -> Iterator[Message]:
        return self._log.read(self._topic, self._next.copy(), self._ends)

    def _take(self, messages: Iterator[Message]) -> None:
        for message in messages:
            self.messages += 1
            self._next[message.partition] = message.offset + 1
            key = self._key((message.key or b"").decode(errors="replace"))
            if message.value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = self._row(message.key, message.value)

    def _key(self, text: str) -> RowKey:
        if self._output.keys == 1:
            return (text,)
        key, _, row_id = text.partition("/")
        return key, row_id

    def _row(self, key: bytes | None, value: bytes) -> Row | None:
        try:
            record = self._reader.read(key, value)
        except Rejection:
            return None
        values = [record[column] for column in self._output.columns]
        return tuple([tuple(value) if isinstance(value, list) else value for value in values])
