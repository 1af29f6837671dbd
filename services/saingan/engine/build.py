"""What a store was built with, and whether a version of a view can go on with that."""

from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from saingan.engine.tables import view_build
from saingan.engine.view import View
from saingan.errors import Fault

REBUILDING: Final = "rebuilding"  # stands before the fingerprint of a view while its store is being rebuilt
_ANOTHER: Final = {
    "sqlite": "sqlite:////path/to/new.db",
    "postgresql": "postgresql://user@host/new",
}


def adopt(conn: Connection, view: View) -> None:
    """Enter a view that is new to the store, or go on with what an earlier version of it kept there.

    Raises:
        Fault: this version cannot go on with that.
    """
    wanted = {"fingerprint": view.fingerprint, "rules": view.rules, "lists": view.lists}
    of_view = view_build.c.view == view.name
    built = select(view_build.c.fingerprint, view_build.c.rules, view_build.c.lists).where(of_view)
    held = conn.execute(built).one_or_none()
    if held is None:
        conn.execute(insert(view_build).values(view=view.name, **wanted))
    elif held._mapping != wanted:
        held = conn.execute(built.with_for_update()).one()
        check(conn, view, held)
        conn.execute(update(view_build).where(of_view).values(**wanted))


def check(conn: Connection, view: View, held: Row[Any, Any, Any]) -> None:
    """Raise the `Fault` that tells why a version of a view cannot go on with what the store was built with."""
    if held.fingerprint.startswith(REBUILDING):
        raise Fault("the store is being rebuilt: `saingan rebuild` goes on where it stopped; workers come after")
    ours, theirs = view.fingerprint.split(), held.fingerprint.split()
    if ours[: len(theirs)] != theirs:
        if theirs[: len(ours)] == ours:
            more = ", ".join(word.partition(":")[0] for word in theirs[len(ours) :])
            raise Fault(_behind(view, f"the store also keeps {more}"))
        raise Fault(
            f"the store holds the state of another version of the view {view.name!r} ({_differing(ours, theirs)}). "
            "Fill an empty database from the topics, then start the workers on that: "
            f"`SAINGAN_DATABASE={_ANOTHER[conn.dialect.name]} saingan rebuild`"
        )
    if held.rules > view.rules:
        raise Fault(_behind(view, f"the rows follow rules {held.rules}, and this version has rules {view.rules}"))
    if held.rules == view.rules and held.lists != view.lists:
        files = {word.partition(":")[0] for word in {*held.lists.split()} ^ {*view.lists.split()}}
        raise Fault(
            f"the rows follow rules {held.rules} with another content of {', '.join(sorted(files))}: install the files "
            f"of the other workers, or raise the number of the rules of {view.name!r}, after which all rows are "
            "derived again"
        )


def _behind(view: View, what: str) -> str:
    return f"a later version of the view {view.name!r} took over the store ({what}): start that version, or a later one"


def _differing(ours: list[str], theirs: list[str]) -> str:
    streams = [dict(word.partition(":")[::2] for word in words[1:]) for words in (ours, theirs)]
    topics = [topic for topic in {**streams[1], **streams[0]} if streams[0].get(topic) != streams[1].get(topic)]
    if ours[0] != theirs[0]:
        topics.insert(0, "the table's columns")
    return ", ".join(topics) or "its streams in another order; a new one comes last"
