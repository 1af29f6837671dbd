"""The employment-outcome view, as the engine runs it."""

from saingan.engine.view import View
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.outcomes.table import RULES, employment_outcome
from saingan.topics import OUTCOME

OUTCOMES = View(
    name="outcomes",
    streams=STREAMS,
    derive=derive,
    table=employment_outcome,
    topic=OUTCOME,
    rules=RULES,
    files=("codes/field_match.csv",),
)
