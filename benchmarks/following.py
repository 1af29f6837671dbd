"""Someone who asks the table for what publishers sent.

The rows of all tracers under way are asked for now and then, from another connection, and with them when PostgreSQL
committed them (`track_commit_timestamp`), by the same clock as the sends. So asking adds nothing to the figures. When
they were asked for all the time instead, that took a tenth of a processor from those who are measured, and made each
figure some milliseconds too high. What was not shown though it was asked for after its commit is kept: by so much a
figure is too low.
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

_PAUSE_S: Final = 0.02  # between two questions: a row that is written again meanwhile would show its later commit
_SETTLED_S: Final = 0.1  # between two looks at how far the contender is
_QUESTION: Final = (
    f"SELECT person_key, {', '.join(COLUMNS)}, "
    "extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS committed_at "
    "FROM employment_outcome WHERE person_key = ANY(%s)"
)


class Seen(NamedTuple):
    """A tracer in the table: seconds from its send to its commit, and from that to a question that did not show it."""

    sent_at: float
    latency_s: float
    unread_s: float


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
        deadline, look_at = time.time() + PATIENCE_S * 2, 0.0
        while self._open or self._waiting:
            self._receive()
            if self._waiting:
                self._look()
            now = time.time()
            if now > deadline:
                raise Stuck(f"{sum(map(len, self._waiting.values()))} tracers were not seen in time")
            if last.closed and not self._stop.is_set() and now > look_at:
                look_at = now + _SETTLED_S
                if self._running.settled() >= taken + self._sent():
                    self.span = (self._ended[0].began, now)
                    self._stop.set()
            time.sleep(_PAUSE_S)
        if not self._stop.is_set():
            self.span = (self._ended[0].began, time.time())
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
        asked = time.time()
        rows = self._connection.execute(_QUESTION, (list(self._waiting),)).fetchall()
        for row in rows:
            waiting = self._waiting[row["person_key"]]
            shown = [number for number, sent in enumerate(waiting, 1) if sent.value == row[sent.column]]
            seen, committed = shown[0] if shown else 0, row["committed_at"]
            unread = max(0.0, self._asked.get(row["person_key"], 0.0) - committed)
            # A later change of a person shows those before it too.
            self.found.extend(Seen(sent.at, committed - sent.at, unread) for sent in waiting[:seen])
            self._waiting[row["person_key"]] = waiting[seen:]
        self._asked = dict.fromkeys(self._waiting, asked)
        self._waiting = {person: waiting for person, waiting in self._waiting.items() if waiting}
