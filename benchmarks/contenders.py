"""Who takes part: how each is started, where its rows are, and how it says how far it has come."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from java import FLINK, KAFKA_STREAMS, Programs
from place import COMPLETE_THROUGH, OBSERVED_ON
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.commands import environment

LEDGER: Final = "ledger"  # progress is read from the ledger in its database
LINES: Final = "lines"  # it says how many events each commit of its took in, one a line
WHOLE: Final = "whole"  # a command that is measured from its start to its end

_PEERS: Final = Path(__file__).parent / "peers"
SAINGAN: Final = (sys.executable, "-m", "saingan")
_WORKER: Final = (*SAINGAN, "worker", "outcomes")
_JAVA: Final = ("java", "-Xmx1g", "-XX:+UseParallelGC")  # at 2 cores the collector that does most
_FETCH: Final = str(16 * 1024 * 1024)


@dataclass(frozen=True)
class Job:
    """One run of one contender.

    Attributes:
        live: it goes on for ever; else it may end when it has taken in what there is.
    """

    settings: Settings  # whose topics and whose database
    folder: Path  # for what it keeps beside
    programs: Programs
    live: bool = False

    @property
    def application(self) -> str:
        """A peer's name on the broker: of its group and its topics, of this run alone."""
        return f"{self.settings.topic_prefix}peer.{self.folder.name}"

    def command(self, *arguments: str, **variables: str) -> "Command":
        paths = {"PYTHONPATH": f"{_PEERS.parent}:{_PEERS.parents[1] / 'tests'}"}
        return list(arguments), environment(self.settings) | paths | variables


Command = tuple[list[str], dict[str, str]]  # arguments and environment


@dataclass(frozen=True)
class Contender:
    """One line of the table.

    Attributes:
        commands: its processes.
        store: of its rows: ``postgresql``, ``sqlite``; None where it keeps none.
        ours: it creates its own tables, and `--until-caught-up` ends it.
        lacks: what keeps it from running here; None where nothing does.
    """

    name: str
    commands: Callable[[Job], list[Command]]
    store: str | None = "postgresql"
    progress: str = LEDGER
    ours: bool = True
    lacks: Callable[[Programs], str | None] = field(default=lambda _: None)


def _workers(*options: tuple[str, ...]) -> Callable[[Job], list[Command]]:
    def commands(job: Job) -> list[Command]:
        ends = () if job.live else ("--until-caught-up",)
        return [job.command(*_WORKER, *ends, *of_one) for of_one in options]

    return commands


def _consume(*options: str) -> Callable[[Job], list[Command]]:
    return lambda job: [job.command(sys.executable, str(_PEERS / "consume.py"), *options)]


def _faust(sink_every_s: str) -> Callable[[Job], list[Command]]:
    return lambda job: [
        job.command(
            sys.executable, str(_PEERS / "stock_faust.py"), PEER_NAME=job.application, PEER_SINK_EVERY_S=sink_every_s
        )
    ]


def _java(engine: str, main: str, job: Job, *options: str, **given: str) -> list[Command]:
    """One process of an engine's program; a setting's dots are underscores here."""
    url = make_url(job.settings.database_url)
    of_session = "reWriteBatchedInserts=true&options=-c%20synchronous_commit=off"
    peer = {
        "application.id": job.application,
        "bootstrap.servers": job.settings.bootstrap,
        "peer.publish": "true",
        "peer.prefix": job.settings.topic_prefix,
        "peer.registry": job.settings.registry_url,
        "peer.database": f"jdbc:postgresql://{url.host}:{url.port}/{url.database}?user={url.username}&{of_session}",
        "peer.table": "employment_outcome",
        "peer.observed.on": OBSERVED_ON.isoformat(),
        "peer.complete.through": COMPLETE_THROUGH.isoformat(),
        "peer.field.match": str(schemas.root() / "codes" / "field_match.csv"),
    }
    settings = peer | {name.replace("_", "."): value for name, value in given.items()}
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    arguments = [f"{name}={value}" for name, value in settings.items()]
    return [job.command(*_JAVA, *options, quiet, "-cp", job.programs[engine], main, *arguments)]


def _kafka_streams(store: str = "rocksdb", **changed: str) -> Callable[[Job], list[Command]]:
    def commands(job: Job) -> list[Command]:
        given = {
            "state.dir": str(job.folder / "kafka-streams-state"),
            "num.stream.threads": "2",
            "commit.interval.ms": "1000",
            "replication.factor": "1",
            "topology.optimization": "all",
            "buffered.records.per.partition": "10000",
            "max.poll.records": "10000",
            "consumer.max.partition.fetch.bytes": _FETCH,
            "producer.compression.type": "lz4",
            "producer.batch.size": "65536",
            "peer.store": store,
            "peer.sink.every.ms": "0",
        }
        return _java(KAFKA_STREAMS, "peer.KafkaStreamsOutcomes", job, "-Xms512m", **given | changed)

    return commands


def _flink(**changed: str) -> Callable[[Job], list[Command]]:
    def commands(job: Job) -> list[Command]:
        given = {
            "parallelism.default": "2",
            "execution.checkpointing.interval": "10 s",  # each writes all of a heap's state
            "execution.checkpointing.mode": "AT_LEAST_ONCE",
            "execution.checkpointing.dir": (job.folder / "flink-checkpoints").as_uri(),
            "state.backend.type": "hashmap",
            "pipeline.object-reuse": "true",
            "pipeline.generic-types": "false",  # no record may fall back to Kryo
            "restart-strategy.type": "none",
            "taskmanager.memory.managed.size": "0",
            "rest.bind-address": "127.0.0.1",
            "jobmanager.bind-host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "kafka.partition.discovery.interval.ms": "-1",
            "kafka.max.poll.records": "10000",
            "kafka.max.partition.fetch.bytes": _FETCH,
            "peer.sink.every.ms": "1000",
        }
        # Whole from the start: else its classes and its growing state collect everything anew, for seconds.
        return _java(FLINK, "peer.FlinkOutcomes", job, "-Xms1g", "-XX:MetaspaceSize=96m", **given | changed)

    return commands


def _lacks(engine: str) -> Callable[[Programs], str | None]:
    return lambda programs: None if engine in programs else "its Maven artifacts are not here"


def _rebuild(job: Job) -> list[Command]:
    return [job.command(*SAINGAN, "rebuild", "outcomes")]


def at(checkout: Path, contender: Contender) -> Contender:
    """One of ours, run by the code of another checkout, which was set up there by `make install`."""
    python = str(checkout / ".venv" / "bin" / "python")

    def commands(job: Job) -> list[Command]:
        return [([python, *arguments[1:]], variables) for arguments, variables in contender.commands(job)]

    return replace(contender, name=f"{contender.name}, at {checkout.name}", commands=commands)


_STREAMS: Final = tuple(("--stream", topic.name) for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION))
_CACHE: Final = str(256 * 1024 * 1024)

CONSUME = Contender("consume only", _consume(), None, LINES, ours=False)
FASTAVRO = Contender("consume + decode (fastavro)", _consume("--decode", "fastavro"), None, LINES, ours=False)
DECODER = Contender("consume + decode (Saingan)", _consume("--decode", "saingan"), None, LINES, ours=False)
SQLITE = Contender("Saingan, SQLite", _workers(()), "sqlite")
ONE = Contender("Saingan, one worker", _workers(()))
TWO = Contender("Saingan, two workers", _workers((), ()))
STREAMS = Contender("Saingan, a worker for each stream", _workers(*_STREAMS))
REBUILD = Contender("Saingan, rebuild", _rebuild, progress=WHOLE)
FAUST = Contender("stock Faust, Table in memory", _faust("1"), progress=LINES, ours=False)
FAUST_FRESH = Contender("stock Faust, rows every 20 ms", _faust("0.02"), progress=LINES, ours=False)
KAFKA_STREAMS_DISK = Contender(
    "Kafka Streams, default cache", _kafka_streams(), progress=LINES, ours=False, lacks=_lacks(KAFKA_STREAMS)
)
KAFKA_STREAMS_CACHE = Contender(
    "Kafka Streams, 256 MB cache",
    _kafka_streams(statestore_cache_max_bytes=_CACHE),
    progress=LINES,
    ours=False,
    lacks=_lacks(KAFKA_STREAMS),
)
KAFKA_STREAMS_MEMORY = Contender(
    "Kafka Streams, store in memory, 256 MB cache",
    _kafka_streams("memory", statestore_cache_max_bytes=_CACHE),
    progress=LINES,
    ours=False,
    lacks=_lacks(KAFKA_STREAMS),
)
KAFKA_STREAMS_FRESH = Contender(
    "Kafka Streams, no cache, rows every 5 ms",
    _kafka_streams(statestore_cache_max_bytes="0", peer_sink_every_ms="5", poll_ms="5"),
    progress=LINES,
    ours=False,
    lacks=_lacks(KAFKA_STREAMS),
)
FLINK_HEAP = Contender("Flink, state on the heap", _flink(), progress=LINES, ours=False, lacks=_lacks(FLINK))
FLINK_FRESH = Contender(
    "Flink, rows after 1 ms",
    _flink(**{"peer.sink.every.ms": "1", "execution.buffer-timeout.interval": "0 ms"}),
    progress=LINES,
    ours=False,
    lacks=_lacks(FLINK),
)

THROUGHPUT: Final = (
    CONSUME,
    FASTAVRO,
    DECODER,
    SQLITE,
    ONE,
    TWO,
    REBUILD,
    FAUST,
    KAFKA_STREAMS_DISK,
    KAFKA_STREAMS_CACHE,
    KAFKA_STREAMS_MEMORY,
    FLINK_HEAP,
)
FRESHNESS: Final = (ONE, TWO, STREAMS, FAUST_FRESH, KAFKA_STREAMS_FRESH, FLINK_FRESH)
BURST: Final = (STREAMS, TWO)
GROWTH: Final = (TWO, REBUILD)
EVERYBODY: Final = {contender.name: contender for contender in (*THROUGHPUT, *FRESHNESS)}
