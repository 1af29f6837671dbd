from pathlib import Path
from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json
from saingan.standard import schemas
from saingan.topics import TOPICS


def registry_topics() -> list[str]:
    return [name for name, topic in TOPICS.items() if topic.registry]


def _mappings() -> list[str]:
    files = (schemas.root() / "mappings").iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


KNOWN = "\n  ".join(["\b\nTopics:", *registry_topics()]) + "\n  ".join(["\n\n\b\nMappings:", *_mappings()])


def publish(
    topic: Annotated[str, typer.Argument(help="One of the topics below", autocompletion=registry_topics)],
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines (.jsonl) or Excel (.xlsx)")],
    mapping: Annotated[
        str | None, typer.Option(help="One of the mappings below, or a YAML file", autocompletion=_mappings)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all, send nothing; needs no exchange")] = False,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook, the sheet to read")] = None,
    all_sheets: Annotated[bool, typer.Option("--all-sheets", help="Read each sheet that has the headings")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a file as an agency exports it.

    Refused rows go to a file beside it, with the reason for each. The exit status is 1 where a row was refused.

    \b
    Examples:
      saingan publish sso.insured-employment.v1 m33.csv --dry-run
      saingan publish sso.insured-employment.v1 m33.csv \\
          --mapping sso-insured-employment
      saingan publish ovec.graduation.v1 graduates.jsonl --json
    """
    from saingan.publish.files.importer import publish_file
    from saingan.publish.files.show import print_summary

    summary = publish_file(begin(), topic, file, mapping, dry_run, sheet=sheet, all_sheets=all_sheets)
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(summary)
    raise typer.Exit(0 if summary.clean else 1)
