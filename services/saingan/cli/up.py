from typing import Annotated

import typer

from saingan.cli.begin import begin
from saingan.cli.status import print_servers


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
    print_servers(local.status(settings))
