import sys
from typing import Annotated, Final

import typer

from saingan.cli.begin import begin
from saingan.cli.status import print_servers
from saingan.invoked import invoked

_ONE_COPY: Final = (
    "saingan: SAINGAN_REPLICATION is 1: topics made on this broker have one copy, and a lost disk loses their records. "
    "On a cluster set SAINGAN_REPLICATION=3 before the first `saingan up`."
)


def up(
    restrict_registry: Annotated[
        bool, typer.Option("--restrict-registry", help="Set FULL_TRANSITIVE for all of a registry that is given")
    ] = False,
) -> None:
    """Start the local exchange. Safe to run again.

    It starts Kafka and the schema registry, unless they are given, and makes topics, schemas and keys.

    \b
    Examples:
      saingan up
      SAINGAN_KAFKA=kafka:9092 SAINGAN_REPLICATION=3 saingan up
    """
    from saingan import local

    settings = begin()
    local.up(settings, restrict_registry=restrict_registry)
    if settings.kafka is not None and settings.replication == 1:
        print(_ONE_COPY, file=sys.stderr)
    print_servers(local.status(settings))
    us = invoked()
    print(f"Next: `{us} worker` keeps the tables up to date; `{us} publish --help` shows how to send a file.")
