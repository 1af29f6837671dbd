from collections.abc import Iterator

import pytest

from support.store_bench import Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A SQLite store for all examples of a law; each begins with `Bench.clear`."""
    bench = Bench(f"sqlite:///{tmp_path_factory.mktemp('laws') / 'store.db'}")
    yield bench
    bench.close()
