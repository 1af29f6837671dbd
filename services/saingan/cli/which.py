"""The argument of commands that are for some views, or for all."""

from typing import Annotated

import typer

from saingan.views import VIEWS


def _named(names: list[str] | None) -> list[str]:
    """Each view once, in the order of the map; all of them where none is named."""
    if unknown := [name for name in names or () if name not in VIEWS]:
        raise typer.BadParameter(f"{unknown[0]!r} is not a view: the views are {', '.join(VIEWS)}")
    return [name for name in VIEWS if not names or name in names]


Which = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="VIEW",
        help="Default: all",
        callback=_named,
        autocompletion=lambda: list(VIEWS),
        show_default=False,
    ),
]
