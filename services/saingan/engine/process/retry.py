"""Doing what may have to be done again: the calls of a worker that wait for something outside."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import Any, Final

import structlog

from saingan.engine.process.vitals import ViewVitals
from saingan.errors import Transient
from saingan.metrics import Metrics

_BACKOFF_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # the last one again and again

log = structlog.get_logger(__name__)


class Patience:
    """Runs calls in one thread, one at a time, and repeats a call while the part that it needs does not answer."""

    def __init__(self, vitals: ViewVitals, metrics: Metrics) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="view")
        self._vitals = vitals
        self._metrics = metrics

    def finish(self, within_s: float) -> bool:
        """Wait until the call in hand, which may be a commit, has returned; whether it has."""
        try:
            self._thread.submit(lambda: None).result(within_s)
        except Late:
            return False
        return True

    async def do(self, *steps: tuple[Any, ...]) -> Any:
        """Do the steps in one go, and return the last one's result.

        Args:
            steps: tuples of what the call needs (`database`, `registry`), the call and its arguments. Each step after
                the first also gets the result of the step before, as its last argument.
        """
        left, attempt = list(steps), 0
        given: tuple[Any, ...] = ()

        def go() -> Any:
            # All of them in one go: each way between two threads takes its time.
            nonlocal given
            while left:
                what, call, *args = left[0]
                given = (call(*args, *given),)
                self._vitals.answers(what, call.__name__)
                del left[0]
            return given[0]

        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, go)
            except Transient as error:
                what, call, *_ = left[0]
                self._vitals.tries_again(what, call.__name__)
                self._metrics.retries.labels(what).inc()
                log.warning("waiting", what=what, error=str(error), attempt=attempt)
                await asyncio.sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
                attempt += 1
