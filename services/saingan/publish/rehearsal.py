"""A publisher that sends nothing: all is checked, and neither broker, registry nor key is needed."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from saingan.publish.message import Composed, Composer
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.standard.issues import Issue
from saingan.topics import TOPICS


class Rehearsal:
    """Stands where a `Publisher` would. Without a pseudonym key it takes a random one.

    Args:
        on_composed: called with what a `Publisher` would send of each record.

    Attributes:
        messages: how many a `Publisher` would have sent.
    """

    def __init__(self, settings: Settings, on_composed: Callable[[Composed], None] | None = None) -> None:
        self._on_composed = on_composed
        self._secret = settings.pseudonym_secret() or secrets.token_bytes(32)
        self._composers: dict[str, Composer] = {}
        self.messages = 0
        self.undelivered: Counter[str] = Counter()

    def publish(
        self,
        topic_name: str,
        record: Mapping[str, Any],
        *,
        citizen_id: str | None = None,
        previous_citizen_id: str | None = None,
    ) -> tuple[Issue, ...]:
        """Check a record; the warnings about it. Raises `Refused` as `Publisher.publish` does."""
        composed = self.composer(topic_name).compose(record, today(), citizen_id, previous_citizen_id)
        self.messages += len(composed.messages)
        if self._on_composed is not None:
            self._on_composed(composed)
        return composed.warnings

    def composer(self, topic_name: str) -> Composer:
        if topic_name not in self._composers:
            self._composers[topic_name] = Composer(topic_name, 0, TOPICS[topic_name].partitions, self._secret)
        return self._composers[topic_name]

    def flush(self) -> None:
        """Nothing is on its way."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Nothing is held open."""
