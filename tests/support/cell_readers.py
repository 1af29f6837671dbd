"""Readers of single cells, for fields of the registers."""

from collections.abc import Sequence
from typing import Any

import pytest

from saingan.publish.files.cells import CellReader
from saingan.publish.files.mapping.layout import Column
from saingan.publish.files.mapping.mapping import schema_fields
from saingan.publish.files.values import UnreadableError
from saingan.topics import DEMAND, EMPLOYMENT, GRADUATION

GRADUATE = schema_fields(GRADUATION.name)
INSURED = schema_fields(EMPLOYMENT.name)
WANTED = schema_fields(DEMAND.name)


def reader(field: dict[str, Any], blank: Sequence[str] = (), required: bool = True, **column: object) -> CellReader:
    """Of a field of the schema, in a mapping with such a column."""
    return CellReader(Column.model_validate({"from": "ก", **column}), field, blank, required)


def rule(cells: CellReader, said: object) -> str:
    """The rule by which a cell is refused."""
    with pytest.raises(UnreadableError) as slip:
        cells.read(said)
    return slip.value.rule
