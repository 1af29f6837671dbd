"""Publishers of processes of their own, and someone who asks the table for what they sent.

The rows of all tracers under way are asked for over and over, from another connection. A change counts as readable when
the answer that shows it has arrived; before that, the question before was asked too early, or it was not sent yet. So
each figure is too high by at most the time between that question and this answer, which is kept.
"""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import dict_row

import workload
from running import PATIENCE_S, Running, Stuck
from saingan.settings import Settings
from tracers import COLUMNS
from workload import Message

_PAUSE_S: Final = 0.002  # between two questions: more would take the processors from those who are measured
_SETTLING_S: Final = 0.5  # until the client has its connections and its producer id
_SETTLED_S: Final = 0.1  # between two looks at how far the contender is
_context: Final = multiprocessing.get_context("spawn")

Paced = tuple[Message, tuple[str, str, Any] | None]  # of a tracer: person, column, and the column's value


class Sender(NamedTuple):
    """A publisher: what it sends, how many a second (0: all at once), and how long after the others it begins."""

    paced: list[Paced]
    per_s: float
    delay_s: float = 0.0


class Sent(NamedTuple):
    """A tracer under way; times are seconds of the monotonic clock, which is the same for all processes."""

    person_key: str
    column: str
    value: Any
    at: float


class Seen(NamedTuple):
    """A tracer in the table: seconds from its send to the answer that shows it, and how much of that may be ours."""

    sent_at: float
    latency_s: float
    error_s: float


class Ended(NamedTuple):
    """A publisher has sent so many, from its first one on."""

    count: int
    began: float


class Follow:
    """Sends, and looks for the tracers in the table.

    Attributes:
        found: what was seen of each tracer.
        span: from the first send of the last sender to when all that it sent had settled.
    """

    def __init__(self, running: Running, url: str, settings: Settings, senders: Sequence[Sender]) -> None:
        self.found: list[Seen] = []
        self.span = (0.0, 0.0)
        self._running = running
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, row_factory=dict_row)
        self._connection.prepare_threshold = 0
        self._waiting: dict[str, list[Sent]] = {}  # by person
        self._asked: dict[str, float] = {}  # when the last question was asked, by the persons that it was about
        self._stop = _context.Event()
        self._open = [_start(settings, sender, self._stop) for sender in senders]
        self._ended: list[Ended] = []
        self._leaving: list[Any] = []

    def until_all_seen(self, taken: int) -> None:
        """Send until the last sender's changes have settled on top of ``taken``, and every tracer was seen."""
        *_, (_, last) = self._open
        for _, channel in self._open:
            channel.recv()  # it is ready
        for _, channel in self._open:
            channel.send("go")
        deadline, look_at = time.monotonic() + PATIENCE_S * 2, 0.0
        while self._open or self._waiting:
            self._receive()
            if self._waiting:
                self._look()
            now = time.monotonic()
            if now > deadline:
                raise Stuck(f"{sum(map(len, self._waiting.values()))} tracers were not seen in time")
            if last.closed and not self._stop.is_set() and now > look_at:
                look_at = now + _SETTLED_S
                if self._running.settled() >= taken + self._sent():
                    self.span = (self._ended[0].began, now)
                    self._stop.set()
            time.sleep(_PAUSE_S)
        if not self._stop.is_set():
            self.span = (self._ended[0].began, time.monotonic())
        self._connection.close()
        for process in self._leaving:
            process.join()

    def _sent(self) -> int:
        """All of those that have ended, and what was seen of the other."""
        return sum(ended.count for ended in self._ended) + (len(self.found) if self._open else 0)

    def _receive(self) -> None:
        for process, channel in self._open[:]:
            while channel.poll():
                said = channel.recv()
                if isinstance(said, Ended):
                    self._ended.append(said)
                    self._open.remove((process, channel))
                    channel.close()
                    self._leaving.append(process)  # its end may take a while, and the tracers do not wait
                    break
                self._waiting.setdefault(said.person_key, []).append(said)

    def _look(self) -> None:
        asked = time.monotonic()
        rows = self._connection.execute(
            f"SELECT person_key, {', '.join(COLUMNS)} FROM employment_outcome WHERE person_key = ANY(%s)",
            (list(self._waiting),),
        ).fetchall()
        now = time.monotonic()
        for row in rows:
            waiting = self._waiting[row["person_key"]]
            shown = [number for number, sent in enumerate(waiting, 1) if sent.value == row[sent.column]]
            seen, before = shown[0] if shown else 0, self._asked.get(row["person_key"], 0.0)
            for sent in waiting[:seen]:  # a later change of a person shows those before it too
                self.found.append(Seen(sent.at, now - sent.at, now - max(sent.at, before)))
            self._waiting[row["person_key"]] = waiting[seen:]
        self._asked = dict.fromkeys(self._waiting, asked)
        self._waiting = {person: waiting for person, waiting in self._waiting.items() if waiting}


def _start(settings: Settings, sender: Sender, stop: Any) -> tuple[Any, Connection]:
    ours, its = _context.Pipe()
    process = _context.Process(target=_send, args=(settings, sender, its, stop), daemon=True)
    process.start()
    its.close()
    return process, ours


def _send(settings: Settings, sender: Sender, channel: Connection, stop: Any) -> None:
    """A publisher's process."""
    client = workload.producer(settings, linger_ms=0)
    client.list_topics(timeout=10)  # so that the first one sent does not wait for a connection
    channel.send("ready")
    channel.recv()
    began = time.monotonic() + _SETTLING_S + sender.delay_s
    time.sleep(_SETTLING_S + sender.delay_s)
    count = 0
    for message, tracer in sender.paced:
        if sender.per_s:
            time.sleep(max(0.0, began + count / sender.per_s - time.monotonic()))
            if stop.is_set():
                break
        at = time.monotonic()
        client.produce(*message)
        count += 1
        if tracer:
            channel.send(Sent(*tracer, at))
        client.poll(0)
    client.flush()
    channel.send(Ended(count, began))
