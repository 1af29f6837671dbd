"""The stores hold the same: what the laws show on SQLite is so on PostgreSQL."""

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from laws.histories import OBSERVED, arrival, changes, law
from support.store_bench import Bench


def test_both_kinds_of_store_end_with_the_same_table_states_and_outbox(tmp_path, postgres_url):
    with (
        closing(Bench(f"sqlite:///{tmp_path / 'store.db'}")) as embedded,
        closing(Bench(postgres_url)) as server,
    ):

        @settings(law, max_examples=25)
        @given(st.data(), changes(), st.lists(OBSERVED, min_size=1, max_size=3))
        def agree(data, came, days):
            batches = data.draw(arrival(came))
            for bench in (embedded, server):
                bench.clear()
                for batch in batches:
                    bench.apply(*batch)
                for day in days:
                    bench.look_from(day, day)
                    bench.sweep()
            assert server.rows() == embedded.rows()
            assert server.states() == embedded.states()
            assert server.outbox() == embedded.outbox()
            assert server.lineage() == embedded.lineage()

        agree()
