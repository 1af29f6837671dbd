"""The tables of a store change by numbered migrations, which the first worker of a new version runs as it starts.

All that are due run in one transaction. None reads a topic again: rows, states and positions stay.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, delete, insert, inspect, select, text

from saingan.engine.tables import lease, metadata, schema_version
from saingan.errors import Fault, Transient

_EMPTY: Final = 0
_WITHOUT_A_NUMBER: Final = 1  # a store of ab80f5a
_LOCK: Final = 0x5A1  # any number; PostgreSQL's CREATE TABLE IF NOT EXISTS alone races with itself


def migrate(conn: Connection, clock: Callable[[Connection], float]) -> None:
    """Create the tables of an empty store, or bring those of an earlier version to this one.

    Args:
        clock: gives seconds since the epoch, by the store's clock.

    Raises:
        Fault: a later version of Saingan made the store.
        Transient: a worker of an earlier version is at work on the store.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = _version(conn)
    if version > VERSION:
        raise Fault(_later(version))
    due = [MIGRATIONS[number] for number in range(version + 1, VERSION + 1)] if version != _EMPTY else []
    if due and conn.execute(select(lease.c.name).where(lease.c.expires_at > clock(conn))).first():
        raise Transient(
            "a worker of an earlier version is at work on the store: stop all workers of that version; "
            "this one goes on 10 seconds after the last has ended"
        )
    for migration in due:
        migration(conn)
    metadata.create_all(conn)
    if version != VERSION:
        conn.execute(delete(schema_version))
        conn.execute(insert(schema_version).values(version=VERSION))


def require_current(conn: Connection) -> None:
    """For whoever only reads: `Fault` where the store is not as this version of Saingan makes it."""
    if (version := _version(conn)) > VERSION:
        raise Fault(_later(version))
    if version < VERSION:
        raise Fault(
            f"the store is of version {version}, and this Saingan reads version {VERSION}: start "
            "`saingan worker` of this Saingan first, which takes it over in place"
        )


def _later(version: int) -> str:
    return (
        f"the store is of version {version}, and this Saingan knows versions up to {VERSION}: start the Saingan "
        "that made the store, or a later one; or name another database in SAINGAN_DATABASE"
    )


def _version(conn: Connection) -> int:
    found = inspect(conn)
    if found.has_table(schema_version.name):
        version: int = conn.execute(select(schema_version.c.version)).scalar_one()
        return version
    return _WITHOUT_A_NUMBER if found.has_table("ledger") else _EMPTY


# Migrations are plain SQL: `tables` tells how the tables are now, and not how they were then. A column comes last, for
# the set-wise statements go by the order of columns.


def _rules_have_a_version(conn: Connection) -> None:
    """Version 2: the store knows the rules that rows are derived under, and its fingerprint tells streams apart."""
    conn.execute(text("ALTER TABLE view_build ADD COLUMN rules INTEGER NOT NULL DEFAULT 1"))
    conn.execute(text("ALTER TABLE view_build ADD COLUMN lists VARCHAR"))
    rewritten = "UPDATE view_build SET fingerprint = :becomes WHERE fingerprint = :was"
    conn.execute(text(rewritten), _OUTCOMES_OF_AB80F5A)


def _the_topic_is_reconciled(conn: Connection) -> None:
    """Version 3: the store knows whether its view's topic was compared with it; that of an earlier version was not."""
    conn.execute(text("ALTER TABLE view_build ADD COLUMN reconciled_at BIGINT"))


def _sources_have_an_epoch(conn: Connection) -> None:
    """Version 4: a follower can tell that a view's rows began anew."""
    conn.execute(text("ALTER TABLE view_build ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0"))


_OUTCOMES_OF_AB80F5A: Final = MappingProxyType(
    {
        "was": "9d968ffd8a1b4b4ef1feea4e22a3e2b39beb4bf3f58d02f8c8f9d31389c81dff",
        "becomes": (
            "0eef8fc70bddfa3e ovec.enrolment.v1:4d578ffd070b5cdd ovec.graduation.v1:efa5975bad6e6a36 "
            "sso.insured-employment.v1:4b4aa4d1004a4b83 dsd.skill-certification.v1:93cffdfea0005b97"
        ),
    }
)

MIGRATIONS: Final[Mapping[int, Callable[[Connection], None]]] = MappingProxyType(
    {2: _rules_have_a_version, 3: _the_topic_is_reconciled, 4: _sources_have_an_epoch}
)
VERSION: Final = max(MIGRATIONS)
