"""CloudEvents 1.0 in Kafka headers, binary mode (standard, section 4). Readers do not require them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from saingan.topics import Topic

Headers = list[tuple[str, str | bytes | None]]  # as the Kafka client takes them


def headers(topic: Topic, *, source: str, subject: str, event_id: str, at_ms: int) -> Headers:
    """The headers of one change. ``at_ms`` is when it happened, in ms since the epoch."""
    return [
        *_constant(topic.record, source),
        ("ce_id", event_id.encode()),
        ("ce_time", _time(at_ms)),
        ("ce_subject", subject.encode()),
    ]


@lru_cache(maxsize=1024)
def _constant(record: str | None, source: str) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", f"th.workforce.v1.{record}".encode()),
        ("content-type", b"application/avro"),
    )


def _time(at_ms: int) -> bytes:
    minute, ms = divmod(at_ms, 60_000)
    return _minute(minute) + _SECONDS[ms // 1000] + str(ms % 1000).zfill(3).encode() + b"+00:00"


@lru_cache(maxsize=8192)
def _minute(since_epoch: int) -> bytes:
    return datetime.fromtimestamp(since_epoch * 60, UTC).isoformat()[:-8].encode()


_SECONDS: Final = [f"{second:02}.".encode() for second in range(60)]
