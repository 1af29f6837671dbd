"""What the store has about those to be forgotten, and how it is removed."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Select, create_engine, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from saingan.engine import reconcile
from saingan.engine.apply import ViewLoop
from saingan.engine.core.change import Change
from saingan.engine.core.standing import ERASED
from saingan.engine.core.state import StateCodec
from saingan.engine.result import RowKey, row_key
from saingan.engine.store.address import address
from saingan.engine.store.opening import create_tables, open_engine, transaction
from saingan.engine.tables import dead_letter, ledger, observation
from saingan.engine.view import View
from saingan.erase.aim import Subject
from saingan.erase.scan import Origin
from saingan.errors import Transient
from saingan.settings import Settings
from saingan.views import followers

Place = tuple[int, int]  # partition, offset
_CHUNK: Final = 1_000  # persons a statement
_PATIENCE_S: Final = 30.0
_RELAY_S: Final = 60.0
_POLL_S: Final = 0.05


class Store:
    """One view's part of the store. Every call raises `Transient` when the database does not answer.

    Attributes:
        used: whether a worker has ever been at work on it.
    """

    def __init__(self, settings: Settings, view: View) -> None:
        self._url = address(settings.database_url)
        self._view = view
        self._streams = list(view.streams)
        self.followers = followers([view])
        self._outputs = [output for one in self.followers for output in one.outputs]
        self.engine = open_engine(settings.database_url)
        self.used = self._is_used()
        if self.used:
            create_tables(self.engine, view)  # refuses the state of another version

    def subjects(self, persons: Iterable[str]) -> set[Subject]:
        """The records of some persons in the state."""
        history, codec = self._view.history.c, StateCodec(list(self._view.streams.values()))
        return {
            Subject(topic.name, key, record_id)
            for key, state in self._of(history.key, persons, history.key, history.state)
            for topic, records in zip(self._streams, codec.load(state).streams, strict=True)
            for record_id in records
        }

    def holders(self, topic: str, record_id: str) -> set[Subject]:
        """The records of that id, whoever has them, by the states of all persons: it reads the whole table."""
        if topic not in (names := [stream.name for stream in self._streams]):
            return set()
        history, codec = self._view.history.c, StateCodec(list(self._view.streams.values()))
        states = self._read(select(history.key, history.state))
        at = names.index(topic)
        return {Subject(topic, key, record_id) for key, state in states if record_id in codec.load(state).streams[at]}

    def rows(self, persons: Iterable[str]) -> set[RowKey]:
        """The rows of some persons in the table."""
        columns = list(self._view.table.primary_key)
        return set(map(row_key, self._of(columns[0], persons, *columns)))

    def take_in(self, loop: ViewLoop, marks: Mapping[Subject, Place]) -> int:
        """Fold marks into the states, as a worker will when it comes to them; the number of rows changed or removed."""
        changes: dict[str, list[Change]] = defaultdict(list)
        numbers = {topic.name: number for number, topic in enumerate(self._streams)}
        for subject, place in marks.items():
            if subject.topic in numbers:
                change = Change(numbers[subject.topic], subject.record_id, ERASED, *place)
                changes[subject.person_key].append(change)
        persons = sorted(changes)
        return sum(loop.take_in({person: changes[person] for person in part}) for part in _parts(persons))

    def resend(self, keys: Collection[RowKey]) -> None:
        """See `reconcile.resend`."""
        with transaction(self.engine) as conn:
            reconcile.resend(conn, self._view, keys)

    def keys(self, persons: Iterable[str]) -> set[tuple[Any, ...]]:
        """Keys of these persons that wait for a follower."""
        sets = [one.keys(self._view).c for one in self.followers]
        return {
            tuple(row) for keys in sets for row in self._of(keys.key, persons, keys.key, keys.row_id, keys.revision)
        }

    def outputs(self, persons: Iterable[str]) -> set[tuple[str, RowKey]]:
        """Rows of followers that have one of these persons for a key, by output."""
        return self._naming(persons, [(output.name, list(output.table.primary_key)) for output in self._outputs])

    def outputs_waiting(self, persons: Iterable[str]) -> set[tuple[str, RowKey]]:
        """Keys of such rows that wait for a relay, by output."""
        sent = [output for output in self._outputs if output.topic is not None]
        return self._naming(persons, [(output.name, [output.outbox.c.key, output.outbox.c.row_id]) for output in sent])

    def _naming(
        self, persons: Iterable[str], places: Iterable[tuple[str, list[Column[Any]]]]
    ) -> set[tuple[str, RowKey]]:
        named = sorted(persons)
        found: set[tuple[str, RowKey]] = set()
        for name, columns in places:
            for column in columns:
                found.update((name, row_key(row)) for row in self._of(column, named, *columns))
        return found

    def letters(self) -> set[Origin]:
        """The dead letters that wait for the relay."""
        mine = dead_letter.c.view == self._view.name
        letters = select(dead_letter.c.topic, dead_letter.c.partition, dead_letter.c.offset).where(mine)
        return {(topic, partition, offset) for topic, partition, offset in self._read(letters)}

    def waiting(self, persons: Iterable[str]) -> set[tuple[Any, ...]]:
        """What waits for the relay: keys of these persons, and all dead letters."""
        outbox = self._view.outbox.c
        return self.letters() | set(self._of(outbox.key, persons, outbox.key, outbox.row_id, outbox.revision))

    def unread(self, origins: Collection[Origin]) -> int:
        """How many of these messages the view's workers have yet to come to."""
        held = self._read(select(ledger).where(ledger.c.view == self._view.name))
        positions = {(row.topic, row.partition): row.next_offset for row in held}
        ours = {topic.name for topic in self._streams}
        return sum(topic in ours and at >= positions.get((topic, part), 0) for topic, part, at in origins)

    def shred(self) -> None:
        """Let go of what is no longer seen: what was deleted or overwritten stands in the files until this is done.

        SQLite's file is written anew and its log of writes emptied. PostgreSQL's `VACUUM` makes the dead versions of
        rows unreachable, and their room free to be written over.
        """
        engine = create_engine(self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
        of_followers = [table for output in self._outputs for table in (output.table, output.outbox)]
        tables = (self._view.history, self._view.outbox, *self._view.sets, self._view.table, *of_followers, dead_letter)
        try:
            with engine.connect() as conn:
                if conn.dialect.name == "sqlite":
                    conn.execute(text(f"PRAGMA busy_timeout = {_PATIENCE_S * 1000:.0f}"))
                    conn.execute(text("VACUUM"))
                    deadline = time.monotonic() + _PATIENCE_S
                    while conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
                        if time.monotonic() > deadline:
                            raise Transient("the log of the SQLite file is being read all the time; erase again")
                else:
                    conn.execute(text(f"VACUUM {', '.join(table.name for table in tables)}"))
        except OperationalError as error:
            raise Transient(f"the database could not be shredded ({type(error.orig).__name__}); erase again") from None
        finally:
            engine.dispose()

    def _is_used(self) -> bool:
        if self._url.get_backend_name() == "sqlite" and not Path(self._url.database or "").exists():
            return False  # opening it would create it
        with transaction(self.engine, read_only=True) as conn:
            return inspect(conn).has_table(observation.name) and conn.execute(select(observation)).first() is not None

    def _of(self, column: Column[Any], persons: Iterable[str], *wanted: Column[Any]) -> Iterator[Any]:
        for part in _parts(sorted(persons)):
            yield from self._read(select(*wanted).where(column.in_(part)))

    def _read(self, query: Select[Any]) -> Sequence[Any]:
        if not self.used:
            return ()
        with transaction(self.engine, read_only=True) as conn:
            return conn.execute(query).all()


def _parts(persons: Sequence[str]) -> Iterator[Sequence[str]]:
    return (persons[start : start + _CHUNK] for start in range(0, len(persons), _CHUNK))


def until_done(look: Callable[[], set[Any]], goal: str) -> None:
    """Wait until all is done that waits now, whatever comes meanwhile; `Transient` where it takes too long."""
    waiting, deadline = look(), time.monotonic() + _RELAY_S
    while waiting := waiting & look():
        if time.monotonic() > deadline:
            raise Transient(f"{len(waiting)} changes do not {goal}: see its worker's log")
        time.sleep(_POLL_S)
