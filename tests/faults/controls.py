"""Negative controls: the harness and its checker against workers that are wrong on purpose."""

import random
import signal
import sys
from functools import partial

from confluent_kafka import Consumer, TopicPartition
from sqlalchemy import insert

from faults.checker import repeated, taken_in
from faults.group import until_stopped
from faults.naive import GROUP
from faults.run import FaultWorker, Run
from faults.scenario import Scenario
from saingan.engine.store.ledger import Positions
from saingan.engine.tables import ledger
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from support import exchange_contents as held
from support import servers

RATE = 200  # changes a second
_REST_S = 20.0


class NaiveWorker(FaultWorker):
    """`faults.naive` as a process."""

    command = (sys.executable, "-m", "faults.naive")


def naive(kind: str, run: Run, rng: random.Random) -> None:
    """The database crashes as in `crash-postgres`; a supervisor starts the loop again when it ends."""
    worker = run.stack.enter_context(NaiveWorker(run.settings, kind))
    with run.writing(RATE):
        for _ in run.each_round():
            before = committed(run.settings)
            worker.until(lambda before=before: committed(run.settings) != before)
            run.place.crash_postgres()
            run.pause(rng.uniform(0.5, 2))
            run.place.start_postgres()
            if worker.process.poll() is not None:
                worker = run.stack.enter_context(NaiveWorker(run.settings, kind))
    servers.eventually(lambda: committed(run.settings) == held.ends(run.settings), _REST_S)
    worker.stop()
    _claim(run.settings, committed(run.settings))


class UnfencedWorker(FaultWorker):
    """`faults.unfenced` as a process."""

    command = (sys.executable, "-m", "faults.unfenced")


def unfenced(run: Run, rng: random.Random) -> None:
    """A zombie as in `zombie-worker`, that nobody refuses."""
    run.kind = UnfencedWorker
    other = run.worker().until_ready()
    with run.writing(RATE):
        for _ in run.each_round():
            zombie = run.armed("after-decode", rng.randint(1, 10), "SIGSTOP")
            until_stopped(zombie)
            run.recovered(run.fault())
            doubled = repeated(taken_in(run.settings))
            zombie.process.send_signal(signal.SIGCONT)
            zombie.until(lambda doubled=doubled: repeated(taken_in(run.settings)) > doubled)
            assert zombie.stop() == 0, zombie.tail()
    run.settle(other)


def committed(settings: Settings) -> Positions:
    """What the loop says it has done: its group's committed offsets."""
    parts = [(topic, number) for topic in OUTCOMES.streams for number in range(topic.partitions)]
    consumer = Consumer({"bootstrap.servers": settings.bootstrap, "group.id": settings.wire(GROUP)})
    asked = [TopicPartition(settings.wire(topic.name), number) for topic, number in parts]
    found = consumer.committed(asked, timeout=10)
    consumer.close()
    return {(settings.logical(part.topic), part.partition): max(0, part.offset) for part in found}


def _claim(settings: Settings, positions: Positions) -> None:
    """Enter what the loop says it has done as the ledger, so that `verify` holds it to that."""
    values = [
        {"view": OUTCOMES.name, "topic": topic, "partition": number, "topic_id": "", "next_offset": offset}
        for (topic, number), offset in positions.items()
    ]
    held.execute(settings, insert(ledger).values(values))


SCENARIOS = (
    *(
        Scenario(
            f"control-{kind}",
            f"a naive `{loop}` loop on stock Faust, PostgreSQL shut down at once as in crash-postgres: must lose",
            partial(naive, kind),
            3,
            short=1,
            control="lost",
        )
        for kind, loop in (("async-for", "async for event in stream.events()"), ("take", "stream.take_events(100)"))
    ),
    Scenario(
        "control-unfenced",
        "a worker whose ledger does not compare positions, a zombie as in zombie-worker: must double",
        unfenced,
        1,
        control="doubled",
        beside=True,
    ),
)
