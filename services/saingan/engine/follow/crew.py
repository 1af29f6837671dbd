"""All who follow some views: a thread for each follower, and one for each output that has a topic."""

from collections.abc import Callable, Collection

from sqlalchemy import Connection, Engine

from saingan.engine.follow.follower import Follower
from saingan.engine.relay import Relay
from saingan.engine.rounds import Rounds
from saingan.engine.view import View
from saingan.exchange.registry import Registry
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.views import followers


class Crew:
    """The readers of views; they run in every process that works on one of their sources, and one of each is at work.

    Args:
        fail: called with an error that ends one of them.

    Attributes:
        following: these end before `relays`, which send what they wrote.
    """

    def __init__(
        self,
        views: Collection[View],
        settings: Settings,
        engine: Engine,
        registry: Registry,
        metrics: Metrics,
        fail: Callable[[BaseException], None],
    ) -> None:
        self._started = False
        values = followers(views)
        self.following = [Follower(one, engine, metrics, fail) for one in values]
        topics = [output for one in values for output in one.outputs if output.topic is not None]
        self.relays = [Relay(output, settings, engine, registry, metrics, fail) for output in topics]

    @property
    def members(self) -> list[Rounds]:
        return [*self.following, *self.relays]

    def start(self) -> None:
        """The store's tables are there. Whoever says it first starts them."""
        for one in [] if self._started else self.members:
            one.start()
        self._started = True

    def wake(self, behind: bool = False) -> None:
        """See `Rounds.wake`."""
        for one in self.members:
            one.wake(behind)

    def stop(self) -> None:
        """End them all, whatever waits."""
        for one in self.members if self._started else []:
            one.stop()
            one.join()

    def idle(self, conn: Connection) -> bool:
        """Whether nothing waits for them, but for a source that is not there yet."""
        return not any(one.pending(conn, 1) for one in self.members)
