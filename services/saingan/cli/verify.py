from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json


def verify(
    strict: Annotated[bool, typer.Option("--strict", help="Fail, too, on what is on its way or not read yet")] = False,
    as_json: AsJson = False,
) -> None:
    """Derive the table anew by other code, and compare.

    It reads the whole topics. The exit status is 1 on any difference.

    \b
    Examples:
      saingan verify
      saingan verify --strict --json
    """
    from saingan.verify.outcomes.check import CHECK
    from saingan.verify.screen import print_report
    from saingan.verify.verify import verify

    (report,) = verify(begin(), [CHECK])
    if as_json:
        print_json(report.as_dict())
    else:
        print_report(report)
    raise typer.Exit(0 if report.clean and not (strict and report.behind) else 1)
