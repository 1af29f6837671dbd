"""Whether the database answers, within seconds."""

import os
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from saingan.engine.store.address import address
from saingan.errors import Fault
from saingan.exchange.reach import existing
from saingan.settings import Settings

_TIMEOUT_S = 5


def database_answers(settings: Settings) -> bool:
    """Whether the database answers; an SQLite file that is not there yet does, where it could be made."""
    try:
        url = address(settings.database_url)
        if url.get_backend_name() == "sqlite":
            file = Path(url.database or "")
            if not file.exists():
                return os.access(existing(file), os.W_OK)
            engine = create_engine(url, poolclass=NullPool)
        else:
            limit = {"connect_timeout": _TIMEOUT_S}
            engine = create_engine(url, poolclass=NullPool, connect_args=limit)
        inspect(engine).get_table_names()
    except (SQLAlchemyError, Fault):
        return False
    return True


def database_address(settings: Settings) -> str:
    """Without the password."""
    return address(settings.database_url).render_as_string(hide_password=True)
