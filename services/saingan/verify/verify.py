"""`saingan verify`: the topics read whole and judged by the standard alone, against a view's table and its topic."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Final

from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log
from saingan.progress import progress_bars
from saingan.settings import Settings
from saingan.verify.check import Check
from saingan.verify.judge import Judge
from saingan.verify.report import Report
from saingan.verify.snapshot import Snapshot, due, snapshot, views
from saingan.verify.store import Store

_DERIVING_S: Final = 1.0  # between two looks at how many rows are still to be derived again
_STILL: Final = 10  # looks at no fewer of them: no worker derives


def verify(settings: Settings, checks: Sequence[Check], *, progress: bool = True) -> Iterator[Report]:
    """Compare views with what the standard makes of the registry topics, one after the other.

    Beside live workers, the topics are read up to the positions to which the table has taken them in.

    Args:
        progress: show a bar on standard error where that is a terminal.

    Raises:
        Transient: broker, registry or database does not answer.
        Fault: there is nothing to verify yet, or the topics are not those of the ledger.
    """
    with (
        closing(Store(settings)) as store,
        Log(settings) as log,
        Registry(settings) as registry,
        progress_bars(progress) as bars,
    ):
        judge = Judge(store, log, registry, bars)
        for check in checks:
            yield judge.view(check, _when_derived(store, check))[0]


def kept(settings: Settings, checks: Sequence[Check]) -> list[Check]:
    """Those whose views are in the store; all of them where none is.

    Raises:
        Transient: the database does not answer.
        Fault: the store does not exist.
    """
    with closing(Store(settings)) as store, store.reading() as connection:
        found = views(connection)
    return [check for check in checks if check.view in found] or [*checks]


def _when_derived(store: Store, check: Check) -> Snapshot:
    """A snapshot in which no row waits to be derived again; one as it is, where no worker derives them."""
    left, still = _left(store, check), 0
    while left and still < _STILL:
        time.sleep(_DERIVING_S)
        before, left = left, _left(store, check)
        still = still + 1 if left >= before else 0
    with store.reading() as connection:
        return snapshot(connection, check)


def _left(store: Store, check: Check) -> int:
    with store.reading() as connection:
        return due(connection, check)
