from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from demo.people import SEED, recorded
from saingan.demo.exports import SLIPS, Export, Exports
from saingan.demo.shapes import SHAPES, Shape
from saingan.publish import publish_file
from saingan.publish.files.mapping.mapping import load
from saingan.publish.files.readers import open_table
from saingan.publish.files.rows import Reading, RowReader
from saingan.publish.files.table import plain_heading
from saingan.settings import Settings
from saingan.standard.identity import is_juristic_number

GRADUATES = 150


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Shape, Export]:
    return written(tmp_path_factory.mktemp("exports"))


def written(folder: Path, seed: int = SEED) -> dict[Shape, Export]:
    with Exports(folder, seed) as exports:
        for change in recorded(GRADUATES):
            exports.add(change)
    return {export.shape: export for export in exports.files}


def read(export: Export) -> Iterator[Reading]:
    """The rows as `saingan publish` understands them."""
    mapping = load(export.shape.mapping, export.shape.topic.name)
    wanted = {plain_heading(column.heading) for column in mapping.fields.values()}
    with closing(open_table(export.path, wanted)) as table:
        reader = RowReader(mapping, table.headings)
        yield from (reader.read(row.cells) for row in table.rows())


def told(reading: Reading) -> tuple[object, ...]:
    return reading.record, reading.citizen_id, reading.previous_citizen_id, reading.issues


def as_sent(record: dict[str, Any]) -> dict[str, Any]:
    """A sole trader's number is left out, and a register that shows minutes knows no more."""
    known = dict(record, recorded_at=record["recorded_at"] // 60_000)
    if known.get("employer_id") and not is_juristic_number(known["employer_id"]):
        known["employer_id"] = None
    return known


def comparable(citizen_id: str | None, previous: str | None, record: dict[str, Any]) -> tuple[str, ...]:
    digits = (citizen_id or "").replace("-", ""), (previous or "").replace("-", "")
    return (*digits, *(f"{name}={value}" for name, value in sorted(as_sent(record).items())))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.mapping)
def test_all_rows_but_the_spoilt_ones_could_be_sent(shape: Shape, files: dict[Shape, Export]) -> None:
    summary = publish_file(Settings(), shape.topic.name, files[shape].path, shape.mapping, dry_run=True, progress=False)
    assert (summary.rows, summary.refused) == (files[shape].rows, files[shape].spoilt)
    assert set(summary.warnings) <= {"field_code: unknown-code"}
    assert not summary.unused


def test_every_planned_slip_is_in_its_file(files: dict[Shape, Export]) -> None:
    assert sum(export.spoilt for export in files.values()) == len(SLIPS)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.mapping)
def test_what_is_read_from_a_file_is_what_the_registry_holds(shape: Shape, files: dict[Shape, Export]) -> None:
    held = [comparable(*change[1:]) for change in recorded(GRADUATES) if change.topic is shape.topic]
    found = [
        comparable(reading.citizen_id, reading.previous_citizen_id, reading.record)
        for reading in read(files[shape])
        if not reading.issues
    ]
    spoilt_but_legible = len(found) - len(held)
    assert 0 <= spoilt_but_legible <= files[shape].spoilt
    assert not set(held) - set(found)
    assert len(set(found) - set(held)) <= spoilt_but_legible


def test_rows_lie_in_no_order(files: dict[Shape, Export]) -> None:
    for export in files.values():
        ids = [reading.record["record_id"] for reading in read(export)]
        assert ids != sorted(ids)


def test_the_same_seed_writes_the_same_rows(files: dict[Shape, Export], tmp_path: Path) -> None:
    again = written(tmp_path)
    assert all(list(map(told, read(again[shape]))) == list(map(told, read(files[shape]))) for shape in SHAPES)
