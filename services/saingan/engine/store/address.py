"""The address of the store, as SQLAlchemy wants it."""

import hashlib
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from saingan.errors import Fault


def digest(text: str) -> str:
    """A short name of the store: of host, port and database, or of the file.

    Raises:
        Fault: as `address`.
    """
    url = address(text)
    where = (url.host, url.port, url.database) if url.host else str(Path(url.database or "").absolute())
    return hashlib.sha256(repr(where).encode()).hexdigest()[:8]


def address(text: str) -> URL:
    """Parse `SAINGAN_DATABASE`; a PostgreSQL one is opened with the driver that is installed.

    Raises:
        Fault: it names neither a SQLite nor a PostgreSQL database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Fault("SAINGAN_DATABASE is not an address such as postgresql://user@host/name") from None
    match url.get_backend_name():
        case "sqlite":
            return url
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise Fault(f"SAINGAN_DATABASE names a {other} database; SQLite and PostgreSQL are supported")
