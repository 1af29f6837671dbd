"""What each committed transaction took in, written by the transaction itself: the witness against taking in twice.

No part of the product: the workers of this harness (`faults.worker`) note it beside the ledger.
"""

import os

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, insert

from saingan.engine.core.batch import Batch

metadata = MetaData()
applied = Table(
    "faults_applied",
    metadata,
    Column("topic", String, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("pid", Integer, nullable=False),
)


def note(conn: Connection, batch: Batch) -> None:
    """Note a batch, in the transaction that takes it in."""
    noted = [
        {"topic": part.topic.name, "partition": part.partition, "start": part.start, "end": part.end} for part in batch
    ]
    if noted:
        conn.execute(insert(applied).values(pid=os.getpid()), noted)
