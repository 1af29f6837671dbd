"""THE map of views. No view's name stands anywhere else.

It is text: to name a view imports nothing of it. A follower, which reads other views' tables, has a line here, too.
"""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final, NamedTuple

from saingan.errors import Fault

if TYPE_CHECKING:
    from saingan.engine.view import View


class Entry(NamedTuple):
    """Where a view is found, each part as ``module:name``.

    Attributes:
        check: by which `verify` compares it; a register needs none.
    """

    view: str
    check: str | None = None


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
    view: View = resolve_name(VIEWS[name].view)
    return view
