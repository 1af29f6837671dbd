"""Someone who asks the table for what publishers sent.

The rows of all tracers under way are asked for over and over, from another connection. A change counts as readable when
the answer that shows it has arrived; before that, the question before was asked too early, or it was not sent yet. So
each figure is too high by at most the time between that question and this answer, which is kept.
"""

import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import dict_row

import sending
from running import PATIENCE_S, Running, Stuck
from saingan.settings import Settings
from sending import Ended, Sender, Sent
from tracers import COLUMNS

_PAUSE_S: Final = 0.002  # between two questions: more would take the processors from those who are measured
_SETTLED_S: Final = 0.1  # between two looks at how far the contender is


class Seen(NamedTuple):
    """A tracer in the table: seconds from its send to the answer that shows it, and how much of that may be ours."""

    sent_at: float
    latency_s: float
    error_s: float


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
        self._stop = sending.event()
        self._open = [sending.start(settings, sender, self._stop) for sender in senders]
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
