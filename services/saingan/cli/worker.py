from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.publish import registry_topics


def outcomes(
    stream: Annotated[
        list[str] | None, typer.Option(help="Read this topic only; may be given again", autocompletion=registry_topics)
    ] = None,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End when everything in the topics is taken in")
    ] = False,
) -> None:
    """Keep the employment-outcome table and its topic.

    The worker runs until Ctrl-C or SIGTERM. Several workers share the partitions.

    \b
    Examples:
      saingan worker outcomes
      saingan worker outcomes --until-caught-up
    """
    from saingan.engine.process.start import start
    from saingan.outcomes.view import OUTCOMES

    start(begin(), OUTCOMES, stream or (), until_caught_up)
