"""A publisher that sends nothing: all is checked, and neither broker, registry nor key is needed."""

import secrets
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from saingan.publish.message import Composer
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.standard.issues import Issue
from saingan.topics import TOPICS


class Rehearsal:
    """Stands where a `Publisher` would. Without a pseudonym key it takes a random one."""

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.pseudonym_secret() or secrets.token_bytes(32)
        self._composers: dict[str, Composer] = {}
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
        return self.composer(topic_name).compose(record, today(), citizen_id, previous_citizen_id).warnings

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
