"""The argument of commands that are for some views, or for all."""

from typing import Annotated

import typer

from saingan.views import VIEWS, from_topics


def _named(names: list[str] | None) -> list[str]:
    """Each view once, in the order of the map; all of them where none is named."""
    if unknown := [name for name in names or () if name not in VIEWS]:
        raise typer.BadParameter(f"{unknown[0]!r} is not a view: the views are {', '.join(from_topics())}")
    if following := [name for name in names or () if VIEWS[name].follower]:
        raise typer.BadParameter(f"{following[0]!r} is a follower: it comes with the views that it reads")
    return [name for name in from_topics() if not names or name in names]


Which = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="VIEW",
        help="Default: all",
        callback=_named,
        autocompletion=from_topics,
        show_default=False,
    ),
]
