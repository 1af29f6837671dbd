"""What the batch transport takes from Faust and aiokafka, and what it replaces.

docs/architecture.md, "What Faust does, and what is replaced", says why.

Members that it overrides, calls or relies upon are pinned by their source. A pin that breaks says that an upgrade has
changed one of them: read both again, see that the fault scenarios hold, and only then move the pin.
"""

import asyncio
import hashlib
import inspect
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from aiokafka.consumer import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.subscription_state import TopicPartitionState
from faust.agents import Agent
from faust.tables import TableManager
from faust.transport.conductor import ConductorCompiler
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage
from mode.threads import QueueServiceThread

from saingan.engine.kafka import patches
from saingan.engine.kafka.faust_app import Feed
from saingan.engine.kafka.prefetch import ConsumerThread
from saingan.engine.kafka.transport import Consumer
from saingan.topics import EMPLOYMENT
from support.unstarted_worker import PART, consumer_thread, worker_app

_Thread = stock.AIOKafkaConsumerThread
_Fetched: Any = patches._Eager.__base__
PINS: dict[Any, str] = {
    stock.Consumer.on_partitions_assigned: "29ce96596f05",
    stock.Consumer.on_partitions_revoked: "d04b7ae72c6f",
    stock.Consumer.perform_seek: "0e8c130ff4b0",
    stock.Consumer.seek_to_committed: "f1d483b861b0",
    stock.Consumer.getmany: "4b168d84882a",
    stock.Consumer._wait_next_records: "6218e1969a63",
    stock.Consumer._drain_messages: "44a2500309e8",
    stock.Consumer.ack: "5fcf41cf4515",
    stock.Consumer.commit: "a354437baaa0",
    stock.Consumer.wait_empty: "e4662fe24f09",
    stock.Consumer._new_consumer_thread: "0870ec53dea7",
    _Thread._create_worker_consumer: "c2701bfc3e6f",
    _Thread._fetch_records: "39a2c6c79fc1",
    _Thread.getmany: "26fc5fc9f3b6",
    _Thread.seek: "1498560d05f0",
    _Thread.earliest_offsets: "5d697cd76873",
    _Thread.highwaters: "b49ed48ec173",
    QueueServiceThread.call_thread: "479edda75b54",
    Fetcher.fetched_records: "be4348896b9b",
    Fetcher._get_actions_per_node: "1dab2cf937d1",
    Fetcher._fetch_requests_routine: "2a8ec5932644",
    Fetcher._proc_fetch_request: "59bf948fff47",
    Fetcher.close: "1cd24bc1c442",
    _Fetched.__init__: "126a3e45763b",
    _Fetched.calculate_backoff: "a4f1c8baa1ce",
    TopicPartitionState.seek: "c20b56d7ba7b",
    TopicPartitionState.consumed_to: "c7b8f0f99ce9",
    ConductorCompiler.build: "837cf521368c",
    Agent._execute_actor: "c750b828d2bd",
    TableManager.on_start: "365dd25fbc0e",
    faust.App._on_partitions_assigned: "de932b7927db",
    faust.App._on_partitions_revoked: "d5c895bbe57d",
    faust.Worker._sentinel_task: "6e66058cf3e1",
    faust.Worker._schedule_shutdown: "1a6a5dfc88c2",
}


@pytest.mark.parametrize("member", PINS, ids=lambda member: member.__qualname__)
def test_what_the_transport_overrides_or_relies_upon_is_as_it_was_when_it_was_written(member: Any) -> None:
    assert digest(member) == PINS[member]


def digest(member: Any) -> str:
    return hashlib.sha256(inspect.getsource(inspect.unwrap(member)).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", ["_fetch_max_wait_ms", "_fetch_max_bytes", "_isolation_level", "_subscription"])
def test_the_parts_of_aiokafka_that_the_transport_reaches_for_are_there(name: str) -> None:
    async def run() -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
        assert hasattr(consumer, name)
        await consumer.stop()

    asyncio.run(run())


def test_records_of_an_aborted_transaction_are_not_read_though_faust_would() -> None:
    async def run() -> None:
        app = worker_app()
        for kind, isolation in ((stock.AIOKafkaConsumerThread, "read_uncommitted"), (ConsumerThread, "read_committed")):
            thread = kind(app.consumer, loop=app.loop, beacon=app.beacon)
            made = thread._create_worker_consumer(app.transport)
            thread.thread_loop.close()
            assert made._isolation_level == isolation
            await made.stop()

    asyncio.run(run())


def test_acks_decide_nothing_only_what_is_in_the_ledger_is_told_to_kafka() -> None:
    async def run() -> None:
        consumer = worker_app().consumer
        assert type(consumer) is Consumer
        told: list[dict[TP, int]] = []

        async def commit(offsets: dict[TP, int]) -> bool:
            told.append(dict(offsets))
            return True

        consumer._thread.commit = commit
        consumer.assignment = lambda: {PART}
        for offset in range(5):
            message = ConsumerMessage(*PART, offset, 0.0, 0, (), None, b"", None, None, None, PART, generation_id=1)
            consumer.track_message(message)
            assert consumer.ack(message)
        assert not consumer.unacked
        assert await consumer.commit() is False
        consumer._done[PART] = 3
        assert await consumer.commit() is True
        assert await consumer.commit() is False
        assert told == [{PART: 3}]

    asyncio.run(run())


def test_a_batch_passes_through_faust_as_the_very_list_that_was_read() -> None:
    async def run() -> None:
        app = worker_app()
        topic = app.topic("t", key_type=None, value_type=None, key_serializer="raw", value_serializer="raw")
        batch = [object()]
        message = ConsumerMessage(*PART, 0, 0.0, 0, (), None, batch, None, None, None, PART, generation_id=1)
        event = await topic.decode(message, propagate=True)
        assert event.value is batch

    asyncio.run(run())


@pytest.mark.parametrize("gathering", ["join prepared", "told to join"])
def test_nothing_is_committed_to_kafka_while_the_group_gathers(gathering: str) -> None:
    """A commit would wait behind the request to join, be refused for its old generation, and make it join again."""
    told: list[Any] = []

    async def commit(offsets: Any) -> None:
        told.append(offsets)

    async def run() -> None:
        thread = consumer_thread()
        to_rejoin: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        coordinator = SimpleNamespace(_performed_join_prepare=False, _rejoin_needed_fut=to_rejoin)
        thread._ensure_consumer = lambda: SimpleNamespace(_coordinator=coordinator, commit=commit)
        assert await thread._commit({PART: 1}) is True
        coordinator._performed_join_prepare = gathering == "join prepared"
        if gathering == "told to join":
            to_rejoin.set_result(None)
        assert await thread._commit({PART: 2}) is False

    asyncio.run(run())
    assert len(told) == 1


@pytest.mark.parametrize("end", [7, 6])
def test_the_end_of_a_log_is_asked_for_after_the_ledger_and_one_below_it_is_a_fault(end: int) -> None:
    """Another worker may move the ledger until it is read: an end that was asked for before would lie below it."""
    asked: list[str] = []
    failed: list[BaseException] = []

    async def run() -> None:
        app = worker_app()
        consumer = app.consumer

        def answers(name: str, answer: Any) -> Any:
            async def answering(*_: Any) -> Any:
                asked.append(name)
                return answer

            return answering

        app.feed = Feed({EMPLOYMENT.name: EMPLOYMENT}, answers("ledger", {PART: 7}), failed.append)
        consumer.assignment = lambda: {PART}
        consumer.earliest_offsets, consumer.highwaters = answers("start", {PART: 0}), answers("end", {PART: end})
        consumer._thread.rewind = answers("rewind", None)
        await consumer._resume()
        assert consumer.ready is (end == 7)

    asyncio.run(run())
    assert asked == ["start", "ledger", "end", *(["rewind"] if end == 7 else [])]
    assert [str(fault).partition(". ")[0] for fault in failed] == (
        [] if end == 7 else [f"{EMPLOYMENT.name}[0]: the log ends at 6, the table stands at 7"]
    )
