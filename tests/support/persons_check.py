"""The persons of each province once more, as `verify` reads them: from the rows that the standard gives."""

from collections.abc import Mapping
from typing import Any

from saingan.verify.check import FollowerCheck, Output, Rows
from saingan.verify.dates import Dates
from saingan.verify.outcomes.check import CHECK as OUTCOMES

NAME = "persons_per_province"


def _rows(sources: Mapping[str, Rows], dates: Dates) -> Mapping[str, Rows]:
    seen: dict[str, dict[str, bool]] = {}  # province → person → whether graduated by the day of observation
    for row in sources[OUTCOMES.view].values():
        graduation: Mapping[str, Any] = dict(zip(OUTCOMES.output.columns, row, strict=True))
        province, person = graduation["institution_province"], graduation["person_key"]
        persons = seen.setdefault(province, {})
        persons[person] = persons.get(person, False) or graduation["graduated_on"] <= dates.observed_on
    return {NAME: {(province,): (province, len(of), sum(of.values())) for province, of in seen.items()}}


CHECK = FollowerCheck(
    view=NAME,
    sources=(OUTCOMES.view,),
    outputs=(Output(NAME, NAME, ("province", "persons", "graduated"), None, 1),),
    rows=_rows,
)
