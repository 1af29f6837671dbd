"""A contender's final table against the oracle of `saingan verify`, which shares no code with any contender."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, func, select

from place import COMPLETE_THROUGH, OBSERVED_ON
from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log
from saingan.outcomes.table import LINEAGE, employment_outcome
from saingan.settings import Settings
from saingan.standard.contract import contract
from saingan.verify.admit import Reader
from saingan.verify.compare import differences
from saingan.verify.outcomes import oracle
from saingan.verify.outcomes.oracle import KEPT, RowKey
from saingan.verify.outcomes.rules import Row, Sight, days, matcher
from saingan.verify.verify import field_match

Rows = dict[RowKey, Row]
_COLUMNS = [column for column in employment_outcome.c if column.name not in LINEAGE]


def expected(settings: Settings, persons: str = "") -> Rows:
    """The table as the standard makes it of the topics, of the persons whose key begins so."""
    sight = Sight(days(OBSERVED_ON), days(COMPLETE_THROUGH), matcher(field_match()))
    return oracle.rows(oracle.standing(_changes(settings, persons.encode())), sight)


def faults(url: str, rows: Rows, persons: str = "") -> int:
    """In how many rows the table of a database is not as expected."""
    wanted = select(*_COLUMNS).where(func.substr(employment_outcome.c.person_key, 1, len(persons)) == persons)
    engine = create_engine(url)
    with engine.connect() as connection:
        read = connection.execute(wanted.execution_options(yield_per=10_000))
        found = {(row[0], row[1]): Row._make(days(v) if hasattr(v, "toordinal") else v for v in row) for row in read}
    engine.dispose()
    return sum(1 for _ in differences("table", rows, found))


def _changes(settings: Settings, persons: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    with Log(settings) as log, Registry(settings) as registry:
        for topic in KEPT:
            reader = Reader(contract(topic), registry.writer_schemas(topic))
            for message in log.read(topic, *log.bounds(topic)):
                if (message.key or b"").startswith(persons) and message.value is not None:
                    yield topic, reader.read(message.key, message.value)
