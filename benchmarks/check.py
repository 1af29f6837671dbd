"""A contender's final table against the oracle of `saingan verify`, which shares no code with any contender."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, func, select

from place import COMPLETE_THROUGH, OBSERVED_ON
from saingan.engine.tables import LINEAGE
from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from saingan.standard.contract import contract
from saingan.verify.admit import Reader
from saingan.verify.check import Rows
from saingan.verify.compare import differences
from saingan.verify.dates import Dates, days
from saingan.verify.outcomes.check import CHECK
from saingan.verify.standing import standing

_COLUMNS = [column for column in employment_outcome.c if column.name not in LINEAGE]


def expected(settings: Settings, persons: str = "") -> Rows:
    """The table as the standard makes it of the topics, of the persons whose key begins so."""
    stands = standing(_changes(settings, persons.encode()), CHECK.topics)
    return CHECK.rows(stands, Dates(days(OBSERVED_ON), days(COMPLETE_THROUGH)))


def faults(url: str, rows: Rows, persons: str = "") -> int:
    """In how many rows the table of a database is not as expected."""
    wanted = select(*_COLUMNS).where(func.substr(employment_outcome.c.person_key, 1, len(persons)) == persons)
    engine = create_engine(url)
    with engine.connect() as connection:
        read = connection.execute(wanted.execution_options(yield_per=10_000))
        found = {(row[0], row[1]): tuple([days(v) if hasattr(v, "toordinal") else v for v in row]) for row in read}
    engine.dispose()
    return sum(1 for _ in differences("table", CHECK.output.columns, rows, found))


def _changes(settings: Settings, persons: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    with Log(settings) as log, Registry(settings) as registry:
        for topic in CHECK.topics:
            reader = Reader(contract(topic), registry.writer_schemas(topic))
            for message in log.read(topic, *log.bounds(topic)):
                if (message.key or b"").startswith(persons) and message.value is not None:
                    yield topic, reader.read(message.key, message.value)
