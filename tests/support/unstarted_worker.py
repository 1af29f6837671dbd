"""A worker's app and its reader's thread, neither of them started."""

from faust.types import TP

from saingan.engine.kafka.faust_app import App, Feed
from saingan.engine.kafka.prefetch import ConsumerThread
from saingan.engine.kafka.transport import build_app
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT

PART = TP(EMPLOYMENT.name, 0)


def worker_app() -> App:
    """A worker's app, as far as its consumer needs it."""
    app = build_app(
        Settings(kafka="127.0.0.1:1"), "t", Feed({EMPLOYMENT.name: EMPLOYMENT}, lambda _: None, lambda _: None)
    )
    app.finalize()
    app.consumer._thread.thread_loop.close()  # of a thread that will not start
    return app


def consumer_thread() -> ConsumerThread:
    app = worker_app()
    thread = ConsumerThread(app.consumer, loop=app.loop, beacon=app.beacon)
    thread.thread_loop.close()  # it will not start
    return thread
