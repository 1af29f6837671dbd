from typing import Annotated

import typer

from saingan.cli.begin import begin


def demo(
    graduates: Annotated[int, typer.Option(min=100, help="How many synthetic graduates")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another number, another population")] = 2569,
) -> None:
    """Run the main job on real servers, with synthetic people.

    \b
    Examples:
      saingan demo
      saingan demo --graduates 2000 --seed 7
    """
    from saingan.demo.demo import demo

    demo(begin(), graduates=graduates, seed=seed)
