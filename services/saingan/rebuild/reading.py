"""The committed records of partitions up to where a rebuild ends, as aiokafka unpacks them.

That takes half of librdkafka's time, which makes an object with methods of each record.
"""

import time
from collections.abc import AsyncIterator, Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from saingan.engine.core.batch import Original
from saingan.engine.kafka.patches import WAIT_MS, patch
from saingan.exchange import kafka
from saingan.exchange.topic_log import SILENCE_S, silent, unanswered
from saingan.settings import Settings

_ANSWER_MS: Final = 1_000  # waited for in one go

Wanted = Mapping[tuple[str, int], range]  # topic on the broker and partition → offsets


async def records(settings: Settings, wanted: Wanted) -> AsyncIterator[tuple[str, list[Original]]]:
    """Records in their order, many at a time; with their topic on the broker.

    Raises:
        Transient: the broker does not answer, or no longer holds what is wanted.
    """
    unread = {TopicPartition(*part): offsets for part, offsets in wanted.items() if offsets}
    if not unread:
        return  # aiokafka raises CancelledError where it is closed before it had a turn
    patch()
    consumer = AIOKafkaConsumer(
        **kafka.aiokafka(settings),
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        fetch_max_wait_ms=WAIT_MS,
    )
    try:
        async with consumer:
            consumer.assign(list(unread))
            consumer._fetcher.wanted.set()  # all the time
            for part, offsets in unread.items():
                consumer.seek(part, offsets.start)
            heard = time.monotonic()
            while unread:
                fetched = await consumer.getmany(timeout_ms=_ANSWER_MS)
                for part, came in fetched.items():
                    heard = time.monotonic()
                    stop = unread[part].stop
                    yield part.topic, came if came[-1].offset < stop else [one for one in came if one.offset < stop]
                for part in list(unread):
                    # Compaction and transaction markers leave holes, so the last record's offset tells nothing.
                    if await consumer.position(part) >= unread[part].stop:
                        consumer.pause(part)
                        del unread[part]
                if time.monotonic() - heard > SILENCE_S:
                    raise silent({part.topic for part in unread})
    except KafkaError as error:
        raise unanswered(type(error).__name__) from None
