from typing import Annotated

import typer

from saingan.cli.begin import begin


def erase(
    topic: Annotated[str | None, typer.Option(help="With --record: one record of this topic")] = None,
    record: Annotated[str | None, typer.Option(help="Its record_id")] = None,
    marked: Annotated[bool, typer.Option("--marked", help="All that bears an ERASE mark; run it every night")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what there is; change nothing")] = False,
) -> None:
    """Erase persons, or one record, for good.

    Give citizen IDs or person keys on standard input, one a line. On a terminal the command asks for one, and does not
    show it.

    \b
    Examples:
      saingan erase --dry-run
      saingan erase < citizen-ids.txt
      saingan erase --topic ovec.graduation.v1 --record G-2568-00017
      saingan erase --marked
    """
    from saingan.erase.ask import persons
    from saingan.erase.erase import Eraser, Request
    from saingan.erase.report import print_done, print_found
    from saingan.outcomes.view import OUTCOMES

    if (topic is None) != (record is None) or (marked and record is not None):
        raise typer.BadParameter("give --topic and --record together, or --marked, or neither")
    settings = begin()
    one = (topic, record) if topic is not None and record is not None else None
    request = Request(frozenset() if marked or one else persons(settings), one)
    with Eraser(settings, OUTCOMES) as eraser:
        found = eraser.look(request)
        print_found(found)
        if not dry_run:
            print_done(found, eraser.erase())
