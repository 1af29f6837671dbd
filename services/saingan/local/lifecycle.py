"""`up` and `down`: the local exchange, as one thing."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from saingan.errors import Fault
from saingan.exchange import keys, provision, reach
from saingan.local import parts
from saingan.local.processes import stop
from saingan.local.servers import SERVERS, Server
from saingan.settings import Settings

# All that the local exchange keeps, but the keys.
DATA = ("kafka", "registry", "faust", "logs", "run", "saingan.db", "saingan.db-wal", "saingan.db-shm")


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def up(settings: Settings, say: parts.Say = _tell, restrict_registry: bool = False) -> None:
    """Start the servers that are neither given nor running; provision topics, schemas and keys. Safe to run again.

    Args:
        restrict_registry: set the standard's compatibility for all of the registry, though it is a given one.

    Raises:
        Fault: what is missing, and how to fix it.
    """
    start(settings, say)
    provision.provision_topics(settings)
    provision.provision_schemas(settings, restrict_registry)
    keys.make_operator_keys(settings)
    keys.agree_on_pseudonym_key(settings)


def start(settings: Settings, say: parts.Say = _tell) -> None:
    """Start the servers that are neither given nor running, side by side, and wait until they answer."""
    local = [server for server in SERVERS if server.given(settings) is None]
    with _alone(settings):
        missing = [server for server in local if server.process(settings).pid() is None]
        for server in missing:
            _claim_ports(settings, server)
        if missing:
            found = parts.obtain(say)
            for server in missing:
                say(f"starting {server.name} at {server.address(settings)}")
                server.process(settings).start(server.command(settings, found))
        for server in local:
            server.process(settings).wait_until(partial(server.answers, settings))


def down(settings: Settings, purge: bool = False) -> list[str]:
    """Stop exactly the servers that `up` started here; their names.

    ``purge`` forgets the local data as well: messages, schemas, logs and the local database. The keys stay.
    """
    if not settings.home.exists():
        return []
    with _alone(settings):
        stopped = stop(server.process(settings) for server in SERVERS)
        for name in DATA if purge else ():
            _remove(settings, name)
    return [process.name for process in stopped]


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One `up` or `down` at a time in one home: two at once would start everything twice."""
    try:
        import fcntl  # here, because an agency publishes from Windows too
    except ImportError:
        raise Fault("the local exchange needs Linux or macOS: set SAINGAN_KAFKA and SAINGAN_REGISTRY") from None
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _claim_ports(settings: Settings, server: Server) -> None:
    for port in server.ports(settings):
        if reach.port_taken(port):
            raise Fault(f"port {port}, which {server.name} needs, is taken by another process: {server.port_remedy}")


def _remove(settings: Settings, name: str) -> None:
    path = settings.home / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
