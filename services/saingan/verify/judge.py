"""Views judged by the standard, beside what the store had of them at one moment."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rich.progress import Progress

from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log
from saingan.standard.contract import contract
from saingan.verify.admit import Reader
from saingan.verify.check import Check, Output, Row, RowKey, Rows
from saingan.verify.compare import Difference, differences
from saingan.verify.comparison import Comparison, comparison
from saingan.verify.published import Published
from saingan.verify.reading import Tally, changes
from saingan.verify.report import Report
from saingan.verify.snapshot import Snapshot
from saingan.verify.standing import standing
from saingan.verify.store import Store
from saingan.verify.table import StoredTable

_SENDING_S: Final = (0.2, 0.4, 0.8, 1.6)  # pauses in which a row that changes just now may reach the topic


@dataclass(frozen=True)
class Judge:
    """
    Attributes:
        store: is asked again for rows that may have changed while their topic was read.
    """

    store: Store
    log: Log
    registry: Registry
    bars: Progress

    def view(self, check: Check, found: Snapshot) -> tuple[Report, Rows]:
        """A view compared, and the rows that the standard gives it.

        Raises:
            Transient: broker, registry or database does not answer.
            Fault: the topics are not those of the ledger.
        """
        streams = {topic: Tally() for topic in check.topics}
        subjects, expected = self._expected(check, found, streams)
        compared = self.output(check.output, expected, found.rows, found.waiting, found.unreconciled)
        report = Report(
            **vars(compared),
            view=check.view,
            noun=check.noun,
            observed_on=found.observed_on,
            complete_through=found.complete_through,
            streams=streams,
            subjects=subjects,
            letters=found.letters,
            due=found.due,
        )
        return report, expected

    def _expected(self, check: Check, found: Snapshot, streams: dict[str, Tally]) -> tuple[int, Rows]:
        """How many keys there are, and the rows that the standard gives them; what stands goes out of memory again."""
        said = chain.from_iterable(
            changes(topic, tally, found.positions.get(topic, {}), self.log, self._reader(topic), self.bars)
            for topic, tally in streams.items()
        )
        stands = standing(said, check.topics)
        return len({key for key, _, _ in stands}), check.rows(stands, found.dates)

    def output(
        self,
        output: Output,
        expected: Rows,
        rows: dict[RowKey, Row],
        waiting: Collection[RowKey],
        unreconciled: bool = False,
    ) -> Comparison:
        """A table and its topic compared.

        Args:
            rows, waiting: of the table, and of those that are to be sent, at the moment that is judged.
        """
        published, unsent = None, list[Difference]()
        if output.topic:
            published = Published(output.topic, output, self.log, self._reader(output.topic), self.bars)
            unsent = self._unsent(output, rows, waiting, published)
        return comparison(output, expected, rows, waiting, published, unsent, unreconciled)

    def _unsent(
        self, output: Output, rows: dict[RowKey, Row], waiting: Collection[RowKey], published: Published
    ) -> list[Difference]:
        """Where the topic is not as the table, though the row does not wait to be sent.

        The topic was read after the table, so a row that has changed since is looked at again, in table and topic both.
        """
        sent = differences("topic", output.columns, rows, published.rows)
        found = [difference for difference in sent if difference.key not in waiting]
        for pause in _SENDING_S:
            if not found:
                break
            time.sleep(pause)
            keys = {difference.key for difference in found}
            with self.store.reading() as connection:
                now, waiting = StoredTable(connection, output).current(keys)
            published.catch_up()
            arrived = {key: published.rows[key] for key in keys if key in published.rows}
            found = [one for one in differences("topic", output.columns, now, arrived) if one.key not in waiting]
        return found

    def _reader(self, topic: str) -> Reader:
        return Reader(contract(topic), self.registry.writer_schemas(topic))
