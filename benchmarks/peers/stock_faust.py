"""The job as Faust does it out of the box: an agent, a Table in memory with its changelog topic, rows in batches.

Decoding, fold, rules and the writing of rows are Saingan's own compiled functions, so what differs is the machinery.
Says the number of events of each commit, one a line.
"""

import os
import time
from typing import Any, Final

import faust
from sqlalchemy import create_engine

from place import COMPLETE_THROUGH, OBSERVED_ON, bare_table
from saingan.engine.core.change import Changes
from saingan.engine.core.derived import Dates
from saingan.engine.core.folding import Folding
from saingan.engine.intake.topic_reader import Stream
from saingan.engine.store.bulk import bulk
from saingan.exchange.registry import Registry
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.standard.contract import contract
from saingan.verify.dates import days

ROWS: Final = 2_000  # a transaction, when there is a backlog
EVERY_S: Final = float(os.environ["PEER_SINK_EVERY_S"])
LINEAGE: Final = 4  # columns that a peer does without


class Sink:
    """Rows on their way to PostgreSQL: the last of each key."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, connect_args={"options": "-c synchronous_commit=off"})
        (self._table,) = bare_table().tables.values()
        self._rows: dict[tuple[str, str], tuple[Any, ...] | None] = {}
        self._events = 0

    def add(self, rows: list[tuple[Any, ...]], gone: list[tuple[Any, ...]]) -> None:
        self._rows.update({(row[0], row[1]): row[:-LINEAGE] for row in rows})
        self._rows.update(dict.fromkeys([(key, row_id) for key, row_id in gone]))
        self._events += 1
        if len(self._rows) >= ROWS:
            self.write()

    def write(self) -> None:
        if not self._events:
            return
        with self._engine.begin() as connection:
            store = bulk(connection)
            if rows := [row for row in self._rows.values() if row is not None]:
                store.upsert(self._table, rows)
            if gone := [key for key, row in self._rows.items() if row is None]:
                store.delete(self._table, gone)
        print(self._events, flush=True)
        self._rows.clear()
        self._events = 0


def build(settings: Settings) -> faust.App:
    registry = Registry(settings)
    streams = {
        settings.wire(topic.name): Stream(number, contract(topic.name), kind, registry)
        for number, (topic, kind) in enumerate(OUTCOMES.streams.items())
    }
    folding = Folding([topic.name for topic in OUTCOMES.streams], list(OUTCOMES.streams.values()), OUTCOMES.derive)
    dates = Dates(days(OBSERVED_ON), days(COMPLETE_THROUGH))
    app = faust.App(
        os.environ["PEER_NAME"],
        broker=f"kafka://{settings.bootstrap}",
        store="memory://",
        topic_partitions=6,
        topic_replication_factor=1,
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=10_000,
        producer_linger=0.02,  # seconds
        web_enabled=False,
        datadir=settings.home / "stock-faust",
    )
    topic = app.topic(*streams, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    people = app.Table("people", key_type=bytes, value_type=bytes)
    sink = Sink(settings.database_url)

    async def fold(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            changes: Changes = {}
            raw = [message.offset], [message.key], [message.value]
            streams[message.topic].take(*raw, message.partition, dates.observed_on, changes)
            for key, came in changes.items():
                held = [(key, people.get(key.encode()), None)]
                written = folding.fold(held, {key: came}, dates, time.time_ns() // 1_000_000)
                for _, state, *_ in written.states:
                    people[key.encode()] = state
                sink.add(written.rows, written.gone)

    async def write() -> None:
        sink.write()

    app.agent(topic, name="fold")(fold)
    app.timer(EVERY_S)(write)
    return app


if __name__ == "__main__":
    faust.Worker(build(Settings()), loglevel="WARNING", redirect_stdouts=False).execute_from_commandline()
