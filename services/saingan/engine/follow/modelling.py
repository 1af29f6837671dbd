"""A follower's model at work: rows in, as it wants them; outputs out, until they are written."""

import hashlib
import traceback
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from saingan.engine.core.derived import Dates
from saingan.engine.follow.following import Following, Row
from saingan.engine.result import RowKey, row_key
from saingan.engine.store.observation import days
from saingan.engine.tables import LINEAGE
from saingan.engine.view import View
from saingan.errors import Fault

_DIGEST: Final = 12  # characters: `verify` names keys so, too


class Modelling:
    """One model, from a start to the next.

    Attributes:
        unwritten: outputs that the model gave and the store may not have yet: by output and key.
        dates: those that the model knows.
    """

    def __init__(self, following: Following) -> None:
        self.unwritten: dict[tuple[str, RowKey], Row | None] = {}
        self.dates: Dates | None = None
        self._following = following
        self._model = following.model()
        self._named = {view.name: _names(view) for view in following.sources}
        self._widths = {view.name: len(view.table.primary_key) for view in following.sources}

    def put(self, source: str, values: Sequence[Any]) -> None:
        """A row of a source, as its table has it."""
        width = self._widths[source]
        kept = map(plain, values[width : -len(LINEAGE)])
        self._put(source, row_key(values[:width]), self._named[source](kept), values)

    def gone(self, source: str, key: RowKey) -> None:
        self._put(source, key, None, ())

    def advance(self, dates: Dates) -> None:
        with self._blamed(lambda: f"go on to {dates}"):
            self._model.advance(dates)
        self.dates = dates

    def collect(self) -> None:
        """Ask the model what changed."""
        with self._blamed(lambda: "give its outputs"):
            for output, key, row in self._model.changed():
                self.unwritten[output, key] = row

    def _put(self, source: str, key: RowKey, row: Any, values: Sequence[Any]) -> None:
        with self._blamed(lambda: f"take the row {_digest(key)} of {source!r}{_origin(values)}"):
            self._model.put(source, key, row)

    @contextmanager
    def _blamed(self, what: Callable[[], str]) -> Iterator[None]:
        """Say where a model fails, and on what, without a value of anyone's."""
        try:
            yield
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            name, rules = self._following.name, self._following.rules
            raise Fault(
                f"the model of {name!r}, rules {rules}, does not {what()}: {type(error).__name__} in {at.name}, line "
                f"{at.lineno}. A model takes whatever is admitted, so this is a bug: report it with this line"
            ) from error


def plain(value: Any) -> Any:
    """A value as rules know it: a day is counted from the epoch."""
    return days(value) if isinstance(value, date) else value


def _names(view: View) -> Callable[[Any], Any]:
    names = [column.name for column in view.table.columns][len(view.table.primary_key) : -len(LINEAGE)]
    kind: Any = namedtuple(view.name, names)  # type: ignore[misc] # its fields are a table's
    make: Callable[[Any], Any] = kind._make
    return make


def _digest(key: RowKey) -> str:
    return hashlib.sha256("/".join(key).encode()).hexdigest()[:_DIGEST]


def _origin(values: Sequence[Any]) -> str:
    if not values:
        return ", which is gone"
    topic, partition, offset, _ = values[-len(LINEAGE) :]
    return f", last changed by {topic}/{partition}/{offset}"
