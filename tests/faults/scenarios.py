"""The table of all scenarios, in the order in which the long run plays them."""

from faults import kills
from faults.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (*kills.SCENARIOS,)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
