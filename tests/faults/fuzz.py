"""The decoder under fire: hostile messages through the intake, each held against the independent reading of `verify`.

Nothing may leave the intake but changes and letters, and both readings must take in the same records with the same
content. Whatever decodes inside is fuzzed: run it again after each change of it.

    PYTHONPATH=tests:benchmarks python -m faults.fuzz --seed 1 --inputs 1000000
"""

import argparse
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from faults.hostile import Hostile, evolved
from saingan.engine.core.batch import Slice
from saingan.engine.core.change import Change
from saingan.engine.core.standing import ERASED
from saingan.engine.intake.flood import Flood
from saingan.engine.intake.intake import Intake
from saingan.engine.intake.sealing import Sealer
from saingan.errors import Rejection
from saingan.outcomes.view import OUTCOMES
from saingan.standard.contract import contract
from saingan.topics import Topic
from saingan.verify.admit import Reader
from support.make import Record
from support.store_bench import OPERATOR, Raw, Registry

_BATCH: Final = 1_000
_TODAY: Final = 20_700  # days since the epoch
_MEMORY_MIB: Final = 1_536  # of addresses, beyond which the process gets none

Origin = tuple[str, int]  # topic and offset


class Summary(NamedTuple):
    """What became of the inputs.

    Attributes:
        disagreed: inputs on which the two readings differ, as hex; must be empty.
        grown_mib: resident memory at the end, beyond that after the first tenth.
    """

    inputs: int
    taken: int
    refused: dict[str, int]
    disagreed: list[str]
    grown_mib: float
    seconds: float


class _Unsealed(Sealer):
    """Letters as they are: a million of them would be sealed for an hour, and sealing reads nothing that is hostile."""

    def letter(self, topic: Topic, partition: int, message: Any, rejection: Rejection) -> dict[str, Any]:
        return {"topic": topic.name, "partition": partition, "offset": message.offset, "reason": rejection.reason}


def fuzz(seed: int, inputs: int) -> Summary:
    """Raises whatever leaves the intake."""
    rng, registry, begun = random.Random(seed), Registry(OUTCOMES.streams), time.monotonic()
    topics = list(OUTCOMES.streams)
    for topic in topics:
        for schema in evolved(topic):
            registry.register(topic, schema)
    hostile = Hostile(rng, {topic: registry.writer_schemas(topic.name) for topic in topics})
    readers = {topic: Reader(contract(topic.name), registry.writer_schemas(topic.name)) for topic in topics}
    sealer = _Unsealed(OPERATOR._key)
    intake = Intake(OUTCOMES, registry, sealer, Flood(1.0))  # type: ignore[arg-type]

    taken, refused, disagreed, warm = 0, Counter[str](), list[str](), 0.0
    for first in range(0, inputs, _BATCH):
        topic = topics[first // _BATCH % len(topics)]
        came = [Raw(first + n, 0, *hostile.message(topic), []) for n in range(min(_BATCH, inputs - first))]
        result = intake.take([Slice(topic, 0, first, first + len(came), came)], _TODAY)
        changes = {change.offset: change for of_key in result.changes.values() for change in of_key}
        letters = {letter["offset"]: letter["reason"] for letter in result.letters}
        disagreed += [
            f"{topic.name} key={message.key!r} value={(message.value or b'').hex()}"
            for message in came
            if not _agree(readers[topic], topic, message, changes.get(message.offset), letters.get(message.offset))
        ]
        taken += len(changes)
        refused.update(letters.values())
        if first <= inputs // 10:
            warm = _resident_mib()
    return Summary(inputs, taken, dict(refused), disagreed, _resident_mib() - warm, time.monotonic() - begun)


def _agree(reader: Reader, topic: Topic, message: Raw, change: Change | None, reason: str | None) -> bool:
    """Whether the intake made of a message what the independent reading makes of it."""
    if message.value is None:
        return change is None and reason is None
    try:
        record = reader.read(message.key, message.value)
        reader.admit(message.key, record)
    except Rejection:
        return change is None and reason is not None
    return change is not None and reason is None and tuple(change.standing) == _standing(topic, record)


def _standing(topic: Topic, record: Record) -> Sequence[Any]:
    if record["change"] == "ERASE":
        return tuple(ERASED)
    kept: Mapping[str, Any] = {name: record[name] for name in OUTCOMES.streams[topic]._fields}
    fields = tuple(kept.values()) if record["change"] == "UPSERT" else None
    return record["record_version"], record["recorded_at"], fields


def _resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m faults.fuzz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    given = parser.parse_args()
    # What balloons is then an error of this process, and not the end of others.
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MIB * 2**20, resource.RLIM_INFINITY))
    print(json.dumps(fuzz(given.seed, given.inputs)._asdict()))


if __name__ == "__main__":
    main()
