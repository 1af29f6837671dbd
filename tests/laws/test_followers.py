"""Whatever comes in whatever order, and whoever dies meanwhile: a follower's outputs are a function of its sources."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saingan.engine.follow import follower
from saingan.engine.follow.follower import Follower
from saingan.topics import GRADUATION
from support.follower_bench import FollowerBench
from support.make import day, graduation
from support.store_bench import COMPLETE_THROUGH, OBSERVED_ON


@pytest.fixture
def bench(following_store: str) -> Iterator[FollowerBench]:
    bench = FollowerBench(following_store)
    yield bench
    bench.close()


CHANGE = st.builds(
    lambda person, version, province, late, gone: graduation(
        person_key=f"{person:032x}",
        record_version=version,
        institution_province=province,
        graduated_on=day("2027-06-02") + late,
        change="WITHDRAW" if gone else "UPSERT",
    ),
    person=st.integers(0, 5),
    version=st.integers(1, 4),
    province=st.sampled_from(["10", "50", "90"]),
    late=st.integers(-2, 2),
    gone=st.booleans(),
)
STEP = st.one_of(
    st.tuples(st.just("take in"), st.lists(CHANGE, min_size=1, max_size=4)),
    st.tuples(st.just("look from"), st.integers(-1, 3)),
    st.tuples(st.sampled_from(["follow", "begin and die", "die", "expire"]), st.integers(0, 1)),
)


class Run:
    """Two followers, of which either may work, die in the middle of a start, or be taken for dead."""

    def __init__(self, bench: FollowerBench) -> None:
        self.bench = bench
        bench.clear()
        self.followers = [bench.follower(), bench.follower()]

    def do(self, what: str, which: Any) -> None:
        match what:
            case "take in":
                self.bench.apply(*[(GRADUATION, record) for record in which])
            case "look from":
                later = timedelta(days=which)
                self.bench.look_from(OBSERVED_ON + later, COMPLETE_THROUGH + later)
            case "follow":
                self.followers[which].round()
            case "begin and die":
                one = self.followers[which]
                if one._lease.hold():
                    one._begin()
                self.followers[which] = self.bench.follower()
            case "die":
                self.followers[which] = self.bench.follower()
            case "expire":
                self.bench.expire_leases()

    def settle(self) -> Follower:
        self.bench.expire_leases()
        last = self.bench.follower()
        while last.round():
            pass
        return last


@pytest.mark.parametrize("block", [1, 2_500])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_outputs_are_a_function_of_the_sources(bench: FollowerBench, block: int, steps: list[tuple[str, Any]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follower, "_BLOCK", block)
        run = Run(bench)
        for step in steps:
            run.do(*step)
            if bench.waiting() == 0:
                assert bench.outputs() == bench.expected()
        settled = run.settle()
        assert bench.outputs() == bench.expected()
        assert bench.waiting() == 0
        assert settled.round() == 0
