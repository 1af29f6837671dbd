from typing import Annotated

import typer

from saingan.cli.begin import begin


def down(purge: Annotated[bool, typer.Option("--purge", help="Delete the data too; the keys stay")] = False) -> None:
    """Stop what `up` started.

    \b
    Examples:
      saingan down
      saingan down --purge
    """
    from saingan import local

    stopped = local.down(begin(), purge=purge)
    print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
