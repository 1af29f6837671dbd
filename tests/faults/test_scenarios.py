"""The short selection: each of these scenarios for a round or two, on servers that it may kill."""

from collections.abc import Iterator

import pytest

from faults.place import Place
from faults.scenario import Scenario, perform
from faults.scenarios import SCENARIOS

pytestmark = pytest.mark.flow

SHORT = [scenario for scenario in SCENARIOS if scenario.short]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Place() as place:
        yield place


@pytest.mark.parametrize("scenario", SHORT, ids=[scenario.name for scenario in SHORT])
def test_nothing_is_lost_doubled_or_different_and_a_control_is_found_out(place: Place, scenario: Scenario) -> None:
    result = perform(scenario, place, seed=1, rounds=scenario.short)
    assert result.as_it_must_be, result.figures
