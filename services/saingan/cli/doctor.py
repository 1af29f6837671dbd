import dataclasses

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, mark, print_json, print_rows


def doctor(as_json: AsJson = False) -> None:
    """Check the exchange, and name a fix for each fault.

    The exit status is 1 where something is wrong. It changes nothing.

    \b
    Examples:
      saingan doctor
      saingan doctor --json
    """
    from saingan.doctor import examine

    findings = examine(begin())
    if as_json:
        print_json([dataclasses.asdict(each) for each in findings])
    else:
        rows = [(mark(each.ok), each.name, each.detail, each.remedy) for each in findings]
        print_rows(("", "check", "finding", "fix"), rows)
    raise typer.Exit(0 if all(each.ok for each in findings) else 1)
