"""What a store was built with, and whether a version of a view can go on with that."""

from typing import Final, NamedTuple, NoReturn

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from saingan.engine.result import READER
from saingan.engine.tables import rederivation, view_build
from saingan.engine.view import View
from saingan.errors import Fault

log = structlog.get_logger(__name__)

REBUILDING: Final = "rebuilding"  # stands before the fingerprint of a view while its store is being rebuilt
ANOTHER: Final = {
    "sqlite": "sqlite:////path/to/new.db",
    "postgresql": "postgresql://user@host/new",
}


class Build(NamedTuple):
    """Of a view: what its state and its table are, and by which rules its rows are derived."""

    fingerprint: str
    rules: int
    lists: str | None  # None: not known, of a store of ab80f5a that was just taken over


COLUMNS: Final = tuple(view_build.c[name] for name in Build._fields)


def of(view: View) -> Build:
    return Build(view.fingerprint, view.rules, view.lists)


def adopt(conn: Connection, view: View) -> None:
    """Enter a view that is new to the store, or go on with what an earlier version of it kept there.

    Rows that follow rules of a lower number are all to be derived again.

    Raises:
        Fault: this version cannot go on with what is there.
    """
    ours, of_view = of(view), view_build.c.view == view.name
    held = conn.execute(select(*COLUMNS).where(of_view)).one_or_none()
    if held is None:
        conn.execute(insert(view_build).values(view=view.name, **ours._asdict()))
    elif tuple(held) != ours:
        theirs = Build(*conn.execute(select(*COLUMNS).where(of_view).with_for_update()).one())
        _check(view, theirs, conn.dialect.name)
        if theirs.rules < ours.rules:
            derive_all(conn, view)
        conn.execute(update(view_build).where(of_view).values(**ours._asdict()))


def derive_all(conn: Connection, view: View) -> None:
    """Have all rows of the view derived again, from the first key on."""
    log.info("all rows are derived again", view=view.name, rules=view.rules)
    conn.execute(delete(rederivation).where(rederivation.c.view == view.name))
    conn.execute(insert(rederivation).values(view=view.name, after=""))


def refuse(view: View, held: Build, dialect: str) -> NoReturn:
    """Stop a worker at work whose store another version has taken over."""
    _check(view, held, dialect)
    raise Fault(f"the store of the view {view.name!r} is an older one now than when this worker began: start it again")


def _check(view: View, held: Build, dialect: str) -> None:
    """Raise a `Fault` that says why this version of a view cannot go on with a store."""
    if held.fingerprint.startswith(REBUILDING):
        raise Fault("a rebuild is not finished: run `saingan rebuild`, which continues where it stopped")
    ours, theirs = _kept(view.fingerprint), _kept(held.fingerprint)
    if unknown := _readers(held.fingerprint) - set(view.readers):
        raise Fault(_behind(view, f"{', '.join(sorted(unknown))} read{'s' * (len(unknown) == 1)} its rows"))
    if ours[: len(theirs)] != theirs:
        if theirs[: len(ours)] == ours:
            more = ", ".join(word.partition(":")[0] for word in theirs[len(ours) :])
            raise Fault(_behind(view, f"the store also keeps {more}"))
        raise Fault(
            f"the store has the state of another version of the view {view.name!r} ({_differing(ours, theirs)}). "
            "Fill an empty database from the topics, then start the workers on that: "
            f"`SAINGAN_DATABASE={ANOTHER[dialect]} saingan rebuild`"
        )
    if held.rules > view.rules:
        raise Fault(_behind(view, f"the rows follow rules {held.rules}, and this version has rules {view.rules}"))
    if held.rules == view.rules and held.lists is not None and held.lists != view.lists:
        files = {word.partition(":")[0] for word in {*held.lists.split()} ^ {*view.lists.split()}}
        raise Fault(
            f"the rows follow rules {held.rules} with another content of {', '.join(sorted(files))}: install the files "
            f"of the other workers, or raise the number of the rules of {view.name!r}, after which all rows are "
            "derived again"
        )


def _kept(fingerprint: str) -> list[str]:
    return [word for word in fingerprint.split() if not word.startswith(READER)]


def _readers(fingerprint: str) -> set[str]:
    return {word.removeprefix(READER) for word in fingerprint.split() if word.startswith(READER)}


def _behind(view: View, what: str) -> str:
    return f"a later version of the view {view.name!r} took over the store ({what}): start that version, or a later one"


def _differing(ours: list[str], theirs: list[str]) -> str:
    streams = [dict(word.partition(":")[::2] for word in words[1:]) for words in (ours, theirs)]
    topics = [topic for topic in {**streams[1], **streams[0]} if streams[0].get(topic) != streams[1].get(topic)]
    if ours[0] != theirs[0]:
        topics.insert(0, "the table's columns")
    return ", ".join(topics) or "its streams in another order; a new one comes last"
