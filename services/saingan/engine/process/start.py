"""Starting a worker: what must be there is checked first, within seconds, and named where it is not."""

from collections.abc import Collection, Iterable, Sequence

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, ListOffsetsResultInfo, OffsetSpec

from saingan.engine.process.worker import Part, Worker
from saingan.engine.store.ledger import Positions
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.exchange.kafka import TIMEOUT_S
from saingan.exchange.reach import broker, topic_ids
from saingan.exchange.require import require
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, Topic


def start(
    settings: Settings, views: Sequence[View], streams: Collection[str] = (), until_caught_up: bool = False
) -> None:
    """Run a worker of views in this process until it ends.

    Args:
        streams: names of the topics to read, of one view; all of each view's where none is given.
        until_caught_up: end when what the topics hold now is taken in and the outboxes are empty.

    Raises:
        Fault: what ended it, or what is missing.
    """
    wanted = [(view, _wanted(view, streams)) for view in views]
    needed = {topic for view, topics in wanted for topic in (*topics, view.topic) if topic is not None}
    require(settings, {*needed, DEAD_LETTER})
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)  # with a broker that is given, no `up` has made it
    admin = broker(settings)
    parts = [
        Part(view, topics, topic_ids(settings, admin, topics), _ends(settings, admin, view.streams))
        for view, topics in wanted
    ]
    worker = Worker(settings, parts, until_caught_up)
    read = {topic for _, topics in wanted for topic in topics}
    for topic, _, newest in _places(settings, admin, read, OffsetSpec.max_timestamp()):  # type: ignore[no-untyped-call]
        if newest.timestamp > 0:  # -1: the partition is empty
            worker.metrics.reached(topic, newest.timestamp)
    worker.run()


def _wanted(view: View, streams: Collection[str]) -> list[Topic]:
    by_name = {topic.name: topic for topic in view.streams}
    if unknown := set(streams) - set(by_name):
        raise Fault(f"{', '.join(sorted(unknown))}: not a stream of {view.name}, which reads {', '.join(by_name)}")
    return [by_name[name] for name in streams] or list(by_name.values())


def _ends(settings: Settings, admin: AdminClient, topics: Iterable[Topic]) -> Positions:
    places = _places(settings, admin, topics, OffsetSpec.latest())  # type: ignore[no-untyped-call]
    return {(topic.name, partition): end.offset for topic, partition, end in places}


def _places(
    settings: Settings, admin: AdminClient, topics: Iterable[Topic], spec: OffsetSpec
) -> list[tuple[Topic, int, ListOffsetsResultInfo]]:
    """One place in each partition of the topics: offset, and the broker's time in ms."""
    asked = {
        (topic, partition): TopicPartition(settings.wire(topic.name), partition)
        for topic in topics
        for partition in range(topic.partitions)
    }
    answers = admin.list_offsets(dict.fromkeys(asked.values(), spec), request_timeout=TIMEOUT_S)
    return [(topic, number, answers[part].result()) for (topic, number), part in asked.items()]
