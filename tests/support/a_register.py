"""Registers that are not in the maps: workshops with their seats, keyed by themselves and on three partitions; jobs.

    python -m support.a_register FOLDER ARGUMENTS     # the command `saingan`, with both in its maps

The first one is all that a register costs: a schema, rules, a line in the map of topics, and one in that of views. The
second one reads a stream of the outcomes.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from saingan import views
from saingan.engine.register import register
from saingan.engine.view import View
from saingan.exchange import provision
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.topics import EMPLOYMENT, TOPICS, Kind, Topic
from support.commands import Worker
from support.make import Record, day, instant
from support.registers import CHANGE, DATE, INSTANT

WORKSHOP: Final = Topic("any.workshop.v1", "Workshop", "ANY", (), Kind.REGISTRY, "record_id", 3)
NAME: Final = "any_workshop"
JOBS: Final = "sso_insured_employment"
_KIND = {"type": "enum", "name": "WorkshopKind", "symbols": ["WELDING", "WIRING", "OTHER"], "default": "OTHER"}
_FIELDS: dict[str, Any] = {
    "record_id": "string",
    "record_version": "long",
    "change": CHANGE,
    "recorded_at": INSTANT,
    "source": "string",
    "kind": _KIND,
    "province": "string",
    "opened_on": DATE,
    "seats": ["null", "int"],
    "open": "boolean",
}
_SCHEMA = {
    "type": "record",
    "name": WORKSHOP.record,
    "namespace": "th.workforce.v1",
    "fields": [
        {"name": name, "type": kind, **({"default": None} if isinstance(kind, list) else {})}
        for name, kind in _FIELDS.items()
    ],
}
_RULES = """\
topic: any.workshop.v1
rules: []
"""


def workshop(record_id: str = "W-1/1", **fields: Any) -> Record:
    """A workshop with 12 seats for welders. Its id has a slash, as some registries' have."""
    record = {"record_id": record_id, "record_version": 1, "change": "UPSERT", "source": "ANY"}
    told = {"recorded_at": instant("2025-04-10T09:00"), "kind": "WELDING", "province": "20", "open": True}
    return {**record, **told, "opened_on": day("2020-05-01"), "seats": 12, **fields}


class RegisterWorker(Worker):
    """`saingan worker`, with the registers in its maps."""

    path = str(Path(__file__).parents[1])

    def __init__(self, settings: Settings, *arguments: str, **variables: object) -> None:
        self.command = (sys.executable, "-m", "support.a_register", str(settings.home / "schemas"), "worker")
        super().__init__(settings, *arguments, **variables)


def put_into_the_maps(folder: Path, patch: pytest.MonkeyPatch) -> View:
    """Have this process find the registers in the maps, and their files in ``folder``; the view of the first one."""
    if not folder.exists():
        shutil.copytree(str(schemas.root()), folder)
        (folder / f"{WORKSHOP.name}.avsc").write_text(json.dumps(_SCHEMA), encoding="utf-8")
        (folder / "rules" / f"{WORKSHOP.name}.yaml").write_text(_RULES, encoding="utf-8")
    patch.setattr(schemas, "root", lambda: folder)
    patch.setattr(provision, "WITH_SCHEMA", (*provision.WITH_SCHEMA, WORKSHOP))
    patch.setitem(TOPICS, WORKSHOP.name, WORKSHOP)
    for name, topic in ((NAME, WORKSHOP), (JOBS, EMPLOYMENT)):
        patch.setitem(views.VIEWS, name, views.Entry(topic))  # type: ignore[arg-type]
    return register(WORKSHOP)


if __name__ == "__main__":
    put_into_the_maps(Path(sys.argv[1]), pytest.MonkeyPatch())
    del sys.argv[1]
    from saingan.cli import main

    main()
