"""The lease of a view: the worker that has it relays; the others need not try."""

import time
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Engine, delete, or_, select, update

from saingan.engine.store.opening import clock, transaction
from saingan.engine.store.tables import lease
from saingan.errors import Transient

_LEASE_S: Final = 10.0

log = structlog.get_logger(__name__)


class Lease:
    """One relay's claim to the lease of its view. It keeps others from trying, and not from sending."""

    def __init__(self, engine: Engine, view: str) -> None:
        self._engine = engine
        self._view = view
        self._holder = uuid4().hex
        self._renew_at = 0.0

    @property
    def held(self) -> bool:
        """Whether it is surely ours, without a question to the database."""
        return time.monotonic() < self._renew_at

    def hold(self) -> bool:
        """Take or renew it; whether it is ours. `Transient` where the database does not answer."""
        if self.held:
            return True
        with transaction(self._engine) as conn:
            now = clock(conn)  # the workers' own may be a day apart
            mine = {"holder": self._holder, "expires_at": now + _LEASE_S}
            free = or_(lease.c.holder == self._holder, lease.c.expires_at < now)
            if conn.execute(update(lease).where(lease.c.name == self._view, free).values(**mine)).rowcount:
                self._renew_at = time.monotonic() + _LEASE_S / 2
                return True
            if conn.execute(select(lease.c.name).where(lease.c.name == self._view)).first() is None:
                conn.execute(lease.insert().values(name=self._view, **mine))
                return True
        return False

    def doubt(self) -> None:
        """Ask the database again before the next round."""
        self._renew_at = 0.0

    def let_go(self) -> None:
        """Leave it to another relay; where the database does not answer, it expires."""
        try:
            with transaction(self._engine) as conn:
                conn.execute(delete(lease).where(lease.c.name == self._view, lease.c.holder == self._holder))
        except Transient:
            log.info("the relay's lease is left to expire", view=self._view)
