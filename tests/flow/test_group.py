"""Workers in one group come and go, well or badly: what they hold is taken over, and nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from saingan.settings import Settings
from support.commands import Worker
from support.exchange_contents import checked, ends, positions, publish, settled

pytestmark = pytest.mark.flow


@pytest.mark.parametrize(
    ("store_url", "seed"),
    [("postgresql", 1), ("postgresql", 2), ("postgresql", 3), ("sqlite", 4)],
    indirect=["store_url"],
)
def test_of_two_workers_one_is_killed_in_the_middle_and_the_other_ends_the_work(stored: Settings, seed: int) -> None:
    persons, small = 1000, {"poll_records": 50}  # many transactions, so that there is a middle
    with Worker(stored, **small) as killed, Worker(stored, **small) as other, ThreadPoolExecutor() as pool:
        killed.until_ready()
        other.until_ready()
        published = pool.submit(publish, stored, persons, seed)

        killed.until(lambda: min(each.metric("saingan_records_total") for each in (killed, other)) > 0)
        killed.kill()
        assert not published.done() or positions(stored) != ends(stored), "it was all over before the kill"

        published.result()
        other.until(settled(stored))
        assert other.stop() == 0

    assert checked(stored).rows_in_table > persons * 0.9


def test_a_worker_goes_on_at_full_load_while_another_comes_and_goes(exchange: Settings) -> None:
    persons, tiny = 1400, {"poll_records": 1}  # so that some batch is always on its way when the group changes
    with Worker(exchange, **tiny) as worker:
        worker.until_ready()
        for seed in (5, 6):
            publish(exchange, persons // 2, seed)
            with Worker(exchange, **tiny) as guest:
                guest.until_ready()
                assert guest.stop() == 0
        assert positions(exchange) != ends(exchange), "it was all over before the last one went"
        worker.until(settled(exchange))
        assert worker.stop() == 0

    assert checked(exchange).rows_in_table > persons * 0.9
