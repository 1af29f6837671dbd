"""The table of all scenarios, in the order in which the long run plays them."""

from faults import bad_input, controls, disks, group, kills, lost_store, outages, storage, time_order
from faults.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *kills.SCENARIOS,
    *outages.SCENARIOS,
    *group.SCENARIOS,
    *bad_input.SCENARIOS,
    *time_order.SCENARIOS,
    *storage.SCENARIOS,
    *lost_store.SCENARIOS,
    *disks.SCENARIOS,
    *controls.SCENARIOS,
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
