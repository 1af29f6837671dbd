"""NAIVE ON PURPOSE: two loops on stock Faust, as its documentation has them. They lose data; that is what they are for.

    python -m faults.naive {async-for,take}

What they do with a record is the product's own (decode, fold, derive, write), but there is no ledger: Faust's acks and
Kafka's committed offsets decide where a worker goes on.
"""

import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import faust
from yarl import URL

from faults import applied
from saingan import logs
from saingan.engine.apply import ViewLoop
from saingan.engine.core.batch import Slice
from saingan.engine.intake.sealing import Sealer
from saingan.engine.store import ledger, observation
from saingan.engine.store.bulk import Bulk
from saingan.engine.store.opening import open_engine, transaction
from saingan.exchange.registry import Registry
from saingan.metrics import Metrics
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings

GROUP = "naive"
_TAKE = 100

Apply = Callable[[Sequence[Any]], None]


def build(settings: Settings, kind: str) -> faust.App:
    """An app of a stock Faust, with its own transport, acks and commits."""
    app = faust.App(
        settings.wire(GROUP),
        broker=[URL(f"kafka://{settings.bootstrap}")],
        broker_session_timeout=10,
        broker_heartbeat_interval=3,
        broker_request_timeout=30,
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        datadir=settings.home / "naive",
    )
    names = [settings.wire(topic.name) for topic in OUTCOMES.streams]
    channel = app.topic(*names, key_type=None, value_type=None, key_serializer="raw", value_serializer="raw")
    apply = _apply(settings)

    async def async_for(stream: Any) -> None:
        async for event in stream.events():
            apply([event])

    async def take(stream: Any) -> None:
        async for events in stream.take_events(_TAKE, within=0.1):
            apply(events)

    app.agent(channel, name="naive")({"async-for": async_for, "take": take}[kind])
    return app


def _apply(settings: Settings) -> Apply:
    engine = open_engine(settings.database_url)
    with transaction(engine) as conn:
        observation.settle(conn, settings, observation.today())
        observation.follow(conn, OUTCOMES)
    sealer = Sealer.from_file(settings.public_key_file)
    loop = ViewLoop(OUTCOMES, engine, Registry(settings), sealer, Metrics(), settings.rejection_limit)
    topics = {settings.wire(topic.name): topic for topic in OUTCOMES.streams}

    def apply(events: Sequence[Any]) -> None:
        messages = sorted((event.message for event in events), key=lambda m: (m.topic, m.partition, m.offset))
        batch = []
        for (topic, partition), group in groupby(messages, key=lambda m: (m.topic, m.partition)):
            of_part = list(group)
            batch.append(Slice(topics[topic], partition, of_part[0].offset, of_part[-1].offset + 1, of_part))
        loop.apply(batch, loop.take(batch))

    return apply


def _only_note(store: Bulk, _view: str, batch: Any) -> None:
    """In the ledger's place: no position is compared or moved; what is taken in is witnessed all the same."""
    applied.note(store.conn, batch)


if __name__ == "__main__":
    given = Settings()
    logs.set_up(given.log_level)
    ledger.advance = _only_note
    faust.Worker(build(given, sys.argv[1]), override_logging=False, quiet=True).execute_from_commandline()
