"""THE map of views. No view's name stands anywhere else.

It is text: to name a view imports nothing of it. A follower, which reads other views' tables, has a line here, too.
"""

from collections.abc import Mapping
from itertools import takewhile
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final, NamedTuple

from saingan.errors import Fault
from saingan.topics import Topic

if TYPE_CHECKING:
    from saingan.engine.view import View


class Entry(NamedTuple):
    """Where a view is found, each part as ``module:name``.

    Attributes:
        view: or the topic of a register, which needs no module (`saingan.engine.register`).
        check: by which `verify` compares it; a register needs none.
    """

    view: str | Topic
    check: str | None = None


_REGISTER: Final = "saingan.engine.register:register"

VIEWS: Final[Mapping[str, Entry]] = {
    "outcomes": Entry("saingan.outcomes.view:OUTCOMES", "saingan.verify.outcomes.check:CHECK"),
}


def load(name: str) -> "View":
    """
    Raises:
        Fault: no view has that name.
    """
    if name not in VIEWS:
        raise Fault(f"{name!r} is not a view: the views are {', '.join(VIEWS)}")
    found = VIEWS[name].view
    view: View = resolve_name(found) if isinstance(found, str) else resolve_name(_REGISTER)(found)
    return view


def figures(name: str) -> frozenset[Topic]:
    """The topics whose figures are this view's: those that no view before it in the map reads."""
    earlier = {topic for other in takewhile(lambda other: other != name, VIEWS) for topic in load(other).streams}
    return frozenset(load(name).streams) - earlier
