"""What the batch transport takes from Faust and aiokafka, and what it replaces (research, reliability 1.1 to 1.8).

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
from aiokafka.consumer import AIOKafkaConsumer, fetcher
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.subscription_state import TopicPartitionState
from aiokafka.errors import KafkaError
from faust.agents import Agent
from faust.tables import TableManager
from faust.transport.conductor import ConductorCompiler
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage
from mode.threads import QueueServiceThread
from yarl import URL

from saingan.engine import reading
from saingan.engine.app import App, Feed
from saingan.engine.reading import ConsumerThread
from saingan.engine.transport import SCHEME, Consumer
from saingan.topics import EMPLOYMENT

PART = TP(EMPLOYMENT.name, 0)
_Thread = stock.AIOKafkaConsumerThread
_Fetched: Any = reading._Eager.__base__
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
        app = worker_app()
        thread = ConsumerThread(app.consumer, loop=app.loop, beacon=app.beacon)
        thread.thread_loop.close()
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


def worker_app() -> App:
    """A worker's app, as far as its consumer needs it."""
    app = App("t", broker=[URL(f"{SCHEME}://127.0.0.1:1")], web_enabled=False, topic_allow_declare=False)
    app.feed = Feed({EMPLOYMENT.name: EMPLOYMENT}, lambda _: None, lambda _: None)
    app.finalize()
    app.consumer._thread.thread_loop.close()  # of a thread that will not start
    return app


class Backlog:
    """Partitions of one number, at the broker: times of records, an error for None.

    Of the first, the last ``later`` come after a wait, and ``left`` more do not come in time.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *times: list[int | None], later: int = 0, left: int = 0
    ) -> None:
        self._records = {TP(f"t{stream}", 0): list(of_one) for stream, of_one in enumerate(times)}
        first, *_ = self._records
        self.states = {
            tp: SimpleNamespace(
                has_valid_position=True, position=0, highwater=(end := len(of_one) + left * (tp == first)), lso=end
            )
            for tp, of_one in self._records.items()
        }
        self._later = {first: later}
        self.waited_for: list[TP] = []
        assignment = SimpleNamespace(tps=list(self.states), state_value=self.states.__getitem__)
        self._consumer = SimpleNamespace(
            _subscription=SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))
        )
        monkeypatch.setattr(stock.AIOKafkaConsumerThread, "_fetch_records", self._fetch)
        monkeypatch.setattr(reading, "_STEP", 2)
        app = worker_app()
        self._thread = ConsumerThread(app.consumer, loop=app.loop, beacon=app.beacon)
        self._thread.thread_loop.close()
        self._thread._active = set(self.states)

    async def _fetch(
        self,
        _: Any,
        partitions: set[TP],
        *,
        max_records: int,
        timeout: float,  # noqa: ASYNC109 - Faust's own
    ) -> dict[TP, list[Any]]:
        (tp,) = partitions
        waiting = self._records[tp]
        if waiting and waiting[0] is None:
            raise KafkaError
        if not waiting or self._later.get(tp) == len(waiting):
            assert timeout > 0
            self.waited_for.append(tp)
        taken, self._records[tp] = waiting[:max_records], waiting[max_records:]
        self.states[tp].position += len(taken)
        return {tp: [SimpleNamespace(timestamp=at) for at in taken]} if taken else {}

    def read(self, max_records: int = 100) -> list[list[int]]:
        """The times of what the next batch takes, partition by partition."""
        records = asyncio.run(self._thread._side_by_side(self._consumer, max_records))
        return [[record.timestamp for record in records.get(tp, ())] for tp in self.states]


def test_a_batch_under_a_backlog_holds_what_came_at_about_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Backlog(monkeypatch, [1, 2, 3, 4, 5, 6], [3, 6, 7, 8]).read(max_records=6) == [[1, 2, 3, 4], [3, 6]]


def test_the_next_batch_goes_on_with_the_partition_that_is_furthest_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2, 3, 4, 5, 6], [3, 6, 7, 8])
    assert backlog.read(max_records=6) == [[1, 2, 3, 4], [3, 6]]
    assert backlog.read(max_records=2) == [[5, 6], []]


def test_a_partition_whose_records_are_yet_to_come_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2, 3, 4], [2, 9, 10], later=2)
    assert backlog.read(max_records=6) == [[1, 2, 3, 4], [2, 9]]
    assert backlog.waited_for == [TP("t0", 0)]


def test_a_partition_whose_records_do_not_come_holds_up_no_other_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(monkeypatch, [1, 2], [2, 3, 4, 5, 6], left=9)
    assert backlog.read() == [[1, 2], [2, 3, 4, 5, 6]]
    assert backlog.waited_for == [TP("t0", 0)]


def test_a_partition_that_is_read_to_its_end_or_to_an_open_transaction_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backlog = Backlog(monkeypatch, [1, 2], [1, 2, 3, 4, 5, 6])
    backlog.states[TP("t0", 0)].highwater += 1_000_000  # of a transaction that is open
    assert backlog.read() == [[1, 2], [1, 2, 3, 4, 5, 6]]
    assert not backlog.waited_for


def test_what_was_taken_before_an_error_is_handed_on_for_it_counts_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Backlog(monkeypatch, [1, 2, None], [3, 4, 5]).read() == [[1, 2], [3, 4]]
    with pytest.raises(KafkaError):
        Backlog(monkeypatch, [None], [3]).read()


class Broker:
    """One partition from which Faust's own reading brings these records in turn, an error for None; then nothing.

    Each poll waits until it is let come.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *polls: list[str] | None) -> None:
        self._polls = list(polls)
        self._state = SimpleNamespace(has_valid_position=True, position=0, highwater=0, lso=None)
        assignment = SimpleNamespace(tps=[PART], state_value=lambda _: self._state)
        self._comes = asyncio.Semaphore(0)
        self.sought: list[int] = []
        self.consumer = SimpleNamespace(
            _subscription=SimpleNamespace(subscription=SimpleNamespace(assignment=assignment)),
            seek=lambda _, offset: self.sought.append(offset),
        )
        monkeypatch.setattr(stock.AIOKafkaConsumerThread, "_fetch_records", self._fetch)
        monkeypatch.setattr(reading, "_PAUSE_S", 0)
        app = worker_app()
        self.thread = ConsumerThread(app.consumer, loop=app.loop, beacon=app.beacon)
        self.thread.thread_loop.close()
        self.thread.thread_loop = asyncio.get_running_loop()
        self.thread._ensure_consumer = lambda: self.consumer

    async def _fetch(self, *_: Any, **_waits: Any) -> dict[TP, list[Any]]:
        if not self._polls:
            return {}
        await self._comes.acquire()
        if (poll := self._polls.pop(0)) is None:
            raise KafkaError
        if not poll:
            return {}
        self._state.position += len(poll)
        return {PART: poll}

    async def read(self) -> tuple[list[str], int]:
        """What one batch takes, and up to where: the next poll, unless something was read ahead."""
        if not self.thread._ahead:
            self._comes.release()
        fetched = await self.thread._fetch_records(self.consumer, {PART}, max_records=100, timeout=1)
        return fetched.records.get(PART, []), fetched.positions[PART]

    async def read_ahead(self, polls: int) -> None:
        """Let so many polls come, after which reading ahead ends: with what is left, an empty poll or an error."""
        for _ in range(polls):
            self._comes.release()
        await asyncio.wait({self.thread._reader})


@pytest.mark.parametrize(("size", "waits"), [(1_000, True), (1_000_000, False)])
def test_other_partitions_are_fetched_while_one_that_holds_much_is_read(size: int, waits: bool) -> None:
    held = SimpleNamespace(_records=SimpleNamespace(size_in_bytes=lambda: size))
    result = fetcher.FetchResult(PART, assignment=None, partition_records=held, backoff=60)
    assert (result.calculate_backoff() > 0) is waits


def test_what_comes_while_a_batch_is_applied_is_in_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], ["c", "d"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=2)
        assert await broker.read() == (["b", "c", "d"], 4)

    asyncio.run(run())


def test_what_was_read_ahead_is_taken_once_by_whichever_thread_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], ["c", "d"], [], ["e"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=3)
        taken = await asyncio.to_thread(broker.thread.ahead)
        assert taken == ({PART: ["b", "c", "d"]}, {PART: 4})
        assert broker.thread.ahead() is None
        assert await broker.read() == (["e"], 5)

    asyncio.run(run())


def test_what_was_read_ahead_is_forgotten_where_reading_begins_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], [], ["c"])
        assert await broker.read() == (["a"], 1)
        await broker.read_ahead(polls=2)
        assert broker.thread._ahead
        await broker.thread._rewind({PART: 7})
        assert broker.sought == [7]
        assert (await broker.read())[0] == ["c"]

    asyncio.run(run())


def test_an_error_of_the_reading_comes_after_what_was_read_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        broker = Broker(monkeypatch, ["a"], ["b"], None, ["c"])
        assert (await broker.read())[0] == ["a"]
        await broker.read_ahead(polls=2)
        assert (await broker.read())[0] == ["b"]
        with pytest.raises(KafkaError):
            await broker.read()
        assert (await broker.read())[0] == ["c"]

    asyncio.run(run())
