"""`status`: which servers this deployment uses, whose they are, and whether they answer."""

from dataclasses import dataclass

from saingan.local.servers import SERVERS, Server
from saingan.settings import Settings


@dataclass(frozen=True)
class Status:
    """``origin`` says who runs it: ``given``, ``this exchange, process 4711`` or ``not started``."""

    name: str
    address: str
    origin: str
    answers: bool


def status(settings: Settings) -> list[Status]:
    """The state of broker and registry, within seconds."""
    return [
        Status(server.name, server.address(settings), _origin(server, settings), server.answers(settings))
        for server in reversed(SERVERS)
    ]


def _origin(server: Server, settings: Settings) -> str:
    if server.given(settings):
        return "given"
    pid = server.process(settings).pid()
    return f"this exchange, process {pid}" if pid else "not started"
