"""The Faust app of a view, and what the transport asks of that view's runner."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import faust
from faust.tables import TableManager
from faust.types import TP

from saingan.topics import Topic

# Faust's parts would log as the modules that derive from them, and escape the level that is set for Faust.
FAUST_LOGGER: Final = logging.getLogger("faust.ledger")


class Feed(NamedTuple):
    """What the transport asks of the runner.

    Attributes:
        topics: by their names on the broker.
        resume: where to read on, for partitions with what their logs hold; asked after every assignment.
        fail: called with an error after which nothing more may be read.
    """

    topics: Mapping[str, Topic]
    resume: Callable[[Mapping[TP, range]], Any]
    fail: Callable[[BaseException], None]


class App(faust.App):  # type: ignore[misc]
    """A Faust app with a `Feed`."""

    logger = FAUST_LOGGER
    feed: Feed


class Tables(TableManager):  # type: ignore[misc]
    """There are none; Faust would wait a second for them to be declared."""

    logger = FAUST_LOGGER

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()
