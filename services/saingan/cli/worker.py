from typing import Annotated

import typer

from saingan.cli.begin import begin


def outcomes(
    stream: Annotated[list[str] | None, typer.Option(help="Read this topic only; may be given again")] = None,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End when everything in the topics is taken in")
    ] = False,
) -> None:
    """Keep the employment-outcome table and its topic."""
    from saingan.engine.start import start
    from saingan.outcomes.view import OUTCOMES

    start(begin(), OUTCOMES, stream or (), until_caught_up)
