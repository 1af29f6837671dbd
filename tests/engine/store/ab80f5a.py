"""A store of ab80f5a, and the content of its topics: see fixtures/ab80f5a/README.md."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from saingan.engine.view import View
from saingan.standard import codec, schemas
from saingan.topics import TOPICS, Topic

FOLDER = Path(__file__).parent / "fixtures" / "ab80f5a"
FINGERPRINT = (FOLDER / "fingerprint.txt").read_text().strip()
TOPIC_ID = "id"  # in the ledger


def restore(url: str) -> None:
    """Fill an empty database with the store."""
    where = make_url(url)
    dump = (FOLDER / f"{where.get_backend_name()}.sql").read_text(encoding="utf-8")
    if where.get_backend_name() == "sqlite":
        assert where.database is not None
        with sqlite3.connect(where.database) as raw:
            raw.executescript(dump)
        raw.close()
    else:
        plain = where.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as conn:
            conn.execute(dump.encode())


def topics(view: View, schema_ids: Any) -> Iterator[tuple[Topic, bytes, bytes, str]]:
    """The messages that the store has taken in: topic, key, value and owner.

    Args:
        schema_ids: of a registry, by the topic's name.
    """
    parsed = {topic.name: codec.parse(schemas.schema(topic.name)) for topic in view.streams}
    for line in (FOLDER / "topics.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        topic = TOPICS[told["topic"]]
        if "record" in told:
            datum = codec.encode(parsed[topic.name], told["record"])
            value, owner = codec.frame(schema_ids(topic.name), datum), told["record"]["person_key"]
        else:
            value, owner = bytes.fromhex(told["value"]), told["key"].partition("/")[0]
        yield topic, told["key"].encode(), value, owner
