from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.publish import registry_topics
from saingan.views import VIEWS, load


def view_names() -> list[str]:
    return list(VIEWS)


def worker(
    views: Annotated[
        list[str] | None, typer.Argument(metavar="[VIEW ...]", help="All, if none is named", autocompletion=view_names)
    ] = None,
    stream: Annotated[
        list[str] | None,
        typer.Option(help="Of one view, read this topic only; may be given again", autocompletion=registry_topics),
    ] = None,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End when everything in the topics is taken in")
    ] = False,
) -> None:
    """Keep views: their tables, and their topics.

    The worker runs until Ctrl-C or SIGTERM. Several workers of a view share its partitions.

    \b
    Examples:
      saingan worker
      saingan worker outcomes --until-caught-up
    """
    from saingan.engine.process.start import start

    names = list(dict.fromkeys(views or VIEWS))
    if stream and len(names) > 1:
        raise typer.BadParameter("--stream needs one view")
    settings = begin()
    start(settings, [load(name) for name in names], stream or (), until_caught_up)
