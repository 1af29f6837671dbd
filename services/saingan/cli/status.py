from collections.abc import Iterable
from typing import TYPE_CHECKING

from saingan.cli.begin import begin
from saingan.cli.output import mark, print_rows

if TYPE_CHECKING:
    from saingan.local import Status


def status() -> None:
    """Show which servers run, where, and who started them.

    \b
    Examples:
      saingan status
    """
    from saingan import local

    print_servers(local.status(begin()))


def print_servers(servers: "Iterable[Status]") -> None:
    rows = [(mark(each.answers), each.name, each.address, each.origin) for each in servers]
    print_rows(("", "part", "address", "run by"), rows)
