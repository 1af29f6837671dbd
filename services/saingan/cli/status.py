import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, mark, print_json, print_rows
from saingan.plural import counted

if TYPE_CHECKING:
    from saingan.engine.survey import Survey
    from saingan.local import Status


def status(as_json: AsJson = False) -> None:
    """Show which servers and workers run, and how far they are.

    It also says who runs each server, how many records the workers have yet to read, and what waits to be sent.

    \b
    Examples:
      saingan status
      saingan status --json
    """
    from saingan import local
    from saingan.engine.store.reach import database_address, database_answers
    from saingan.engine.survey import survey
    from saingan.outcomes.view import OUTCOMES

    settings = begin()
    origin = "given" if settings.database else "a file of this exchange"
    database = local.Status("database", database_address(settings), origin, database_answers(settings))
    servers, found = [*local.status(settings), database], survey(settings, OUTCOMES)
    if as_json:
        print_json({"servers": [dataclasses.asdict(each) for each in servers], "outcomes": _as_json(found)})
        return
    print_servers(servers)
    print_rows(("work", "state"), list(_work(found)))
    if streams := found.streams():
        rows = [(topic, f"{stream.position:,}", f"{stream.lag:,}") for topic, stream in streams.items()]
        print_rows(("stream", "read", "behind"), rows)


def print_servers(servers: "Iterable[Status]") -> None:
    rows = [(mark(each.answers), each.name, each.address, each.origin) for each in servers]
    print_rows(("", "server", "address", "run by"), rows)


def _work(found: "Survey") -> Iterator[tuple[str, str]]:
    broker, store = found.broker, found.store
    if isinstance(broker, str):
        yield "workers", f"unknown: {broker}"
    else:
        at_work = [f"{each.host} ({counted(each.partitions, 'partition')})" for each in broker.workers]
        yield (
            "workers",
            f"{len(at_work)}: {', '.join(at_work)}" if at_work else "none: `saingan worker` runs one",
        )
    if isinstance(store, str):
        yield "table", f"unknown: {store}"
    else:
        yield "table", counted(store.rows, "row")
        yield "dates", f"observed on {store.observed_on}, complete through {store.complete_through}"
        waiting = f"{counted(store.outbox, 'row')} and {counted(store.letters, 'dead letter')} wait to be sent"
        yield "outbox", f"{waiting}; {'a worker sends them' if store.relayed else 'no worker sends now'}"
    if not isinstance(broker, str):
        yield "dead letters", f"{broker.dead_letters:,}"


def _as_json(found: "Survey") -> dict[str, Any]:
    """Parts that are unknown are a text, which says why."""
    broker, store = found.broker, found.store
    data: dict[str, Any] = {"broker": broker, "store": store}
    if not isinstance(broker, str):
        workers = [each._asdict() for each in broker.workers]
        data["broker"] = {"workers": workers, "dead_letters": broker.dead_letters}
    if not isinstance(store, str):
        facts = vars(store) | {"observed_on": f"{store.observed_on}", "complete_through": f"{store.complete_through}"}
        data["store"] = {name: value for name, value in facts.items() if name != "positions"}
    return data | {"streams": {topic: stream._asdict() for topic, stream in found.streams().items()}}
