"""The tables that every worker needs, whatever its view. A view's own result tables come with the view."""

from functools import partial
from secrets import randbits
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeEngine

metadata = MetaData()

# One row: the number of the last migration that these tables went through.
schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))


def key_type() -> TypeEngine[str]:
    """Text compared byte by byte in every store, so that all workers lock keys in one order."""
    return String().with_variant(String(collation="C"), "postgresql")


def lineage() -> list[Column[Any]]:
    """The last columns of a view's table: the change that last altered a row. They take no part in comparisons."""
    return [
        Column("changed_by_topic", String, nullable=False),
        Column("changed_by_partition", Integer, nullable=False),
        Column("changed_by_offset", BigInteger, nullable=False),
        Column("changed_at", BigInteger, nullable=False),  # ms since the epoch, when the exchange wrote the row
    ]


LINEAGE: Final = tuple(column.name for column in lineage())

# Where each partition goes on, written in the transaction of the results (docs/architecture.md, "The transaction").
ledger = Table(
    "ledger",
    metadata,
    Column("view", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic_id", String, nullable=False),  # a recreated topic has another
    Column("next_offset", BigInteger, nullable=False),
)

# The two dates of observation (standard, section 6): one row, the same for all workers, which each view follows.
observation = Table(
    "observation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("observed_on", Date, nullable=False),
    Column("complete_through", Date, nullable=False),
    Column("pinned", Boolean, nullable=False),
)

# Sealed dead letters on their way to the topic.
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("view", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("reason", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("failed_at", BigInteger, nullable=False),  # ms since the epoch
    Column("size", Integer, nullable=False),  # bytes of the original value
    Column("sealed", LargeBinary, nullable=False),
)

# What each view was built with (a state kept by other streams or fields cannot be folded on), and the dates of
# observation and the rules that its rows are derived under.
view_build = Table(
    "view_build",
    metadata,
    Column("view", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("observed_on", Date),
    Column("complete_through", Date),
    Column("rules", Integer, nullable=False),
    Column("lists", String),  # the files that the rules read, each with the hash of its content; null: not known
    Column("reconciled_at", BigInteger),  # ms since the epoch; null until the view's topic was compared with this store
    # Another one for each row entered here, as by a rebuild: what was made of the view's rows is then made anew.
    Column("epoch", BigInteger, nullable=False, default=partial(randbits, 62)),
)

# Of what sources a follower's outputs are made, and at what epoch of each; no row while it reads them all.
followed = Table(
    "followed",
    metadata,
    Column("follower", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)

# Where each partition of a view's streams ended when the store was new; empty once the topic is reconciled.
birth = Table(
    "birth",
    metadata,
    Column("view", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

# Views all of whose rows are being derived again, in the order of keys: up to this key it is done.
rederivation = Table(
    "rederivation",
    metadata,
    Column("view", String, primary_key=True),
    Column("after", key_type(), nullable=False),
)

# Buckets of persons that a rebuild has loaded; empty when none is under way.
rebuild_step = Table(
    "rebuild_step",
    metadata,
    Column("view", String, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
)

# Who relays an outbox, or follows, now. A relay is safe by its producer's fencing, a follower by renewing the lease in
# each of its transactions.
lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", Float, nullable=False),  # seconds since the epoch
)


def history_table(view: str) -> Table:
    """One row per key (a person): the standing changes, encoded, and the days on which time alone changes its rows.

    ``due_observed`` / ``due_complete``: the first `observed_on` / `complete_through` at which the rows must be derived
    again; null for never.
    """
    name = f"{view}_history"
    return Table(
        name,
        metadata,
        Column("key", key_type(), primary_key=True),
        Column("state", LargeBinary),
        Column("due_observed", Date, index=True),
        Column("due_complete", Date, index=True),
        Column("revision", BigInteger),  # random, another with every change of the state
        Column("built_on", BigInteger),  # the revision that it replaced
        # Room on each page, so that a rewritten state stays on its own and no index is touched (HOT updates).
        postgresql_with={"fillfactor": "70"},
        keep_existing=True,
    )


def outbox_table(view: str) -> Table:
    """Keys of rows that changed since they were last sent."""
    return _key_set(f"{view}_outbox")


def keys_table(view: str, reader: str) -> Table:
    """Keys of a view's rows that changed since a reader last took them."""
    return _key_set(f"{view}_to_{reader}")


def _key_set(name: str) -> Table:
    """``revision`` is another with every change."""
    return Table(
        name,
        metadata,
        Column("key", key_type(), primary_key=True),
        Column("row_id", key_type(), primary_key=True),
        Column("revision", BigInteger, nullable=False),
        keep_existing=True,
    )
