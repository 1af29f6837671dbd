from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.publish import registry_topics
from saingan.cli.which import Which
from saingan.views import load


def worker(
    views: Which = None,
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

    chosen = [load(name) for name in views or ()]
    if stream and len(chosen) > 1:
        raise typer.BadParameter("--stream needs one view")
    start(begin(), chosen, stream or (), until_caught_up)
