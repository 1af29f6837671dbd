"""A follower of the outcome view: the persons with a graduation per province, and the graduations per person."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table

from saingan.engine.core.derived import Dates
from saingan.engine.follow.following import Following, Output
from saingan.engine.result import RowKey
from saingan.engine.tables import key_type, metadata
from saingan.outcomes.view import OUTCOMES

NAME = "persons_per_province"
GRADUATIONS = "graduations_of"

persons_per_province = Table(
    NAME,
    metadata,
    Column("province", key_type(), primary_key=True),
    Column("persons", Integer, nullable=False),
    Column("graduated", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

graduations_of = Table(
    GRADUATIONS,
    metadata,
    Column("person_key", key_type(), primary_key=True),
    Column("graduations", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)


class Persons:
    """The model. ``graduated``: persons whose graduation is not after the day of observation."""

    def __init__(self) -> None:
        self.rows: dict[RowKey, Any] = {}
        self.today = 0
        self.given: set[str] = set()
        self.touched: set[str] = set()

    def put(self, _source: str, key: RowKey, row: Any | None) -> None:
        self.touched.add(key[0])
        self.rows.pop(key, None)
        if row is not None:
            self.rows[key] = row

    def advance(self, dates: Dates) -> None:
        self.today = dates.observed_on

    def changed(self) -> Iterable[tuple[str, RowKey, tuple[int, ...] | None]]:
        now = counted(self.rows, self.today)
        for province in sorted(self.given | now.keys()):
            yield NAME, (province, ""), now.get(province)
        self.given = set(now)
        of_person = Counter(person for person, _ in self.rows)
        for person in sorted(self.touched):
            yield GRADUATIONS, (person, ""), (of_person[person],) if person in of_person else None
        self.touched = set()


def counted(rows: dict[RowKey, Any], today: int) -> dict[str, tuple[int, int]]:
    """The function that the outputs are, said once more plainly."""
    persons: dict[str, set[str]] = defaultdict(set)
    graduated: dict[str, set[str]] = defaultdict(set)
    for (person, _), row in rows.items():
        persons[row.institution_province].add(person)
        if row.graduated_on <= today:
            graduated[row.institution_province].add(person)
    return {province: (len(found), len(graduated[province])) for province, found in persons.items()}


READ_OUTCOMES = replace(OUTCOMES, readers=(NAME,))
OUTPUTS = (Output(name=NAME, table=persons_per_province), Output(name=GRADUATIONS, table=graduations_of))
FOLLOWING = Following(NAME, (READ_OUTCOMES,), Persons, OUTPUTS)
