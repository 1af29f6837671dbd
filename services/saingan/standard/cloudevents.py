"""CloudEvents 1.0 in Kafka headers, binary mode (standard, section 4). Readers do not require them."""

from datetime import UTC, datetime
from functools import lru_cache

from saingan.topics import Topic

Headers = list[tuple[str, bytes]]


def headers(topic: Topic, *, source: str, subject: str, event_id: str, at_ms: int) -> Headers:
    """The headers of one change. ``at_ms`` is when it happened, in ms since the epoch."""
    return [
        *_constant(topic, source),
        ("ce_id", event_id.encode()),
        ("ce_time", _time(at_ms)),
        ("ce_subject", subject.encode()),
    ]


@lru_cache(maxsize=1024)
def _constant(topic: Topic, source: str) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", f"th.workforce.v1.{topic.record}".encode()),
        ("content-type", b"application/avro"),
    )


@lru_cache(maxsize=8192)
def _time(at_ms: int) -> bytes:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").encode()
