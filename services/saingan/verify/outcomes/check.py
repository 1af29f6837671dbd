"""The employment-outcome view, as `verify` reads it."""

import csv
from collections.abc import Mapping
from typing import Final

from saingan.outcomes.table import RULES, employment_outcome
from saingan.standard import schemas
from saingan.topics import OUTCOME
from saingan.verify.check import Check, Output, Rows
from saingan.verify.dates import Dates
from saingan.verify.outcomes import oracle
from saingan.verify.outcomes.rules import MatchRow, Row, Sight, matcher
from saingan.verify.standing import Rank, RecordKey


def field_match() -> list[MatchRow]:
    """The rows of ``schemas/codes/field_match.csv``."""
    text = (schemas.root() / "codes" / "field_match.csv").read_text(encoding="utf-8")
    return [MatchRow(*(line[name] for name in MatchRow._fields)) for line in csv.DictReader(text.splitlines())]


def _rows(standing: Mapping[RecordKey, Rank], dates: Dates) -> Rows:
    return oracle.rows(standing, Sight(*dates, matcher(field_match())))


CHECK: Final = Check(
    view="outcomes",
    topics=oracle.KEPT,
    output=Output("outcomes", employment_outcome.name, Row._fields, OUTCOME.name),
    rows=_rows,
    rules=RULES,
)
