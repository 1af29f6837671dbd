from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.which import Which
from saingan.plural import counted


def rebuild(
    views: Which = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Withdraw from the topic what has no row, however many keys that are")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="First remove what the store has of these views, and of no others")
    ] = False,
) -> None:
    """Build views anew in an empty database, by all cores.

    It reads all of their topics from the beginning. With --anew the database need not be empty, and no worker of these
    views may run.

    \b
    Examples:
      SAINGAN_DATABASE=sqlite:////srv/new.db saingan rebuild
      SAINGAN_DATABASE=postgresql://saingan@db/new saingan rebuild --reconcile
      saingan rebuild ovec_labour_demand --anew
    """
    from saingan.rebuild.rebuild import rebuild

    settings = begin()
    for view in views or ():
        done = rebuild(settings, view, reconcile=reconcile, anew=anew)
        print(
            f"{view}: {counted(done.records, 'record')} into {counted(done.rows, 'row')}; "
            f"{done.refused:,} refused, {done.conflicts:,} in conflict. "
            f"{counted(done.withdrawn, 'key')} without a row withdrawn from the topic. "
            "Start the workers now: they continue from here."
        )
