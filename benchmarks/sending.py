"""Publishers, each in a process of its own: one at a rate, which sends the tracers, or one that sends all at once.

The one at a rate is aiokafka's, which puts what waits for a broker into one request. librdkafka makes a request of each
partition's (its issue 1700): at 2,000 changes/s that was 2,000 requests a second, which took half of the two processors
here from those who are measured, in the broker and in the publisher itself.
"""

import asyncio
import multiprocessing
import time
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaProducer

import workload
from saingan.settings import Settings
from workload import Message

_SETTLING_S: Final = 0.5  # until the one who asks is under way
_TICK_S: Final = 0.002  # a publisher that wakes up for each change of 2,000/s takes 42 % of a processor here
_context: Final = multiprocessing.get_context("spawn")

Paced = tuple[Message, tuple[str, str, Any] | None]  # of a tracer: person, column, and the column's value


class Sender(NamedTuple):
    """A publisher: what it sends, how many a second (0: all at once), and how long after the others it begins."""

    paced: list[Paced]
    per_s: float
    delay_s: float = 0.0


class Sent(NamedTuple):
    """A tracer under way; times are seconds of the clock that PostgreSQL stamps commits with."""

    person_key: str
    column: str
    value: Any
    at: float


class Ended(NamedTuple):
    """A publisher has sent so many, from its first one on."""

    count: int
    began: float


def event() -> Event:
    return _context.Event()


def start(settings: Settings, sender: Sender, stop: Event) -> tuple[Any, Connection]:
    """The process, and its channel: when ready it says so and waits for a word; `Sent` of each tracer, then `Ended`."""
    ours, its = _context.Pipe()
    process = _context.Process(target=_send, args=(settings, sender, its, stop), daemon=True)
    process.start()
    its.close()
    return process, ours


def _send(settings: Settings, sender: Sender, channel: Connection, stop: Event) -> None:
    if sender.per_s:
        asyncio.run(_send_paced(settings, sender, channel, stop))
    else:
        _send_at_once(settings, sender, channel)


async def _send_paced(settings: Settings, sender: Sender, channel: Connection, stop: Event) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, enable_idempotence=True) as client:
        for topic in {message.topic for message, _ in sender.paced}:
            await client.partitions_for(topic)  # so that the first one sent does not wait for them
        began, count = _begin(sender, channel), 0
        for message, tracer in sender.paced:
            due = began + ceil(count / sender.per_s / _TICK_S) * _TICK_S
            if (wait := due - time.time()) > 0:
                await asyncio.sleep(wait)
            if stop.is_set():
                break
            at = time.time()
            delivery = await client.send(
                message.topic, message.value, key=message.key.encode(), partition=message.partition
            )
            delivery.add_done_callback(_must_arrive)
            count += 1
            if tracer:
                channel.send(Sent(*tracer, at))
    channel.send(Ended(count, began))


def _send_at_once(settings: Settings, sender: Sender, channel: Connection) -> None:
    client = workload.producer(settings)
    client.list_topics(timeout=10)
    began = _begin(sender, channel)
    time.sleep(max(0.0, began - time.time()))
    for message, _ in sender.paced:
        client.produce(*message)
        client.poll(0)
    client.flush()
    channel.send(Ended(len(sender.paced), began))


def _begin(sender: Sender, channel: Connection) -> float:
    """Wait for the others; when to send the first one."""
    channel.send("ready")
    channel.recv()
    return time.time() + _SETTLING_S + sender.delay_s


def _must_arrive(delivery: asyncio.Future[Any]) -> None:
    if error := delivery.exception():
        raise SystemExit(f"a message was not delivered: {error}")
