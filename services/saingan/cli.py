"""The command ``saingan``. Every command is a few lines around a function that a program can call too."""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from saingan import logs
from saingan.errors import SainganError
from saingan.settings import Settings

app = typer.Typer(
    help="Workforce-outcome exchange: registry events in, the employment-outcome table out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
letters = typer.Typer(help="What could not be taken in.", no_args_is_help=True)
worker = typer.Typer(help="Run a worker.", no_args_is_help=True)
app.add_typer(letters, name="dead-letters")
app.add_typer(worker, name="worker")


@app.command()
def up(
    restrict_registry: Annotated[
        bool, typer.Option("--restrict-registry", help="Set FULL_TRANSITIVE for all of a registry that is given")
    ] = False,
) -> None:
    """Start the local exchange (Kafka, schema registry), make topics, schemas and keys. Twice is harmless."""
    from saingan import local
    from saingan.local import show

    settings = _settings()
    local.up(settings, restrict_registry=restrict_registry)
    Console().print(show.status_table(local.status(settings)))


@app.command()
def down(purge: Annotated[bool, typer.Option("--purge", help="Forget the data too; keys stay.")] = False) -> None:
    """Stop what `up` started."""
    from saingan import local

    stopped = local.down(_settings(), purge=purge)
    print(f"stopped: {', '.join(stopped)}" if stopped else "nothing of ours was running")


@app.command()
def status() -> None:
    """Say what runs, where, and who started it."""
    from saingan import local
    from saingan.local import show

    Console().print(show.status_table(local.status(_settings())))


@app.command()
def doctor() -> None:
    """Name what is missing and how to mend it; non-zero where something is."""
    from saingan import local
    from saingan.local import show

    findings = local.doctor(_settings())
    Console().print(show.findings_table(findings))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def publish(
    topic: Annotated[str, typer.Argument(help="For example sso.insured-employment.v1")],
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines (.jsonl) or Excel (.xlsx)")],
    mapping: Annotated[str | None, typer.Option(help="Name of a shipped mapping, or a YAML file")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all, send nothing; needs no exchange")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON")] = False,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook, the sheet to read")] = None,
    all_sheets: Annotated[bool, typer.Option("--all-sheets", help="Read each sheet that has the headings")] = False,
) -> None:
    """Publish a file as an agency exports it. Refused rows go to a file beside it, with the reason for each."""
    from saingan.publish.importer import publish_file
    from saingan.publish.show import print_summary

    summary = publish_file(_settings(), topic, file, mapping, dry_run, sheet=sheet, all_sheets=all_sheets)
    if as_json:
        print(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
    else:
        print_summary(summary)
    raise typer.Exit(0 if summary.clean else 1)


@worker.command()
def outcomes(
    stream: Annotated[list[str] | None, typer.Option(help="Read this topic only; may be given again")] = None,
    until_caught_up: Annotated[bool, typer.Option("--until-caught-up", help="End when all there is is in")] = False,
) -> None:
    """Keep the employment-outcome table and its topic."""
    from saingan.engine.start import start
    from saingan.outcomes.view import OUTCOMES

    settings = _settings()
    logs.set_up(settings.log_level)
    start(settings, OUTCOMES, stream or (), until_caught_up)


@app.command()
def rebuild(
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Withdraw from the topic what has no row, however many keys that are")
    ] = False,
) -> None:
    """Build the employment-outcome table from the topics' beginning, by all cores, in an empty database."""
    from saingan.rebuild.rebuild import rebuild

    done = rebuild(_settings(), "saingan.outcomes.view:OUTCOMES", reconcile=reconcile)
    print(
        f"{done.records:,} records into {done.rows:,} rows; {done.refused:,} refused, {done.conflicts:,} in conflict. "
        f"{done.withdrawn:,} keys without a row are withdrawn from the topic. "
        "Start the workers now: they go on where this ended."
    )


@app.command()
def verify(
    strict: Annotated[bool, typer.Option("--strict", help="Fail, too, on what is on its way or not read yet")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for machines, with whole hashes")] = False,
) -> None:
    """Derive the table anew from the whole topics by other code, and compare; non-zero on any difference."""
    from saingan.verify.report import print_report
    from saingan.verify.verify import verify

    report = verify(_settings())
    if as_json:
        print(json.dumps(report.as_dict(), indent=2))
    else:
        print_report(report)
    raise typer.Exit(0 if report.clean and not (strict and report.behind) else 1)


@app.command()
def erase(
    topic: Annotated[str | None, typer.Option(help="With --record: one record of this topic")] = None,
    record: Annotated[str | None, typer.Option(help="Its record_id")] = None,
    marked: Annotated[bool, typer.Option("--marked", help="All that bears an ERASE mark; run it every night")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what there is; change nothing")] = False,
) -> None:
    """Forget persons for good: their citizen IDs, or person keys, come on standard input, one a line."""
    from saingan.erase.ask import persons
    from saingan.erase.erase import Eraser, Request
    from saingan.erase.report import print_done, print_found
    from saingan.outcomes.view import OUTCOMES

    if (topic is None) != (record is None) or (marked and record is not None):
        raise typer.BadParameter("give --topic and --record together, or --marked, or neither")
    settings = _settings()
    one = (topic, record) if topic is not None and record is not None else None
    request = Request(frozenset() if marked or one else persons(settings), one)
    with Eraser(settings, OUTCOMES) as eraser:
        found = eraser.look(request)
        print_found(found)
        if not dry_run:
            print_done(found, eraser.erase())


@letters.command("list")
def list_letters() -> None:
    """Show reason, origin, time and size of each; never content."""
    from saingan.engine.dead_letters import dead_letters

    table = Table("origin", "reason", "detail", "refused at", "bytes")
    found = dead_letters(_settings())
    for letter in found:
        table.add_row(letter.origin, letter.reason, letter.detail, letter.failed_at, str(letter.size))
    Console().print(table if found else "no dead letters")


@letters.command("show")
def show_letter(
    origin: Annotated[str, typer.Argument(help="topic/partition/offset")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Open it; needs the operator's private key")] = False,
) -> None:
    """Show one dead letter."""
    from saingan.engine.dead_letters import find
    from saingan.engine.sealing import Sealer

    settings = _settings()
    letter = find(settings, origin)
    for name in ("origin", "view", "reason", "detail", "failed_at", "size"):
        print(f"{name:10} {getattr(letter, name)}")
    if reveal:
        key, value, headers = Sealer.from_file(settings.private_key_file).open(letter.sealed)
        print(f"{'key':10} {key!r}")
        for name, content in headers:
            print(f"{'header':10} {name}: {content!r}")
        print(f"{'value':10} {base64.b64encode(value or b'').decode()} (base64)")


@letters.command("replay")
def replay_letters(
    origins: Annotated[list[str] | None, typer.Argument(help="topic/partition/offset; all where none is given")] = None,
) -> None:
    """Send the original bytes again; needs the operator's private key."""
    from saingan.engine.dead_letters import replay

    print(f"replayed: {replay(_settings(), origins or ())}")


@app.command()
def demo(
    graduates: Annotated[int, typer.Option(min=100, help="How many synthetic graduates")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another number, another population")] = 2569,
) -> None:
    """Run the main job on real parts, with a synthetic population, and tell one graduate's story."""
    from saingan.demo.demo import demo

    demo(_settings(), graduates=graduates, seed=seed)


def _settings() -> Settings:
    return Settings()


def main() -> None:
    """Run a command; an error of ours is one line and exit status 1."""
    try:
        app()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(f"saingan: SAINGAN_{name}: {problem['msg']}", file=sys.stderr)
        sys.exit(2)
    except SainganError as error:
        print(f"saingan: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone; there is no one left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
