"""How long a change takes from the publisher's send to the commit that lets others read its row."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import check
import tracers
import workload
from contenders import Contender
from following import Follow
from java import Programs
from place import Place
from running import PATIENCE_S, Running, job_of
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, Topic
from sending import Paced, Sender
from tracers import STREAMS, Tracer
from workload import Change

Result = dict[str, Any]
Examples = dict[Topic, dict[str, Any]]
Senders = Callable[[Examples, list[Change], Settings], list[Sender]]
EVERY: Final = 20  # one change in so many is a tracer
BURST_TRACERS_PER_S: Final = 100
_QUIET_S: Final = 2.0  # before a burst
_WARMING: Final = 0.5  # share of a steady run, from its start, that is not counted: live workers are warm


@dataclass(frozen=True)
class Size:
    """How large the runs are.

    Attributes:
        persons: whose changes the table holds already, about.
        burst: changes of the backlog.
    """

    persons: int
    per_s: int
    seconds: float
    burst: int
    seed: int
    rounds: int


def steady(place: Place, programs: Programs, contenders: Sequence[Contender], size: Size) -> list[Result]:
    """Freshness at a steady rate over all four streams."""

    def senders(examples: Examples, rest: list[Change], settings: Settings) -> list[Sender]:
        made = islice(tracers.tracers(examples, STREAMS), len(rest) // EVERY)
        return [Sender(list(_mixed(settings, rest, made)), size.per_s)]

    live = int(size.per_s * size.seconds)
    return _turns(place, programs, contenders, size, live, senders, {"per_s": size.per_s})


def burst(place: Place, programs: Programs, contenders: Sequence[Contender], size: Size) -> list[Result]:
    """Freshness of the other streams while one has a backlog to take in."""

    def senders(examples: Examples, rest: list[Change], settings: Settings) -> list[Sender]:
        backlog = [change for change in rest if change[0] == EMPLOYMENT][: size.burst]
        others = tuple(topic for topic in STREAMS if topic != EMPLOYMENT)
        made = islice(tracers.tracers(examples, others), int(PATIENCE_S) * BURST_TRACERS_PER_S)
        return [
            Sender(list(_mixed(settings, [], made)), BURST_TRACERS_PER_S),
            Sender(list(_mixed(settings, backlog, iter(()))), 0, _QUIET_S),
        ]

    return _turns(place, programs, contenders, size, size.burst * 3, senders, {"burst": size.burst})


def _turns(
    place: Place,
    programs: Programs,
    contenders: Sequence[Contender],
    size: Size,
    live: int,
    senders: Senders,
    besides: Result,
) -> list[Result]:
    return [
        {"round": number, **besides, **_run(place, programs, contender, size, live, senders)}
        for number in range(1, size.rounds + 1)
        for contender in contenders
    ]


def _run(place: Place, programs: Programs, contender: Contender, size: Size, live: int, senders: Senders) -> Result:
    changes = list(workload.changes(size.persons + live // 8, size.seed))
    base, rest = changes[:-live], changes[-live:]
    examples: Examples = {topic: record for topic, record in base if record["change"] == "UPSERT"}
    with (
        tempfile.TemporaryDirectory(dir=place.folder) as folder,
        place.exchange() as settings,
        place.database() as url,
    ):
        taken = workload.publish(settings, [*base, *tracers.graduations(examples)])
        job = job_of(contender, settings, url, Path(folder), programs, live=True)
        to_send = senders(examples, rest, settings)
        with Running(contender, job) as running:
            running.until(taken)
            followed = Follow(running, url, settings, to_send)
            followed.until_all_seen(taken)
            running.until_quiet()
            running.end()
        faults = check.faults(url, check.expected(settings))
    began, ended = followed.span
    if len(to_send) == 1:
        began += (ended - began) * _WARMING
    seen = [each for each in followed.found if began <= each.sent_at <= ended]
    result = {
        "contender": contender.name,
        "persons": size.persons,
        "seconds": ended - began,
        "latency": percentiles(each.latency_s for each in seen),
        "unread": percentiles(each.unread_s for each in seen),
        "faults": faults,
    }
    print(
        f"  {contender.name:<46} p50 {result['latency']['p50_ms']:.1f} ms, p99 {result['latency']['p99_ms']:.1f} ms"
        f" of {len(seen):,}, too low by up to {result['unread']['max_ms']:.1f} ms, {faults} wrong rows",
        flush=True,
    )
    return result


def percentiles(seconds: Iterable[float]) -> dict[str, float]:
    ordered = sorted(value * 1000 for value in seconds)
    return {"count": len(ordered), "p50_ms": _at(ordered, 0.5), "p99_ms": _at(ordered, 0.99), "max_ms": ordered[-1]}


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _mixed(settings: Settings, changes: list[Change], made: Iterator[Tracer]) -> Iterator[Paced]:
    """Changes on the wire, a tracer after so many of them; tracers alone where there are no changes."""
    if not changes:
        chosen = list(made)
        wire = workload.messages(settings, (tracer.change for tracer in chosen))
        yield from zip(wire, (tracer[1:] for tracer in chosen), strict=True)
        return
    encode = workload.encoder(settings)
    for number, message in enumerate(map(encode, changes)):
        if number % EVERY == 0 and (tracer := next(made, None)):
            yield encode(tracer.change), tracer[1:]
        yield message, None
