from pathlib import Path
from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json


def publish(
    topic: Annotated[str, typer.Argument(help="For example sso.insured-employment.v1")],
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines (.jsonl) or Excel (.xlsx)")],
    mapping: Annotated[str | None, typer.Option(help="Name of a shipped mapping, or a YAML file")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all, send nothing; needs no exchange")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a file as an agency exports it.

    Refused rows go to a file beside it, with the reason for each. The exit status is 1 where a row was refused.
    """
    from saingan.publish.importer import publish_file
    from saingan.publish.show import print_summary

    summary = publish_file(begin(), topic, file, mapping, dry_run)
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(summary)
    raise typer.Exit(0 if summary.clean else 1)
