"""Leases: of those that could do one thing, such as relaying a view, one does it, and the others need not try."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection, Engine, delete, select, update

from saingan.engine.store.opening import clock, transaction
from saingan.engine.tables import lease
from saingan.errors import Transient

_LEASE_S: Final = 10.0

log = structlog.get_logger(__name__)


class Lost(Exception):
    """The lease has passed to somebody else; nothing may be committed."""


class Lease:
    """One holder's claim to a lease. It keeps others from trying; what is committed under `renew` is fenced, too.

    Args:
        name: of what only one is to do, in the whole store.

    Attributes:
        term: another number whenever somebody else may have had it meanwhile.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.term = 0
        self._engine = engine
        self._name = name
        self._holder = uuid4().hex
        self._renew_at = 0.0

    @property
    def held(self) -> bool:
        """Whether it is surely ours, without a question to the database."""
        return time.monotonic() < self._renew_at

    def hold(self) -> bool:
        """Take or renew it; whether it is ours. `Transient` where the database does not answer."""
        if self.held or self._keep():
            return True
        with transaction(self._engine) as conn:
            now = clock(conn)  # the workers' own may be a day apart
            mine = {"holder": self._holder, "expires_at": now + _LEASE_S}
            expired = (lease.c.name == self._name, lease.c.expires_at < now)
            if not conn.execute(update(lease).where(*expired).values(**mine)).rowcount:
                if conn.execute(select(lease.c.name).where(lease.c.name == self._name)).first() is not None:
                    return False
                conn.execute(lease.insert().values(name=self._name, **mine))
        self.term += 1
        return True

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew it for as long as a block takes, which may compute for longer than it lasts."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(_LEASE_S / 4):
                with suppress(Transient):
                    self._keep()

        keeper = threading.Thread(target=keep, name=f"lease-{self._name}", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep(self) -> bool:
        """Renew it if it is ours, and nobody had it since it became ours."""
        try:
            with transaction(self._engine) as conn:
                self.renew(conn)
        except Lost:
            return False
        self._renew_at = time.monotonic() + _LEASE_S / 2
        return True

    def renew(self, conn: Connection) -> None:
        """Renew it in the transaction of the results, which nobody who takes it over meanwhile sees half of.

        Raises:
            Lost: it is no longer ours.
        """
        mine = (lease.c.name == self._name, lease.c.holder == self._holder)
        until = {"expires_at": clock(conn) + _LEASE_S}
        if not conn.execute(update(lease).where(*mine).values(**until)).rowcount:
            self.doubt()
            raise Lost

    def doubt(self) -> None:
        """Ask the database again before the next round."""
        self._renew_at = 0.0

    def let_go(self) -> None:
        """Leave it to somebody else; where the database does not answer, it expires."""
        try:
            with transaction(self._engine) as conn:
                conn.execute(delete(lease).where(lease.c.name == self._name, lease.c.holder == self._holder))
        except Transient:
            log.info("a lease is left to expire", name=self._name)
