"""The command ``saingan``. Every command is a few lines around a function that a program can call too.

A command imports what it needs when it runs, so that ``--help`` and a typing error are answered at once.
"""

import os
import sys
from importlib import metadata
from typing import Annotated

import typer
from pydantic import ValidationError

from saingan import extras
from saingan.cli import dead_letters, demo, doctor, down, erase, publish, rebuild, status, up, verify, worker
from saingan.errors import SainganError
from saingan.settings import slips


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"saingan {metadata.version('saingan')}")
        raise typer.Exit


app = typer.Typer(
    help="Workforce-outcome exchange: registry events in, the employment-outcome table out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None: ...


app.command()(up.up)
app.command()(down.down)
app.command()(status.status)
app.command()(doctor.doctor)
app.command(epilog=publish.KNOWN)(publish.publish)
app.command()(rebuild.rebuild)
app.command()(verify.verify)
app.command()(erase.erase)
app.command()(demo.demo)
app.command()(worker.worker)
app.add_typer(dead_letters.dead_letters, name="dead-letters")


def main() -> None:
    """Run a command; an expected error is one line and exit status 1."""
    try:
        app()
    except ValidationError as error:
        for slip in slips(error):
            print(f"saingan: {slip}", file=sys.stderr)
        sys.exit(2)
    except SainganError as error:
        print(f"saingan: {error}", file=sys.stderr)
        sys.exit(1)
    except ModuleNotFoundError as error:
        advice = extras.advice(error)
        if advice is None:
            raise
        print(f"saingan: {advice}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the output has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
