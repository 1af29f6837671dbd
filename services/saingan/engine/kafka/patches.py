"""Patches to aiokafka's fetcher, made by `patch`.

They change when it asks the broker, let other partitions be fetched beside one that is full, and spare copies of
records.
"""

import asyncio
from typing import Any, Final

from aiokafka.consumer import consumer, fetcher
from aiokafka.structs import TopicPartition

from saingan.engine.kafka import inflating
from saingan.engine.kafka.inflating import Batches, brought

WAIT_MS: Final = 50  # aiokafka fetches nothing else while the broker waits for news of some partitions; Faust: 1,500
_MUCH: Final = 64 * 1024  # bytes of a partition
_TAKEN: Final = 4 * 1024 * 1024  # bytes of a partition, inflated, that are taken in one go


class _Raw(fetcher.PartitionRecords):  # type: ignore[misc]
    """Hands records on as they are unpacked: copying each into a `ConsumerRecord` costs as much as decoding it."""

    def __init__(self, tp: TopicPartition, records: Any, *args: Any) -> None:
        super().__init__(tp, Batches(records), *args)

    def _consumer_record(self, _tp: TopicPartition, record: Any) -> Any:
        return record


class _Eager(fetcher.FetchResult):  # type: ignore[misc]
    """Lets other partitions be fetched while one that holds much is read; aiokafka fetches nothing for 100 ms then.

    One that holds little is read at once, and a fetch that waits for it brings more.
    """

    _partition_records: Any

    def __init__(self, *args: Any, partition_records: Any, **kwargs: Any) -> None:
        super().__init__(*args, partition_records=partition_records, **kwargs)
        if partition_records._records.size_in_bytes() > _MUCH:
            self._backoff = 0.0

    def getall(self, max_records: int | None = None) -> list[Any]:
        """As aiokafka's, but it also stops when much was inflated: an answer may hold a thousand times its bytes."""
        if not self.has_more() or not self.check_assignment(self._topic_partition):
            return []
        taken: list[Any] = []
        count = brought()
        enough = count.bytes + _TAKEN
        for record in self._partition_records:
            taken.append(record)
            if len(taken) == max_records or count.bytes > enough:
                self._update_position()
                return taken
        self._update_position()
        self._partition_records = None
        return taken


class _Timely(fetcher.Fetcher):  # type: ignore[misc]
    """Asks the broker when records are wanted. aiokafka asks as soon as the answer before was read.

    What that brings is old when the batch under way is done with, and each answer takes the processor from the batch.

    Attributes:
        wanted: set while somebody waits for records, or has a backlog of them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = asyncio.Event()

    async def _proc_fetch_request(self, *args: Any) -> Any:
        try:
            async with asyncio.timeout(WAIT_MS / 1000):
                await self.wanted.wait()
        except TimeoutError:
            pass  # the answer also says where the logs end
        except asyncio.CancelledError:
            return False  # as aiokafka does: the partitions went elsewhere, or it is the end
        return await super()._proc_fetch_request(*args)


def patch() -> None:
    """Make them, for all consumers of this process that come after. Safe to call again."""
    inflating.bound()
    fetcher.PartitionRecords = _Raw
    fetcher.FetchResult = _Eager
    consumer.Fetcher = _Timely
