"""CloudEvents 1.0 in Kafka headers, binary mode (standard, section 4). Readers do not require them."""

from datetime import date
from functools import lru_cache
from typing import Final

from mypy_extensions import i64

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


def _time(at_ms: i64) -> bytes:
    second = at_ms // 1000
    minute = second // 60
    hour = minute // 60
    clock = f"{_TWO[hour % 24]}:{_TWO[minute % 60]}:{_TWO[second % 60]}.{_THREE[at_ms % 1000]}+00:00"
    return f"{_date(hour // 24)}T{clock}".encode()


@lru_cache(maxsize=8192)  # days: over twenty years
def _date(since_epoch: int) -> str:
    return date.fromordinal(_EPOCH + since_epoch).isoformat()


_EPOCH: Final = date(1970, 1, 1).toordinal()
_TWO: Final = [f"{number:02}" for number in range(60)]
_THREE: Final = [f"{number:03}" for number in range(1000)]
