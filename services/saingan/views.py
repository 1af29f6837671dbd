"""THE map of views. No view's name stands anywhere else.

It is text: to name a view imports nothing of it. A follower, which reads other views' tables, has a line here, too.
"""

from collections.abc import Collection, Mapping
from itertools import takewhile
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from saingan.errors import Fault
from saingan.topics import DEMAND, Topic

if TYPE_CHECKING:
    from saingan.engine.follow.following import Following
    from saingan.engine.view import View


class Entry(NamedTuple):
    """Where a view is found, each part as ``module:name``.

    Attributes:
        view: or the topic of a register, which needs no module (`saingan.engine.register`).
        check: by which `verify` compares it; a register needs none.
        follower: whether it follows other views, which name it among their readers.
    """

    view: str | Topic
    check: str | None = None
    follower: bool = False


_REGISTER: Final = "saingan.engine.register:register"

VIEWS: Final[Mapping[str, Entry]] = {
    "outcomes": Entry("saingan.outcomes.view:OUTCOMES", "saingan.verify.outcomes.check:CHECK"),
    "ovec_labour_demand": Entry(DEMAND),
}


def found(name: str) -> Any:
    """The view or the follower of that name.

    Raises:
        Fault: none has it.
    """
    if name not in VIEWS:
        raise Fault(f"{name!r} is not a view: the views are {', '.join(VIEWS)}")
    where = VIEWS[name].view
    return resolve_name(where) if isinstance(where, str) else resolve_name(_REGISTER)(where)


def load(name: str) -> "View":
    """The view of that name, which workers keep from topics; raises as `found`, and `Fault` for a follower."""
    if name in VIEWS and VIEWS[name].follower:
        raise Fault(f"{name!r} is a follower: it is kept by the workers of the views that it reads")
    view: View = found(name)
    return view


def figures(name: str) -> frozenset[Topic]:
    """The topics whose figures are this view's: those that no view before it in the map reads."""
    before = map(found, takewhile(lambda other: other != name, VIEWS))
    earlier = {topic for view in before for topic in getattr(view, "streams", ())}  # a follower reads none
    return frozenset(load(name).streams) - earlier


def from_topics() -> list[str]:
    """The views that workers keep from topics, in the order of the map; followers come with their sources."""
    return [name for name, entry in VIEWS.items() if not entry.follower]


def followers(views: "Collection[View]") -> "list[Following]":
    """The followers of some views, each once.

    Raises:
        Fault: a view names one that is not in the map.
    """
    names = sorted({name for view in views for name in view.readers})
    if unknown := [name for name in names if name not in VIEWS]:
        raise Fault(f"readers that are not in the map of views: {', '.join(unknown)}")
    return [found(name) for name in names]
