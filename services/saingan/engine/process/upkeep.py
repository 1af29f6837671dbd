"""What a worker asks of its store beside the batches. Each call raises `Transient` if the database does not answer."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Engine

from saingan.engine import reconcile
from saingan.engine.follow.crew import Crew
from saingan.engine.relay import Relay
from saingan.engine.store import ledger, observation
from saingan.engine.store.opening import create_tables, durable, transaction
from saingan.engine.view import View
from saingan.exchange.topic_log import Log
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import Topic

_COUNTED: Final = 20_000  # of what waits in the outbox: the view waits while a backlog of millions is counted


class Upkeep:
    """One worker's part.

    Args:
        streams: those that this worker reads.
        topic_ids: the broker's ids of the streams, by the standard's name.
        ends: where all streams of the view ended when the worker started.
        until_caught_up: whether the worker ends when it has caught up with these ends.
    """

    def __init__(
        self,
        settings: Settings,
        view: View,
        engine: Engine,
        relay: Relay,
        crew: Crew,
        streams: Collection[Topic],
        topic_ids: Mapping[str, str],
        ends: ledger.Positions,
        until_caught_up: bool,
    ) -> None:
        self._settings = settings
        self._view = view
        self._engine = engine
        self._relay = relay
        self._crew = crew
        self._streams = {topic.name for topic in streams}
        self._topic_ids = topic_ids
        self._ends = ends
        self._until_caught_up = until_caught_up

    def settle(self) -> None:
        """Make the store ready. Raises `Fault` where this version of the view cannot go on with it."""
        create_tables(self._engine, self._view)
        with transaction(self._engine) as conn:
            durable(conn)  # no topic could replay the tables and the dates
            observation.settle(conn, self._settings, observation.today())
            observation.follow(conn, self._view)
            reconcile.note_birth(conn, self._view, self._ends)

    def open_partitions(self, logs: Mapping[tuple[Topic, int], range]) -> dict[tuple[Topic, int], int]:
        """Where to read partitions on, given by the offsets that their logs hold. Raises as `ledger.open_partition`."""
        with transaction(self._engine) as conn:
            return {
                (topic, number): ledger.open_partition(
                    conn, self._view.name, topic, number, self._topic_ids[topic.name], held
                )
                for (topic, number), held in logs.items()
            }

    def caught_up(self) -> bool:
        """Whether the worker may end: the streams are taken in up to the ends, and all that came of it is sent."""
        with transaction(self._engine, read_only=True) as conn:
            held = ledger.positions(conn, self._view.name)
            if not self._until_caught_up:
                return False  # of a worker that goes on, the question above alone shows a database that is gone
            if any(held.get(part, 0) < end for part, end in self._ends.items() if part[0] in self._streams):
                return False
            if reconcile.outstanding(conn, self._view) or self._relay.pending(conn, 1):
                return False
            return self._crew.idle(conn)

    def reconciled(self) -> bool:
        """Whether the topic is reconciled with this store; where it is time, this worker does it if it relays."""
        with transaction(self._engine, read_only=True) as conn:
            if not (self._relay.leads and reconcile.outstanding(conn, self._view)):
                return reconcile.done(conn, self._view)
        with Log(self._settings) as topics:
            reconcile.reconcile(self._engine, topics, self._view)
        self._relay.wake()
        return True

    def count_outbox(self, metrics: Metrics) -> None:
        """Show how much waits to be sent."""
        with transaction(self._engine, read_only=True) as conn:
            metrics.outbox.labels(self._view.name).set(self._relay.pending(conn, _COUNTED))
