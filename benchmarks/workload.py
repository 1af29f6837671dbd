"""A seeded workload in the topics: changes of many persons over four streams, late, corrected, withdrawn, repeated."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from confluent_kafka import Producer
from stdnum.th import moa

from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.codec import encode, frame, parse
from saingan.standard.identity import partition
from saingan.standard.strict import Refused, check
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, MESSAGE_BOUND, Topic

Change = tuple[Topic, dict[str, Any]]
_OCCUPATIONS = (None, "7231", "7411", "5223", "3113", "2512", "4110")
_TSIC = (None, "29101", "35101", "47111", "62011", "56101", "41001")
_FIELDS = ("20101", "20104", "20201", "30104", "30901")
_EMPLOYERS = [digits + moa.calc_check_digit(digits) for digits in (f"0105{n:08d}" for n in range(30_000))]
_DAY0 = 18_000  # days since the epoch, in 2019


class Message(NamedTuple):
    topic: str  # on the broker
    value: bytes
    key: str
    partition: int


def changes(persons: int, seed: int) -> Iterator[Change]:
    """About 8.6 changes a person, out of order within a window, some of them repeated."""
    rng = random.Random(seed)
    window: list[Change] = []
    for number in range(persons):
        window.extend(_person(rng, number))
        while len(window) > 10_000:
            at = rng.randrange(len(window))
            window[at], window[-1] = window[-1], window[at]
            yield window.pop()
    rng.shuffle(window)
    yield from window


def sound(stream: Iterable[Change], day: date) -> Iterator[Change]:
    """Those that an agency may send; some keep to the workers' rules only."""
    for topic, record in stream:
        try:
            check(topic.name, record, day)
        except Refused:
            continue
        yield topic, record


def encoder(settings: Settings) -> Callable[[Change], Message]:
    """How a change goes over the wire."""
    with Registry(settings) as registry:
        encoders = {
            topic: (parse(schemas.schema(topic.name)), registry.schema_id(topic.name))
            for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION)
        }

    def message(change: Change) -> Message:
        topic, record = change
        schema, schema_id = encoders[topic]
        return Message(
            settings.wire(topic.name),
            frame(schema_id, encode(schema, record)),
            f"{record['person_key']}/{record['record_id']}/{record['record_version']}",
            partition(record["person_key"], topic.partitions),
        )

    return message


def messages(settings: Settings, stream: Iterable[Change]) -> Iterator[Message]:
    """Changes as they go over the wire."""
    return map(encoder(settings), stream)


def producer(settings: Settings) -> Producer:
    """An agency's client."""
    return Producer(
        {
            "bootstrap.servers": settings.bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 20,
            "batch.size": MESSAGE_BOUND - 1024,  # as when the figures were taken first
            "delivery.report.only.error": True,
            "on_delivery": _must_arrive,
            "queue.buffering.max.messages": 1_000_000,
            "log_level": 0,
        }
    )


def _must_arrive(error: Any, _: Any) -> None:
    raise SystemExit(f"a message was not delivered: {error}")


def publish(settings: Settings, stream: Iterable[Change]) -> int:
    """Send changes as an agency's client would; how many."""
    client = producer(settings)
    sent = 0
    for message in messages(settings, stream):
        client.produce(*message)
        sent += 1
        if sent % 1000 == 0:
            client.poll(0)
            while len(client) > 500_000:
                client.poll(0.1)
    client.flush()
    return sent


def _person(rng: random.Random, number: int) -> Iterator[Change]:
    key = f"{rng.getrandbits(128):032x}"
    graduated = _DAY0 + rng.randrange(1800)
    study = {
        "institution_code": f"1320016{rng.randrange(400):03d}",
        "institution_province": str(rng.choice((10, 11, 20, 30, 40, 50, 80, 90))),
        "qualification": rng.choice(("PVC", "PVS")),
        "curriculum_code": "2562",
        "subject_type_code": "1",
        "field_code": rng.choice(_FIELDS),
        "subfield_code": "2010101",
    }
    enrolment = {
        **study,
        "academic_year": 2562,
        "started_on": graduated - 1000,
        "ended_on": None,
        "expected_graduation_on": graduated,
        "status": "STUDYING",
        "desired_path": "WORK",
        "desired_occupation": None,
        "home_province": None,
    }
    graduation = {
        **study,
        "academic_year": 2565,
        "entry_academic_year": 2562,
        "graduated_on": graduated,
        "enrolment_record_id": None,
    }
    completed = {**enrolment, "ended_on": graduated, "status": "COMPLETED"}
    yield from _record(rng, ENROLMENT, key, f"E{number}", [enrolment, completed])
    if rng.random() < 0.3:
        further = {**enrolment, "qualification": "PVS", "started_on": graduated + rng.randrange(200)}
        yield from _record(rng, ENROLMENT, key, f"F{number}", [further, {**further, "status": "LEFT"}])
    yield from _record(rng, GRADUATION, key, f"G{number}", [graduation])
    for spell in range(rng.choice((0, 1, 2, 3, 4))):
        started = graduated + rng.randrange(-60, 700)
        job = {
            "section": rng.choice((33, 33, 33, 33, 39, 40)),
            "employer_id": _EMPLOYERS[min(int(rng.paretovariate(0.5)), len(_EMPLOYERS)) - 1],
            "employer_province": "10",
            "tsic": rng.choice(_TSIC),
            "occupation": rng.choice(_OCCUPATIONS),
            "position": None,
            "started_on": started,
            "ended_on": None,
        }
        ended = {**job, "ended_on": started + rng.randrange(30, 900)}
        yield from _record(rng, EMPLOYMENT, key, f"J{number}-{spell}", [job, ended][: rng.choice((1, 2))])
    for test in range(rng.choice((0, 1, 2))):
        certificate = {
            "kind": "NATIONAL_SKILL_TEST",
            "trade_code": "T01",
            "course": None,
            "level": 1,
            "result": rng.choice(("PASSED", "FAILED")),
            "issued_on": graduated + rng.randrange(400),
            "expires_on": None,
        }
        yield from _record(rng, CERTIFICATION, key, f"C{number}-{test}", [certificate])


def _record(
    rng: random.Random, topic: Topic, key: str, record_id: str, contents: list[dict[str, Any]]
) -> Iterator[Change]:
    head = {"record_id": record_id, "person_key": key, "source": topic.owner, "identity": None}
    for version, content in enumerate(contents, 1):
        change = "WITHDRAW" if version > 1 and rng.random() < 0.03 else "UPSERT"
        made = {
            **head,
            "record_version": version,
            "change": change,
            "recorded_at": 1_700_000_000_000 + version,
            **content,
        }
        for _ in range(1 + (rng.random() < 0.1)):
            yield topic, made
