"""What is on the broker and what is in the table, read by connections of the demo's own, beside the worker's."""

import time
from collections import Counter, deque
from types import TracebackType
from typing import Final, NamedTuple, Self

from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec
from sqlalchemy import Connection, func, inspect, select

from saingan.engine.store.opening import open_engine
from saingan.engine.tables import ledger
from saingan.exchange.kafka import TIMEOUT_S
from saingan.exchange.reach import broker
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings

_RATE_WINDOW_S: Final = 3.0

Groups = Counter[tuple[str, ...]]  # (qualification, province, status at 6, 12, 24 months) → graduations


class Reading(NamedTuple):
    """One moment.

    Attributes:
        published: changes that the topics hold.
        taken_in: how many of these the table shows: the positions, which are committed with its rows.
        unsent: rows that wait to go to the outcome topic.
        rate: changes a second that were taken in of late.
        behind_s: for how long, at most, any change has been on the broker that the table does not show.
    """

    published: int
    taken_in: int
    unsent: int
    rate: float
    behind_s: float
    groups: Groups

    @property
    def settled(self) -> bool:
        return self.taken_in >= self.published and not self.unsent


class _Sample(NamedTuple):
    at: float
    published: int
    taken_in: int


class Gauge:
    """Reads a deployment's topics and table again and again. A context manager."""

    def __init__(self, settings: Settings) -> None:
        self._admin = broker(settings)
        self._ends = {
            TopicPartition(settings.wire(topic.name), partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]  # the library has none
            for topic in OUTCOMES.streams
            for partition in range(topic.partitions)
        }
        self._engine = open_engine(settings.database_url)
        self._samples: deque[_Sample] = deque()

    def read(self) -> Reading:
        """Where things stand now; all of the table is zero while it is not there."""
        published = self.published()
        with self._engine.connect().execution_options(read_only=True) as connection:
            there = inspect(connection).has_table(employment_outcome.name)
            taken_in, unsent, groups = _of_table(connection) if there else (0, 0, Counter())
        now = _Sample(time.monotonic(), published, taken_in)
        self._samples.append(now)
        while len(self._samples) > 1 and self._past(self._samples[1], now):
            self._samples.popleft()
        shown = max((one.at for one in self._samples if one.published <= taken_in), default=self._samples[0].at)
        return Reading(published, taken_in, unsent, self._rate(now), now.at - shown, groups)

    def published(self) -> int:
        """Changes that the topics hold."""
        answers = self._admin.list_offsets(self._ends, request_timeout=TIMEOUT_S)
        return sum(answer.result().offset for answer in answers.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._engine.dispose()

    @staticmethod
    def _past(sample: _Sample, now: _Sample) -> bool:
        return sample.published <= now.taken_in and sample.at < now.at - _RATE_WINDOW_S

    def _rate(self, now: _Sample) -> float:
        since = next(sample for sample in self._samples if sample.at >= now.at - _RATE_WINDOW_S)
        return (now.taken_in - since.taken_in) / (now.at - since.at) if since is not now else 0.0


def _of_table(connection: Connection) -> tuple[int, int, Groups]:
    taken_in = select(func.coalesce(func.sum(ledger.c.next_offset), 0)).where(ledger.c.view == OUTCOMES.name)
    unsent = select(func.count()).select_from(OUTCOMES.outbox)
    row = employment_outcome.c
    by = (row.qualification, row.institution_province, row.status_6m, row.status_12m, row.status_24m)
    groups = connection.execute(select(*by, func.count()).group_by(*by))
    return (
        int(connection.execute(taken_in).scalar_one()),
        int(connection.execute(unsent).scalar_one()),
        Counter({tuple(group): number for *group, number in groups}),
    )
