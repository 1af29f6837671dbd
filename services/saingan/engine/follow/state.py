"""How far a follower has come, as the store tells it to all: the worker, `status` and `verify`.

A follower holds its sources' rows in memory, so each begins by reading them all. From then until all that it made of
them is written, the store has no word that it follows a source. That is the mark of a start; where the sources'
epochs are others than those of the outputs, a start is due.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from saingan.engine.core.derived import Dates
from saingan.engine.follow.following import Following
from saingan.engine.keys import KeySet
from saingan.engine.store import build, observation
from saingan.engine.store.build import Build
from saingan.engine.store.opening import clock
from saingan.engine.tables import followed, lease, view_build
from saingan.engine.tables import observation as observed
from saingan.errors import Fault


class Progress(NamedTuple):
    """
    Attributes:
        epochs: of the sources, by name; a source that has no whole table now has none.
        follows: the epochs that the outputs were made from; empty from the beginning of a start to its end.
        dates: in force; None where no worker was ever at work.
        under: those that the outputs were made for.
        built: by which version of the follower.
    """

    epochs: Mapping[str, int]
    follows: Mapping[str, int]
    dates: Dates | None
    under: Dates | None
    built: Build | None


def read(conn: Connection, following: Following) -> Progress:
    fingerprints = {view.name: view.fingerprint for view in following.sources}
    builds = select(view_build).where(view_build.c.view.in_([*fingerprints, following.name]))
    held = {row.view: row for row in conn.execute(builds)}
    mine = held.pop(following.name, None)
    epochs = {name: row.epoch for name, row in held.items() if row.fingerprint == fingerprints[name]}
    follows = conn.execute(select(followed.c.source, followed.c.epoch).where(followed.c.follower == following.name))
    in_force = conn.execute(select(observed)).one_or_none()
    return Progress(
        epochs,
        {row.source: row.epoch for row in follows},
        _dates(in_force),
        _dates(mine) if mine is not None and mine.observed_on is not None else None,
        None if mine is None else Build(*(mine._mapping[column.name] for column in build.COLUMNS)),
    )


def ready(following: Following, progress: Progress) -> bool:
    """Whether all sources are there, whole, and as this version of them keeps them."""
    return len(progress.epochs) == len(following.sources) and progress.dates is not None


def current(progress: Progress) -> bool:
    """Whether nothing but changed keys can make the outputs other than they should be."""
    return progress.follows == progress.epochs and progress.under == progress.dates


def waiting(conn: Connection, following: Following, most: int | None = None) -> int:
    """What is to be done before the outputs are those of the sources: changed keys, newer dates, a start.

    Args:
        most: no more keys than that are counted of each source.
    """
    progress = read(conn, following)
    if not ready(following, progress):
        return 1
    keys = sum(KeySet(following.keys(view), view.table).count(conn, most) for view in following.sources)
    return keys + (progress.follows != progress.epochs) + (progress.under != progress.dates)


def led(conn: Connection, following: Following) -> bool:
    """Whether a worker has the lease of this follower."""
    expires_at = conn.execute(select(lease.c.expires_at).where(lease.c.name == following.lease)).scalar_one_or_none()
    return expires_at is not None and expires_at > clock(conn)


def begin(conn: Connection, following: Following, progress: Progress) -> None:
    """Mark a start.

    Raises:
        Fault: another layout of the outputs, or later rules, made what the store holds.
    """
    _adopt(conn, following, progress.built)
    conn.execute(delete(followed).where(followed.c.follower == following.name))


def complete(conn: Connection, following: Following, epochs: Mapping[str, int], under: Dates) -> None:
    """But for keys in the sets, the outputs are those of the sources at these epochs, seen from these dates."""
    of_follower = followed.c.follower == following.name
    conn.execute(delete(followed).where(of_follower))
    lines = [{"follower": following.name, "source": source, "epoch": epoch} for source, epoch in epochs.items()]
    conn.execute(insert(followed), lines)
    dates = {"observed_on": observation.day(under.observed_on), "complete_through": observation.day(under[1])}
    conn.execute(update(view_build).where(view_build.c.view == following.name).values(**dates))


def of(following: Following) -> Build:
    return Build(following.fingerprint, following.rules, following.lists)


def _adopt(conn: Connection, following: Following, held: Build | None) -> None:
    ours = of(following)
    if held is None:
        conn.execute(insert(view_build).values(view=following.name, **ours._asdict()))
        return
    layouts = [_layout(following, one) for one in (held, ours)]
    if held.rules > ours.rules or layouts[0] != layouts[1]:
        raise Fault(
            f"the store has the outputs of another version of the follower {following.name!r} (rules {held.rules}; "
            f"this version has rules {ours.rules}): start that version, or a later one, or name another database in "
            "SAINGAN_DATABASE"
        )
    if held != ours:
        conn.execute(update(view_build).where(view_build.c.view == following.name).values(**ours._asdict()))


def _layout(following: Following, built: Build) -> list[str]:
    return built.fingerprint.split()[: len(following.outputs)]


def _dates(row: object) -> Dates | None:
    if row is None:
        return None
    return Dates(observation.days(row.observed_on), observation.days(row.complete_through))  # type: ignore[attr-defined]
