"""`saingan verify`: the topics read whole and judged by the standard alone, against a view's table and its topic."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Final

from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log
from saingan.progress import progress_bars
from saingan.settings import Settings
from saingan.verify.check import Check, FollowerCheck, Rows
from saingan.verify.checks import checks as checks_of
from saingan.verify.judge import Judge
from saingan.verify.report import FollowerReport, Report
from saingan.verify.snapshot import due, snapshot, views
from saingan.verify.store import Store

_DERIVING_S: Final = 1.0  # between two looks at how many rows are still to be derived again
_STILL: Final = 10  # looks at no fewer of them: no worker derives


def verify(
    settings: Settings, checks: Sequence[Check | FollowerCheck], *, progress: bool = True
) -> Iterator[Report | FollowerReport]:
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
        followers = [check for check in checks if isinstance(check, FollowerCheck)]
        followed = {source for follower in followers for source in follower.sources}
        for check in checks:
            if isinstance(check, FollowerCheck):
                yield from _follower(settings, judge, check)
            elif check.view not in followed:
                _until_derived(store, check)
                with store.reading() as connection:
                    found = snapshot(connection, check)
                yield judge.view(check, found)[0]


def _follower(settings: Settings, judge: Judge, check: FollowerCheck) -> Iterator[Report | FollowerReport]:
    """First the sources, then the outputs beside what the sources should be."""
    from saingan.verify.moment import moment  # loads what the follower is made of, none of which is needed for a view

    sources = [source for source in checks_of(check.sources) if isinstance(source, Check)]
    for source in sources:
        _until_derived(judge.store, source)
    found, expected = moment(settings, check, sources), dict[str, Rows]()
    for source, seen in zip(sources, found.sources, strict=True):
        report, expected[source.view] = judge.view(source, seen)
        yield report
    rows = check.rows(expected, found.dates) if found.dates else {}
    yield FollowerReport(
        check.view,
        found.waiting,
        tuple(
            judge.output(output, rows[output.name], *stored)
            for output, stored in zip(check.outputs, found.outputs, strict=bool(found.dates))
        ),
    )


def kept(settings: Settings, checks: Sequence[Check | FollowerCheck]) -> list[Check | FollowerCheck]:
    """Those whose views are in the store; all of them where none is.

    Raises:
        Transient: the database does not answer.
        Fault: the store does not exist.
    """
    with closing(Store(settings)) as store, store.reading() as connection:
        found = views(connection)
    return [check for check in checks if check.view in found] or [*checks]


def _until_derived(store: Store, check: Check) -> None:
    """Wait until no row is to be derived again, or as long as a worker derives them."""
    left, still = _left(store, check), 0
    while left and still < _STILL:
        time.sleep(_DERIVING_S)
        before, left = left, _left(store, check)
        still = still + 1 if left >= before else 0


def _left(store: Store, check: Check) -> int:
    with store.reading() as connection:
        return due(connection, check)
