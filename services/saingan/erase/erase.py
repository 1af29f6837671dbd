"""Forgetting for good (standard, section 5): `ERASE` marks first, then everything else goes.

The order makes it resumable: from the first step on nothing can come back, and until the last one the topics still show
what is left to do. To erase again completes what was cut short, and clears copies that arrived late.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Final, NamedTuple, Self

from confluent_kafka import KafkaError, Message

from saingan.engine import reconcile
from saingan.engine.apply import ViewLoop
from saingan.engine.follow.crew import Crew
from saingan.engine.intake.sealing import Sealer
from saingan.engine.relay import Relay
from saingan.engine.result import RowKey
from saingan.engine.view import View
from saingan.erase.aim import Aim, Subject
from saingan.erase.letters import belonging, naming
from saingan.erase.mark import Marker
from saingan.erase.near import masked, nearest
from saingan.erase.scan import PERSONAL, Found, Scan, Spot
from saingan.erase.store import Place, Store, until_done
from saingan.erase.summary import Summary
from saingan.errors import Fault
from saingan.exchange.delivery import Delivery, OnReport, Reports
from saingan.exchange.registry import Registry
from saingan.exchange.require import require
from saingan.exchange.topic_log import Log
from saingan.letters.handling import dead_letters
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, TOPICS

_DELIVERY_S: Final = 60


class Request(NamedTuple):
    """What to forget: persons, or one record of a topic; where neither is given, all records that bear a mark.

    Attributes:
        persons: by ``person_key``.
        record: topic and record id.
        owner: whose record it is, by ``person_key``: its mark is set although nothing knows the record.
    """

    persons: frozenset[str] = frozenset()
    record: tuple[str, str] | None = None
    owner: str | None = None


class Eraser:
    """Forgets for one view: `look` first, then `erase`. A context manager.

    Every call raises `Fault` where something is missing or a request cannot be meant, and `Transient` where something
    does not answer: the same request, made again, completes what was begun.
    """

    def __init__(self, settings: Settings, view: View) -> None:
        require(settings, (*PERSONAL, DEAD_LETTER, *([view.topic] if view.topic else ())))
        self._settings = settings
        self._view = view
        self._store = Store(settings, view)
        self._registry = Registry(settings)
        self._log = Log(settings)
        self._scan = Scan(self._log, self._registry)
        self._found = Found(Aim())
        self._unsent: set[Subject] = set()  # records to mark that are in no topic

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._log.__exit__(kind, error, at)
        self._registry.close()
        self._store.engine.dispose()

    def look(self, request: Request) -> Summary:
        """Find all that is to go; nothing is changed."""
        letters = {letter.place for letter in dead_letters(self._settings)}
        found = self._found = self._scan.find(self._aim(request), letters | self._store.letters())
        found.subjects |= self._store.subjects(found.aim.persons) | self._unsent
        rows = {(person, row_id) for person, row_id in self._store.rows(self._persons()) if self._goes(person, row_id)}
        belongs = belonging(self._settings, self._scan, found)
        return Summary(
            persons=len(known := {subject.person_key for subject in found.subjects}),
            strangers=len(request.persons - known),
            records=len(found.subjects),
            marks=len(found.subjects - found.marks.keys()),
            messages=len(found.live),
            rows=len(rows),
            outcomes=len(rows | self._sent() - self._store.rows(self._persons())),
            letters=len({letter.place for letter in belongs.ours} | found.origins & self._store.letters()),
            unopened=belongs.unopened,
            unread=self._store.unread(found.origins),
        )

    def erase(self) -> int:
        """Forget what was found. Returns how many dead letters may still be about it, but cannot be opened."""
        places = self._mark()
        if self._store.used:
            with self._relay():
                self._take_in(places)
                self._await_relay()
        unopened = self._clear_letters()
        self._clear_topics()  # last: until then the topics show what there is to do
        if self._store.used:
            self._store.shred()
        return unopened

    def _aim(self, request: Request) -> Aim:
        if request.persons:
            return self._scan.aim_at_persons(request.persons)
        if request.record is None:
            return self._scan.aim_at_marked()
        topic, record_id = request.record
        if TOPICS.get(topic) not in PERSONAL:
            raise Fault(f"{topic} has no records of persons: {', '.join(one.name for one in PERSONAL)} have")
        return self._scan.aim_at_record(TOPICS[topic], record_id) or self._aim_beside(topic, record_id, request.owner)

    def _aim_beside(self, topic: str, record_id: str, owner: str | None) -> Aim:
        """One record that the topic does not know.

        Raises:
            Fault: nothing else knows it, and no one says whose it is.
        """
        self._unsent = self._store.holders(topic, record_id)
        subjects = self._unsent | naming(self._settings, topic, record_id)
        if not subjects and owner is not None:
            subjects = self._unsent = {Subject(topic, owner, record_id)}
        if not subjects:
            near = nearest(record_id, self._scan.record_ids(TOPICS[topic]))
            likely = f"the nearest: {', '.join(near)}; " if near else ""
            raise Fault(
                f"no state, mark, message or dead letter knows record {masked(record_id)} of {topic}: nothing was "
                f"erased; {likely}--mark-anyway sets its mark"
            )
        return Aim(subjects=frozenset(subjects))

    def _persons(self) -> set[str]:
        subjects = self._found.subjects | self._found.aim.subjects
        return {subject.person_key for subject in subjects} | self._found.aim.persons

    def _goes(self, person: str, row_id: str) -> bool:
        """Whether the record that a row is of is to go."""
        gone = (Subject(topic.name, person, row_id) in self._found.subjects for topic in self._view.streams)
        return person in self._found.aim.persons or any(gone)

    def _mark(self) -> dict[Subject, Place]:
        """Send the marks that are missing, and wait until the broker has them; where each mark lies."""
        places, marker = dict(self._found.marks), Marker(self._registry)
        sent: dict[tuple[str, bytes], Subject] = {}
        delivery = self._delivery(partial(_note, places, sent))
        for subject in sorted(self._found.subjects - self._found.marks.keys()):
            mark = marker.message(subject, self._scan.partitions(subject.topic))
            wire = self._settings.wire(subject.topic)
            sent[wire, mark.key] = subject
            delivery.put(wire, *mark)
            self._found.live.discard(Spot(subject.topic, mark.partition, mark.key))
        delivery.flush()
        return places

    def _take_in(self, places: dict[Subject, Place]) -> None:
        """Clear states and rows, and withdraw them from the topic; also rows that were removed before."""
        sealer = Sealer.from_file(self._settings.public_key_file)
        loop = ViewLoop(self._view, self._store.engine, self._registry, sealer, Metrics(), 1.0)
        self._store.take_in(loop, places)
        self._store.resend(self._sent() - self._store.rows(self._persons()))

    @contextmanager
    def _relay(self) -> Iterator[None]:
        """Relay and follow where no worker does: only one of the two has the lease."""
        failed: list[BaseException] = []
        shared = (self._settings, self._store.engine, self._registry, Metrics(), failed.append)
        relay, crew = Relay(self._view, *shared), Crew([self._view], *shared)
        relay.wake()
        relay.start()
        crew.wake()
        crew.start()
        try:
            yield
        finally:
            relay.stop()
            relay.join()
            crew.stop()
        if failed:
            raise failed[0]

    def _await_relay(self) -> None:
        """Wait until all that waits now is on the topics: only there a dead letter can be cleared without a race.

        What waits for a follower comes first: what it makes of it waits for a relay then.
        """
        persons, store = self._persons(), self._store
        until_done(lambda: store.keys(persons), "reach its followers")
        until_done(lambda: store.outputs_waiting(persons), "reach the topics of its followers")
        until_done(lambda: store.waiting(persons), "reach the topics")
        if left := store.outputs(self._found.aim.persons):
            names = ", ".join(sorted({name for name, _ in left}))
            raise Fault(f"{names}: still names those to be forgotten, of whom its sources have nothing: this is a bug")

    def _sent(self) -> set[RowKey]:
        """The rows of these persons on the view's topic."""
        if self._view.topic is None:
            return set()
        persons = self._persons()
        return {key for keys in reconcile.standing(self._log, self._view) for key in keys if key[0] in persons}

    def _clear_letters(self) -> int:
        letters, delivery = belonging(self._settings, self._scan, self._found), self._delivery()
        for letter in letters.ours:
            delivery.put(self._settings.wire(DEAD_LETTER.name), letter.origin.encode(), None)
        delivery.flush()
        return letters.unopened

    def _clear_topics(self) -> None:
        """Clear each key's messages; where another person's lay under it, that one is sent once more instead."""
        innocent, delivery = self._scan.innocent(self._found), self._delivery()
        for spot in sorted(self._found.live):
            other = innocent.get(spot)
            value, headers = (other.value, other.headers) if other else (None, [])
            delivery.put(self._settings.wire(spot.topic), spot.key, value, headers, spot.partition)
        delivery.flush()

    def _delivery(self, on_report: OnReport | None = None) -> Delivery:
        return Delivery(self._settings, Reports(_DELIVERY_S, "erase again, what is begun is completed", on_report))


def _note(
    places: dict[Subject, Place],
    sent: Mapping[tuple[str, bytes], Subject],
    error: KafkaError | None,
    message: Message,
) -> None:
    """Note where a mark lies that has arrived."""
    partition, offset = message.partition(), message.offset()
    if error is None and partition is not None and offset is not None:
        places[sent[message.topic() or "", message.key() or b""]] = partition, offset
