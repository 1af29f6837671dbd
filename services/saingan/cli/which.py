"""The argument of commands that are for some views, or for all."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from saingan.views import VIEWS, from_topics


def _with_followers(names: list[str] | None) -> list[str]:
    """Each view once, in the order of the map; all of them where none is named."""
    if unknown := [name for name in names or () if name not in VIEWS]:
        raise typer.BadParameter(f"{unknown[0]!r} is not a view: the views are {', '.join(VIEWS)}")
    return [name for name in VIEWS if not names or name in names]


def _named(names: list[str] | None) -> list[str]:
    """As above, for commands that take views made from topics alone."""
    if following := [name for name in names or () if name in VIEWS and VIEWS[name].follower]:
        raise typer.BadParameter(f"{following[0]!r} is a follower: it comes with the views that it reads")
    return [name for name in _with_followers(names) if not VIEWS[name].follower]


def _argument(callback: Callable[[list[str] | None], list[str]], completion: Callable[[], list[str]]) -> Any:
    return typer.Argument(
        metavar="VIEW", help="Default: all", callback=callback, autocompletion=completion, show_default=False
    )


Which = Annotated[list[str] | None, _argument(_named, from_topics)]
WhichOrFollower = Annotated[list[str] | None, _argument(_with_followers, lambda: list(VIEWS))]
