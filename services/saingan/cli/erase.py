from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.errors import Fault


def erase(
    topic: Annotated[str | None, typer.Option(help="With --record: one record of this topic")] = None,
    record: Annotated[str | None, typer.Option(help="Its record_id")] = None,
    marked: Annotated[bool, typer.Option("--marked", help="All that bears an ERASE mark; run it every night")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what there is; change nothing")] = False,
    mark_anyway: Annotated[
        bool, typer.Option("--mark-anyway", help="Mark a record that nobody knows; its person on standard input")
    ] = False,
) -> None:
    """Erase persons, or one record, for good.

    Give citizen IDs or person keys on standard input, one a line. On a terminal the command asks for one, and does not
    show it. The exit status is 1 where nothing is known of the record or of the persons.

    \b
    Examples:
      saingan erase --dry-run
      saingan erase < citizen-ids.txt
      saingan erase --topic ovec.graduation.v1 --record G-2568-00017
      saingan erase --marked
    """
    from saingan.erase.ask import only, persons
    from saingan.erase.erase import Eraser, Request
    from saingan.erase.report import print_done, print_found
    from saingan.outcomes.view import OUTCOMES

    if (topic is None) != (record is None) or (marked and record is not None):
        raise typer.BadParameter("give --topic and --record together, or --marked, or neither")
    if mark_anyway and record is None:
        raise typer.BadParameter("--mark-anyway needs --topic and --record")
    settings = begin()
    named = persons(settings) if mark_anyway or not (marked or record) else frozenset[str]()
    if topic is not None and record is not None:
        request = Request(record=(topic, record), owner=only(named) if mark_anyway else None)
    else:
        request = Request(named)
    with Eraser(settings, OUTCOMES) as eraser:
        found = eraser.look(request)
        print_found(found)
        if not (found.known or marked):
            raise Fault("no state, mark, message or dead letter knows whom you named: nothing was erased")
        if dry_run:
            print("dry run: nothing was changed")
        else:
            print_done(found, eraser.erase())
