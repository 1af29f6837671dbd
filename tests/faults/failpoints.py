"""Named points of a worker's work, at one of which it ends itself: by SIGKILL, or stops, by SIGSTOP.

No part of the product: functions of the product are wrapped from outside, in the process of `faults.worker`.
"""

import functools
import signal
import threading
from collections.abc import Callable
from typing import Any

from confluent_kafka import Producer
from sqlalchemy import Connection, Engine, event

from saingan.engine import reconcile, relay
from saingan.engine.apply import ViewLoop
from saingan.engine.relay import Relay
from saingan.engine.store import ledger
from saingan.engine.store.bulk import Bulk
from saingan.engine.store.postgresql import PostgresBulk
from saingan.engine.store.sqlite import SqliteBulk

Hit = Callable[..., None]  # takes whatever the passed function was given


def arm(point: str, nth: int, signal_name: str) -> None:
    """Have this process send itself a signal when it passes a point for the nth time."""
    passed = [0]

    def hit(*_: Any) -> None:
        passed[0] += 1
        if passed[0] == nth:
            # To this very thread: a SIGSTOP for the process may be taken by another one, while this one goes on.
            signal.pthread_kill(threading.get_ident(), signal.Signals[signal_name])

    POINTS[point](hit)


def _after_decode(hit: Hit) -> None:
    _after(ViewLoop, "take", hit)


def _in_transaction(hit: Hit) -> None:
    """States are written, rows and positions not yet."""
    for store in (SqliteBulk, PostgresBulk):
        _after(store, "keep", hit)


def _before_commit(hit: Hit) -> None:
    """All is written. The COMMIT of a small batch goes with that; here it goes alone, as the one of a large batch."""
    together = PostgresBulk.together
    alone: Any = lambda store, rows, _last=False: together(store, rows)  # noqa: E731
    PostgresBulk.together = alone  # type: ignore[method-assign]
    of_batch = threading.local()

    def begun(store: Bulk, *_: Any) -> None:
        of_batch.conn = store.conn

    def committing(conn: Connection) -> None:
        if getattr(of_batch, "conn", None) is conn:
            of_batch.conn = None
            hit()

    _after(ledger, "advance", begun)
    event.listen(Engine, "commit", committing)


def _after_commit(hit: Hit) -> None:
    """Positions, states, rows and outbox are committed; the relay has not been woken for them."""
    _after(ViewLoop, "apply", hit)


def _after_produce(hit: Hit) -> None:
    """Kafka has committed the rows; the outbox still holds their keys, and the next batch has not come."""
    _after(Relay, "_produce", hit)


def _in_produce(hit: Hit) -> None:
    """The rows are sent, Kafka's transaction is open: for a zombie relay."""

    class Hesitant(Producer):
        def commit_transaction(self, *args: Any) -> None:
            hit()
            super().commit_transaction(*args)

    relay.Producer = Hesitant  # type: ignore[misc]


def _in_comparison(hit: Hit) -> None:
    """The keys of one partition of the view's topic are compared with the table."""
    _after(reconcile, "_with_row", hit)


def _in_reconciliation(hit: Hit) -> None:
    """What is to be withdrawn is in the outbox, nothing committed."""
    _after(reconcile, "resend", hit)


def _after_reconciliation(hit: Hit) -> None:
    """The topic is taken for reconciled; the relay has not been woken to send the tombstones."""
    _after(reconcile, "reconcile", hit)


POINTS: dict[str, Callable[[Hit], None]] = {
    "after-decode": _after_decode,
    "in-transaction": _in_transaction,
    "before-commit": _before_commit,
    "after-commit": _after_commit,
    "after-produce": _after_produce,
    "in-produce": _in_produce,
    "in-comparison": _in_comparison,
    "in-reconciliation": _in_reconciliation,
    "after-reconciliation": _after_reconciliation,
}


def _after(owner: Any, name: str, then: Hit) -> None:
    """Call ``then`` whenever a function has returned, with its arguments."""
    wrapped = getattr(owner, name)

    @functools.wraps(wrapped)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = wrapped(*args, **kwargs)
        then(*args)
        return result

    setattr(owner, name, wrapper)
