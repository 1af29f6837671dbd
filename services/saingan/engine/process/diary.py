"""What a worker says of a view: that it is ready, and, to people at a terminal, what it did in the last minute."""

import time
from typing import Final, NamedTuple

import structlog
from prometheus_client import Counter

from saingan.metrics import Metrics

_MINUTE_S: Final = 60.0

log = structlog.get_logger(__name__)


class _Done(NamedTuple):
    """Since the worker began."""

    records: int
    rows: int
    refused: int


class Diary:
    """Written by the worker's event loop.

    Args:
        people: whether people read along: a supervisor's log has no line a minute.
    """

    def __init__(self, view: str, metrics: Metrics, people: bool) -> None:
        self._view = view
        self._metrics = metrics
        self._people = people
        self._ready = False
        self._said = _Done(0, 0, 0)
        self._next = 0.0

    def note(self, ready: bool, partitions: int, behind: int) -> None:
        """Say what is new.

        Args:
            ready: whether the worker is at work.
            partitions: how many it has.
            behind: offsets that it has not read yet.
        """
        if ready and not self._ready:
            self._ready = True
            log.info("worker is ready", view=self._view, partitions=partitions, records_behind=behind)
        if not self._people or not self._ready or time.monotonic() < self._next:
            return
        counters = (self._metrics.records, self._metrics.rows_changed, self._metrics.refused)
        done = _Done(*(_total(counter, self._view) for counter in counters))
        if done != self._said:
            since = _Done(*(now - before for now, before in zip(done, self._said, strict=True)))
            log.info(
                "worked",
                view=self._view,
                **{name: count for name, count in since._asdict().items() if count},
                behind=behind,
            )
            self._said, self._next = done, time.monotonic() + _MINUTE_S


def _total(counter: Counter, view: str) -> int:
    """Over all labels but that of the view."""
    samples = (sample for family in counter.collect() for sample in family.samples if sample.labels["view"] == view)
    return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))
