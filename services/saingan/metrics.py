"""Every metric of the exchange, each with a line for the operator: what it means and what to do.

Labels are bounded: view, topic, partition, reason, rule, source office. Never a person, a record or an employer.
"""

import platform
import re
from importlib.metadata import version
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from saingan.topics import TOPICS, Topic

_BATCH_SIZES: Final = (1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_FRESHNESS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600, 86_400, 2_592_000)
_STARTS: Final = (0.1, 1, 5, 15, 60, 300, 900, 3_600)
_OFFICE: Final = re.compile(rf"({'|'.join(sorted({topic.owner for topic in TOPICS.values()}))})(-[0-9]{{2}})?")


disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each counter, which nobody reads


class Metrics:
    """One worker's metrics, on a registry of its own; those of its process (memory, CPU, start) are among them."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._newest: dict[Topic, int] = {}
        self.records = Counter(
            "saingan_records",
            "Records taken in, tombstones included. Flat while there is lag: the worker is stuck; see its log.",
            ["view", "topic"],
            registry=registry,
        )
        self.refused = Counter(
            "saingan_refused",
            "Records sent to the dead letters. Rising: `saingan dead-letters list` shows which and why.",
            ["view", "topic", "reason"],
            registry=registry,
        )
        self.quality_issues = Counter(
            "saingan_quality_issues",
            "Records taken in although a code, number or date looks wrong. Rising: show the office, or fix our lists.",
            ["topic", "source", "rule"],
            registry=registry,
        )
        self.version_conflicts = Counter(
            "saingan_version_conflicts",
            "Changes that repeat a version with another content. Any: the owner's sequence is broken; tell them.",
            ["view", "topic"],
            registry=registry,
        )
        self.rows_changed = Counter(
            "saingan_rows_changed",
            "Rows written to or removed from the view's table.",
            ["view"],
            registry=registry,
        )
        self.batch_records = Histogram(
            "saingan_batch_records",
            "Records a batch. Always at the upper end: the worker is behind; start a second one.",
            ["view"],
            buckets=_BATCH_SIZES,
            registry=registry,
        )
        self.phase_seconds = Histogram(
            "saingan_phase_seconds",
            "Seconds of each phase of a batch: decode, read, fold, write; and produce. The longest is the bottleneck.",
            ["view", "phase"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.lag = Gauge(
            "saingan_lag_records",
            "Offsets between a partition's end and the ledger. Rising for minutes: see the phases and the log.",
            ["view", "topic", "partition"],
            registry=registry,
        )
        self.freshness = Histogram(
            "saingan_freshness_seconds",
            "From recorded_at to the row, for up to 100 records a batch. High without lag: the agency sends late.",
            ["view", "topic"],
            buckets=_FRESHNESS,
            registry=registry,
        )
        self.last_record = Gauge(
            "saingan_last_record_timestamp_seconds",
            "When the newest record of a stream reached the broker; absent while there is none. Old: the agency has "
            "stopped sending; call it.",
            ["topic"],
            registry=registry,
        )
        self.ledger_conflicts = Counter(
            "saingan_ledger_conflicts",
            "Batches dropped because another worker had moved the position. A few at a rebalance are normal; many: two "
            "groups work on one view.",
            ["view"],
            registry=registry,
        )
        self.retries = Counter(
            "saingan_retries",
            "Attempts repeated because something did not answer. Rising: that part is down; nothing is lost meanwhile.",
            ["what"],
            registry=registry,
        )
        self.outbox = Gauge(
            "saingan_outbox_rows",
            "Changed rows and dead letters not yet on their topics; of either no more than 20,000 are counted. "
            "Rising: the relay cannot produce; see its log.",
            ["view"],
            registry=registry,
        )
        self.follower_pending = Gauge(
            "saingan_follower_pending_keys",
            "Changed rows that a follower has yet to take in, and newer dates or a start that is due; of keys no more "
            "than 20,000 a source are counted. Rising: no worker runs it, or it is too slow; see its log.",
            ["view"],
            registry=registry,
        )
        self.follower_oldest = Gauge(
            "saingan_follower_oldest_key_seconds",
            "How long ago the first of these rows changed; of those that stand. Minutes: as above.",
            ["view"],
            registry=registry,
        )
        self.follower_start = Histogram(
            "saingan_follower_start_seconds",
            "From the beginning of a follower's start, which reads all rows of its sources, to its end. Often: its "
            "lease is lost again and again; see its log.",
            ["view"],
            buckets=_STARTS,
            registry=registry,
        )
        build = Gauge("saingan_build_info", "What runs here.", ["version", "python"], registry=registry)
        build.labels(version("saingan"), platform.python_version()).set(1)

    def reached(self, topic: Topic, at_ms: int) -> None:
        """A record of the topic reached the broker at that moment; one that is older than others changes nothing."""
        newest = self._newest[topic] = max(at_ms, self._newest.get(topic, 0))
        self.last_record.labels(topic.name).set(newest / 1000)


def office(source: str) -> str:
    """A record's source as a bounded label: an agency of the map, with or without a province."""
    return source if _OFFICE.fullmatch(source) else "other"
