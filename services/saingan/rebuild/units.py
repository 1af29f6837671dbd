"""The two kinds of work of a rebuild, each done by a process of its own: reading a partition, and loading a bucket."""

import asyncio
import multiprocessing
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from saingan.engine.core.change import Changes
from saingan.engine.core.folding import Folding
from saingan.engine.intake.sealing import Sealer
from saingan.engine.intake.topic_reader import Stream
from saingan.engine.process.collector import collect_seldom
from saingan.engine.store import observation
from saingan.engine.store.bulk import bulk
from saingan.engine.store.opening import open_engine, transaction
from saingan.engine.tables import dead_letter, rebuild_step
from saingan.engine.view import View
from saingan.errors import Fault, Rejection
from saingan.exchange.topic_log import Log
from saingan.rebuild import reading, spill
from saingan.settings import Settings
from saingan.standard.contract import contract
from saingan.topics import Topic
from saingan.views import load


class Loaded(NamedTuple):
    """What became of a bucket."""

    records: Counter[str]  # by topic
    refused: Counter[str]
    rows: int
    conflicts: int


class Registered:
    """What the registry had when the ends were fixed: a schema is there before any record that it wrote."""

    def __init__(self, by_topic: Mapping[str, dict[int, Any]]) -> None:
        self._by_topic = by_topic

    def writer_schemas(self, topic_name: str) -> dict[int, Any]:
        return self._by_topic[topic_name]


class Plan(NamedTuple):
    """What all processes of a rebuild need to know.

    Attributes:
        view: its name in the map.
        schemas: of the writers.
    """

    settings: Settings
    view: str
    schemas: Registered
    folder: Path
    buckets: int


class Units:
    """One process' part: clients are opened once and kept."""

    def __init__(self, plan: Plan) -> None:
        settings, view, schemas, self._folder, self._buckets = plan
        self._settings = settings
        self._view: View = load(view)
        self._topics: list[Topic] = list(self._view.streams)
        self._engine = open_engine(settings.database_url)
        self._streams = [
            Stream(number, contract(topic.name), kind, schemas)
            for number, (topic, kind) in enumerate(self._view.streams.items())
        ]
        names = [topic.name for topic in self._topics]
        self._folding = Folding(names, list(self._view.streams.values()), self._view.derive, self._view.row_ids)

    def spill(self, number: int, ends: Mapping[str, range]) -> int:
        """Read partition ``number`` of the topics, offsets by topic, into buckets; how many offsets."""
        done, folder = self._folder / f"{number}.done", self._folder / str(number)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            asyncio.run(self._spill(folder, number, ends))
            done.touch()
        return sum(map(len, ends.values()))

    async def _spill(self, folder: Path, number: int, ends: Mapping[str, range]) -> None:
        wire = self._settings.wire
        topics = {wire(topic.name): topic.person_level for topic in self._topics}
        written = spill.Spill(folder, topics, number, self._buckets)
        wanted = {(wire(name), number): offsets for name, offsets in ends.items()}
        async for name, records in reading.records(self._settings, wanted):
            written.add(name, records)
        written.close()

    def load(self, bucket: int) -> Loaded:
        """Fold, derive and write the persons of one bucket, in one transaction."""
        files = sorted(self._folder.glob(f"*/{bucket}"))
        changes: Changes = {}
        today = observation.days(observation.today())
        refused: list[tuple[Topic, int, int, Rejection]] = []
        records: Counter[str] = Counter()
        for block in (block for file in files for block in spill.read(file)):
            topic = self._topics[block.topic]
            records[topic.name] += len(block.offsets)
            read = self._streams[block.topic].take(*block[2:], block.partition, today, changes)
            refused += [(topic, block.partition, block.offsets[at], rejection) for at, rejection in read.refused]
        with transaction(self._engine) as conn:
            conn.execute(rebuild_step.insert().values(view=self._view.name, bucket=bucket))
            if refused:
                conn.execute(dead_letter.insert(), self._letters(refused))
            rows, conflicts = self._write(conn, changes)
        for file in files:
            file.unlink()
        return Loaded(records, Counter(topic.name for topic, *_ in refused), rows, conflicts)

    def _write(self, conn: Connection, changes: Changes) -> tuple[int, int]:
        view, store = self._view, bulk(conn)
        keys, dates = sorted(changes), observation.read(conn, view)
        written = self._folding.fold([(key, None, None) for key in keys], changes, dates, time.time_ns() // 1_000_000)
        store.load(view.history, [(*state[:4], 1, None) for state in written.states])
        store.load(view.table, written.rows)
        if view.topic:
            store.load(view.outbox, [(*row, 1) for row in written.touched])
        return len(written.rows), len(written.conflicts)

    def _letters(self, refused: Iterable[tuple[Topic, int, int, Rejection]]) -> list[dict[str, Any]]:
        """Refused records are fetched once more: their headers were not spilled."""
        sealer = Sealer.from_file(self._settings.public_key_file)
        letters = []
        with Log(self._settings) as log:
            for topic, partition, offset, rejection in refused:
                found = list(log.read(topic.name, {partition: offset}, {partition: offset + 1}))
                if not found:
                    raise Fault(f"{topic.name}[{partition}] no longer has offset {offset}: run `saingan rebuild` again")
                letter = sealer.letter(topic, partition, found[0], rejection)
                letters.append({"view": self._view.name, **letter})
        return letters


_units: list[Units] = []  # this process' own, once it knows


def end_with_parent() -> None:
    """The initializer of a process, which does not outlive the one that began it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def spill_partition(plan: Plan, number: int, ends: Mapping[str, range]) -> int:
    return _mine(plan).spill(number, ends)


def load_bucket(plan: Plan, bucket: int) -> Loaded:
    return _mine(plan).load(bucket)


def _mine(plan: Plan) -> Units:
    if not _units:
        _units.append(Units(plan))
        collect_seldom()
    return _units[0]
