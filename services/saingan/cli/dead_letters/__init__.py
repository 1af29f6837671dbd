"""The commands ``saingan dead-letters ...``."""

import typer

from saingan.cli.dead_letters import list_all, replay, show

dead_letters = typer.Typer(help="List, show and replay refused records.", no_args_is_help=True)
dead_letters.command("list")(list_all.list_all)
dead_letters.command()(show.show)
dead_letters.command()(replay.replay)
