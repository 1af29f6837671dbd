from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json
from saingan.cli.which import WhichOrFollower
from saingan.views import VIEWS


def verify(
    views: WhichOrFollower = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail, too, on what is on its way or not read yet")] = False,
    as_json: AsJson = False,
) -> None:
    """Derive the tables anew by other code, and compare.

    It reads the whole topics. Where no view is named, it passes over those that the
    store does not have. The exit status is 1 on any difference, and 2 where
    a view of views could not be compared, as what it follows has not come to rest.

    \b
    Examples:
      saingan verify
      saingan verify outcomes --strict --json
    """
    from saingan.verify.checks import checks
    from saingan.verify.screen import print_report
    from saingan.verify.verify import kept, verify

    settings, asked = begin(), checks(views or ())
    chosen = kept(settings, asked) if len(asked) == len(VIEWS) else asked
    if not as_json:
        for absent in [check.view for check in asked if check not in chosen]:
            print(f"{absent}: not in this store, no worker has kept it.")
    reports = []
    for report in verify(settings, chosen):
        reports.append(report)
        if not as_json:
            print_report(report)
    if as_json:
        print_json({report.view: report.as_dict() for report in reports})
    if not all(report.clean and not (strict and report.behind) for report in reports):
        raise typer.Exit(1)
    if not all(report.compared for report in reports):
        raise typer.Exit(2)
