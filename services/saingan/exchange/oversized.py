"""A record batch that is not read, because it would inflate to too much: what stands for it, and where it ends."""

import asyncio
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from saingan.errors import Transient
from saingan.exchange import kafka
from saingan.settings import Settings
from saingan.topics import BATCH_BOUND, MESSAGE_BOUND

VALUE: Final = bytes(
    2 * MESSAGE_BOUND
)  # of the one message that stands for all; too large for any reader: it becomes a dead letter
_WAIT_MS: Final = 500


def batch_end(settings: Settings, wire: str, partition: int, offset: int) -> int:
    """The offset behind the batch that holds an offset of a topic on the broker, by the batch's head alone.

    Raises:
        Transient: the broker does not answer, or has no batch there.
    """
    try:
        return asyncio.run(_batch_end(settings, wire, partition, offset))
    except KafkaError as error:
        raise Transient(f"the broker does not answer as it should ({type(error).__name__})") from None


async def _batch_end(settings: Settings, wire: str, partition: int, offset: int) -> int:
    client = AIOKafkaClient(**kafka.aiokafka(settings))
    try:
        await client.bootstrap()
        await client.add_topic(wire)
        leader = client.cluster.leader_for_partition(TopicPartition(wire, partition))
        wanted = [(wire, [(partition, offset, BATCH_BOUND)])]
        answer = await client.send(leader, FetchRequest(_WAIT_MS, 1, BATCH_BOUND, 0, wanted, rack_id=""))
    finally:
        await client.close()
    [[_, [[*_, data]]]] = answer.topics
    batch = MemoryRecords(data).next_batch()
    if batch is None:
        raise Transient(f"the broker has nothing at offset {offset} of partition {partition} of {wire}")
    return int(batch.next_offset)
