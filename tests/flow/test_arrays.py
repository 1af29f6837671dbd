"""Arrays of strings go the whole way: an agency's program, the topic, the store, the relay, and a view's topic."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Column, String, Table, select

from saingan.engine.core.batch import Batch, Slice
from saingan.engine.core.derived import Dates, Derived, Live
from saingan.engine.relay import Relay
from saingan.engine.store.columns import Strings
from saingan.engine.tables import key_type, lineage, metadata
from saingan.engine.view import View
from saingan.exchange import provision
from saingan.exchange.registry import Registry
from saingan.publish import Publisher
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.codec import parse
from saingan.standard.decoder import Decoder
from saingan.topics import DEMAND, TOPICS, Kind, Topic
from support.exchange_contents import messages
from support.make import demand
from support.store_bench import Bench, Raw

pytestmark = pytest.mark.flow

WANTED = Topic("any.wanted.v1", "Wanted", "exchange", (), Kind.VIEW, "record_id", 3)
SCHEMA = {
    "type": "record",
    "name": "Wanted",
    "namespace": "th.workforce.v1",
    "fields": [
        {"name": "record_id", "type": "string"},
        {"name": "position", "type": "string"},
        {"name": "skills", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "changed_by_topic", "type": "string"},
        {"name": "changed_by_partition", "type": "int"},
        {"name": "changed_by_offset", "type": "long"},
        {"name": "changed_at", "type": "long"},
    ],
}
SKILLS: dict[str, list[str]] = {
    "D-1": ["ช่าง,ยนต์", 'a "quoted" one', "{braces}", "back\\slash", "x" * 64],
    "D-2": [],
    "D-3/a": ["b", "a", "b", "ก"],
}


class Kept(NamedTuple):
    position: str
    skills: tuple[str, ...]


def derive(_record_id: str, demands: Live, _dates: Dates) -> Derived:
    rows = [("", fields) for fields in demands.values()]
    return Derived(dict(rows), None, None)


VIEW = View(
    name="wanted",
    streams={DEMAND: Kept},
    derive=derive,
    table=Table(
        "wanted_skills",
        metadata,
        Column("record_id", key_type(), primary_key=True),
        Column("position", String, nullable=False),
        Column("skills", Strings, nullable=False),
        *lineage(),
    ),
    topic=WANTED,
    clock=False,
)


@pytest.fixture
def wanted(stored: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An exchange that has the view's topic."""
    folder = tmp_path / "schemas"
    shutil.copytree(str(schemas.root()), folder)
    (folder / f"{WANTED.name}.avsc").write_text(json.dumps(SCHEMA), encoding="utf-8")
    monkeypatch.setattr(schemas, "root", lambda: folder)
    monkeypatch.setitem(TOPICS, WANTED.name, WANTED)
    provision.provision_topics(stored)
    with Registry(stored) as registry:
        registry.register(WANTED.name)
    return stored


def batch(settings: Settings) -> Batch:
    """All that lies in the topic, as a consumer hands it over."""
    parts: dict[int, list[Raw]] = {}
    for found in messages(settings, DEMAND):
        parts.setdefault(found.partition, []).append(Raw(found.offset, 0, found.key, found.value, []))
    return [Slice(DEMAND, number, 0, len(part), part) for number, part in parts.items()]


def test_arrays_go_from_an_agencys_program_to_a_views_topic_and_mean_the_same(wanted: Settings) -> None:
    with Publisher(wanted) as publisher:
        for record_id, skills in SKILLS.items():
            publisher.publish(DEMAND.name, demand(record_id=record_id, skills=skills))
    errors: list[BaseException] = []
    with closing(Bench(wanted.database_url, VIEW)) as bench, Registry(wanted) as registry:
        bench.registry = registry  # type: ignore[assignment]
        bench.apply_batch(batch(wanted), bench.worker())
        in_order = {record_id: tuple(sorted(set(skills))) for record_id, skills in SKILLS.items()}
        assert {row.record_id: row.skills for row in bench.read(select(VIEW.table))} == in_order

        relay = Relay(VIEW, wanted, bench.engine, registry, bench.metrics, errors.append)
        assert relay.round() == len(SKILLS)
    ours = parse(SCHEMA)
    sent = {message.key: Decoder(ours, ours).record(message.value or b"") for message in messages(wanted, WANTED)}
    assert {key.decode() if key else "": record["skills"] for key, record in sent.items()} == in_order
    assert errors == []
