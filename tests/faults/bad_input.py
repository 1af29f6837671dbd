"""Bad input in a good stream: its letters are exactly the bad ones, what is good is exact, and no worker stops for it.

A flood of it stops a worker, with nothing acked past it; a million hostile messages crash nothing.
"""

import json
import random
import re
import subprocess
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient

import workload
from faults import truth
from faults.bad import BAD, Sender
from faults.hostile import Hostile
from faults.run import Run
from faults.scenario import Scenario
from saingan.engine.intake.flood import AT_LEAST
from saingan.engine.store.address import digest
from saingan.engine.store.ledger import Positions
from saingan.errors import Rejection
from saingan.exchange.registry import Registry
from saingan.letters.handling import dead_letters
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.standard.contract import contract
from saingan.topics import EMPLOYMENT, GRADUATION
from saingan.verify.admit import Reader
from support import exchange_contents as held
from support import make
from support.commands import Worker
from support.raw_batch import append, bomb

PERSONS = 1_500  # about 13,000 good changes a round
SHARE = 0.01  # of bad ones
_PEAK_MIB = 640  # of a worker that met every bomb
_FUZZ_S = 600.0


def mixed(run: Run, rng: random.Random) -> None:
    sender, numbers = Sender(run.settings), count(1)
    workers = [run.worker(poll_records=1_000).until_ready() for _ in range(2)]
    for round_number in run.each_round():
        _odd(run, sender, next(numbers))
        _without_key(run, sender, next(numbers))
        _bomb(run)
        kinds = rng.sample(sorted(BAD), len(BAD))  # each at least once
        for change in workload.changes(PERSONS, run.seed + round_number):
            run.truth.send([change])
            if rng.random() < SHARE:
                _put(run, sender, kinds.pop() if kinds else rng.choice(sorted(BAD)), next(numbers))
        for kind in kinds:
            _put(run, sender, kind, next(numbers))
    run.truth.flush()
    workers[0].until(held.settled(run.settings))
    peaks = [_peak_mib(worker) for worker in workers]
    run.settle(*workers)
    assert max(peaks) < _PEAK_MIB, f"a worker took {max(peaks):.0f} MiB"
    told = {letter.origin: letter.reason for letter in dead_letters(run.settings)}
    sent = [one for one in truth.read(run.folder) if one.bad]
    taken = [one for one in sent if one.place]
    assert len(sent) - len(taken) == run.rounds, "the broker refuses a message without key, and no other"
    wrong = {one.bad for one in taken if told.get(_origin(one)) != one.bad}
    assert not wrong, f"letters give another reason than {wrong}"


def flood(run: Run, rng: random.Random) -> None:
    """Of one topic's records 60 % are bad."""
    sender, numbers = Sender(run.settings), count(1)
    of_employment = ["empty", "truncated", "unknown schema id", "section 34"]
    for round_number in run.each_round():
        run.write(60, run.seed + 2 * round_number)
        run.settle(run.worker())
        stood = run.positions()
        for change in workload.changes(150, run.seed + 2 * round_number + 1):
            run.truth.send([change])
            if change[0] is EMPLOYMENT:
                for _ in range(rng.choice((1, 2))):
                    _put(run, sender, rng.choice(of_employment), next(numbers))
        run.truth.flush()

        stopped = run.worker()
        assert stopped.wait() == 1
        said = stopped.refusal()
        assert said.startswith(f"saingan: {EMPLOYMENT.name}: "), said
        assert "records are refused" in said, said
        assert "SAINGAN_REJECTION_LIMIT" in said, said
        ledger, acked = run.positions(), _acked(run.settings)
        assert all(acked.get(part, 0) <= position for part, position in ledger.items()), (acked, ledger)
        bad = [(one.topic.name, *one.place) for one in truth.read(run.folder) if one.bad and one.place]
        passed = sum(stood[topic, number] <= offset < ledger[topic, number] for topic, number, offset in bad)
        assert passed < AT_LEAST, f"{passed} bad records were acked"
        assert any(offset >= ledger[topic, number] for topic, number, offset in bad), "the flood was acked"

        run.settle(run.worker(rejection_limit=1))


def hostile(inputs: int, on_topics: int, run: Run, rng: random.Random) -> None:
    """Through the intake in a process of its own, where a crash is seen; and some of the refused over the topics."""
    with Registry(run.settings) as registry:
        writers = {topic: registry.writer_schemas(topic.name) for topic in OUTCOMES.streams}
    supply = Hostile(rng, writers)
    readers = {topic: Reader(contract(topic.name), writers[topic]) for topic in writers}
    worker = run.worker(rejection_limit=1)
    for round_number in run.each_round():
        _fuzz(run.seed + round_number, inputs)
        for change, _ in zip(workload.changes(sys.maxsize, run.seed + round_number), range(on_topics), strict=False):
            run.truth.send([change])
            topic = rng.choice(sorted(writers, key=lambda topic: topic.name))
            key, value = supply.message(topic)
            if key is not None and (bad := _refused(readers[topic], key, value)):
                run.truth.put(topic, key, value, bad, rng.randrange(topic.partitions))
    run.truth.flush()
    run.settle(worker)


def _odd(run: Run, sender: Sender, number: int) -> None:
    """What looks bad and is not: a code on no list, a day ahead, a version that repeats, a partition, a tombstone."""
    record = sender.record(EMPLOYMENT, number, tsic="00000", occupation="no code", started_on=30_000)
    run.truth.send([(EMPLOYMENT, record), (EMPLOYMENT, {**record, "tsic": "99999"})])
    run.truth.put(EMPLOYMENT, b"gone/gone/1", None, None)
    run.truth.send([(GRADUATION, make.graduation(person_key=f"{number:032x}", institution_code="none"))])


def _without_key(run: Run, sender: Sender, number: int) -> None:
    """A compacted topic takes none: the broker refuses it, and all of its batch."""
    run.truth.flush()
    message = sender.message(GRADUATION, number)
    run.truth.put(GRADUATION, None, message.value, "key", at=0)
    run.truth.flush()


def _bomb(run: Run) -> None:
    """A batch of 32 KiB that would inflate to 1 GiB."""
    run.truth.flush()
    place = (0, held.ends(run.settings, EMPLOYMENT)[EMPLOYMENT.name, 0])
    append(run.settings, EMPLOYMENT, place[0], bomb(gib=1))
    run.truth.note(EMPLOYMENT, place, "too-large")


def _put(run: Run, sender: Sender, kind: str, number: int) -> None:
    reason, made = BAD[kind]
    message = made(sender, number)
    run.truth.put(message.topic, message.key, message.value, reason)


def _refused(reader: Reader, key: bytes | None, value: bytes | None) -> str | None:
    try:
        if value is not None:
            reader.admit(key, reader.read(key, value))
    except Rejection as rejection:
        return rejection.reason
    return None


def _fuzz(seed: int, inputs: int) -> None:
    command = [sys.executable, "-m", "faults.fuzz", "--seed", str(seed), "--inputs", str(inputs)]
    child = subprocess.run(command, capture_output=True, check=False, timeout=_FUZZ_S, text=True)
    assert child.returncode == 0, f"{' '.join(command[1:])} ended with {child.returncode}: {child.stderr[-2000:]}"
    summary = json.loads(child.stdout)
    assert not summary["disagreed"], f"seed {seed}: {summary['disagreed'][:3]}"
    assert summary["grown_mib"] < 64, summary["grown_mib"]


def _origin(one: truth.Sent) -> str:
    assert one.place is not None
    return f"{one.topic.name}/{one.place[0]}/{one.place[1]}"


def _acked(settings: Settings) -> Positions:
    """What the group has committed to Kafka."""
    group = settings.wire(OUTCOMES.group(digest(settings.database_url)))
    client = AdminClient({"bootstrap.servers": settings.bootstrap})
    answer: Any = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result()
    return {(settings.logical(part.topic), part.partition): part.offset for part in answer.topic_partitions}


def _peak_mib(worker: Worker) -> float:
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


SCENARIOS = (
    Scenario(
        "bad-input",
        f"{SHARE:.0%} of bad messages of {len(BAD)} kinds, bombs and oversize among them, and a batch that would "
        f"inflate to 1 GiB, in a good stream; each "
        f"letter has its reason, no worker stops or takes {_PEAK_MIB} MiB",
        mixed,
        3,
        1,
    ),
    Scenario(
        "flood",
        "60 % of a topic's records are bad: the worker stops with a clear word, nothing is acked past it; with another "
        "limit it goes on",
        flood,
        3,
        1,
    ),
    Scenario(
        "hostile-input",
        "each round 250,000 mutated messages through the intake, held against the independent reading, and a thousand "
        "over the topics",
        partial(hostile, 250_000, 1_000),
        4,
    ),
)
