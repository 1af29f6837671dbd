"""What one poll brought, free of Faust and of any Kafka client."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from saingan.topics import Topic


class Original(Protocol):
    """A raw record, from whichever client."""

    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class Message(Original, Protocol):
    """A raw record as the consumer hands it over."""

    @property
    def timestamp(self) -> int: ...


class Slice(NamedTuple):
    """One partition's part of a poll: all that lies from ``start`` to before ``end``.

    Offsets may have holes (compaction, control records), so ``messages`` may be fewer, or none.
    """

    topic: Topic
    partition: int
    start: int
    end: int
    messages: Sequence[Message]


Batch = Sequence[Slice]
