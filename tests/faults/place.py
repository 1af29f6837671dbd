"""A broker, a registry and a PostgreSQL of the harness's own, which it may kill."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from saingan import local
from saingan.local import processes
from saingan.local.servers import KAFKA, REGISTRY
from saingan.settings import Settings
from support import servers


class Place:
    """A context manager: it takes its servers and its folder with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saingan-faults-"))
        self.settings = Settings()
        self.postgres = ""  # URL of the server

    def __enter__(self) -> Self:
        self.settings = servers.start_exchange(self.folder)
        self.start_postgres()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        servers.stop_exchange(self.folder)
        servers.stop_postgres(self.folder)
        shutil.rmtree(self.folder)

    def crash_broker(self) -> None:
        servers.crash(KAFKA, self.settings)

    def stop_registry(self) -> None:
        processes.stop([REGISTRY.process(self.settings)])

    def start_exchange(self) -> None:
        """Start what does not run of broker and registry, and wait until they answer."""
        local.start(self.settings, say=lambda _: None)

    def crash_postgres(self) -> None:
        """Immediate shutdown: commits that were not yet written down are lost."""
        servers.stop_postgres(self.folder)

    def start_postgres(self) -> None:
        url = servers.start_postgres(self.folder)
        assert url is not None, "PostgreSQL is not installed: `apt install postgresql`"
        self.postgres = url
