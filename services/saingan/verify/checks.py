"""The checks of the views in the map."""

from collections.abc import Sequence
from pkgutil import resolve_name

from saingan.errors import Fault
from saingan.topics import Topic
from saingan.verify import register
from saingan.verify.check import Check, FollowerCheck
from saingan.views import VIEWS


def checks(names: Sequence[str] = ()) -> list[Check | FollowerCheck]:
    """Those of some views, each once, or of all of them, in the order of the map.

    Raises:
        Fault: no view has that name, or nothing says how it is checked.
    """
    if unknown := [name for name in names if name not in VIEWS]:
        raise Fault(f"{unknown[0]!r} is not a view: the views are {', '.join(VIEWS)}")
    return [_check(name) for name in VIEWS if name in names or not names]


def _check(name: str) -> Check | FollowerCheck:
    entry = VIEWS[name]
    if entry.check is None and isinstance(entry.view, Topic):
        return register.check(entry.view)
    if entry.check is None:
        raise Fault(f"the view {name} names no check in the map of views (saingan/views.py): add it")
    check: Check | FollowerCheck = resolve_name(entry.check)
    return check
