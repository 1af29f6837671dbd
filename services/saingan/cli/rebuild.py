from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.plural import counted


def rebuild(
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Withdraw from the topic what has no row, however many keys that are")
    ] = False,
) -> None:
    """Build the table anew in an empty database, by all cores.

    It reads all topics from their beginning.

    \b
    Examples:
      SAINGAN_DATABASE=sqlite:////srv/new.db saingan rebuild
      SAINGAN_DATABASE=postgresql://saingan@db/new saingan rebuild --reconcile
    """
    from saingan.rebuild.rebuild import rebuild

    done = rebuild(begin(), "saingan.outcomes.view:OUTCOMES", reconcile=reconcile)
    print(
        f"{counted(done.records, 'record')} into {counted(done.rows, 'row')}; "
        f"{done.refused:,} refused, {done.conflicts:,} in conflict. "
        f"{counted(done.withdrawn, 'key')} without a row withdrawn from the topic. "
        "Start the workers now: they continue from here."
    )
