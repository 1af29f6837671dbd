"""The table of all scenarios, in the order in which the long run plays them."""

from faults import controls, group, kills, outages
from faults.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *kills.SCENARIOS,
    *outages.SCENARIOS,
    *group.SCENARIOS,
    *controls.SCENARIOS,
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
