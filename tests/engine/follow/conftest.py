from collections.abc import Iterator

import pytest

from support.follower_bench import FollowerBench


@pytest.fixture
def bench(following_store: str) -> Iterator[FollowerBench]:
    bench = FollowerBench(following_store)
    yield bench
    bench.close()
    assert bench.failed == []
