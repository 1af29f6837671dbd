"""The outcome view and a follower of it, over one store of their own."""

from typing import Any

from sqlalchemy import delete, select, update

from saingan.engine.follow import state
from saingan.engine.follow.follower import Follower
from saingan.engine.follow.following import Following
from saingan.engine.store.opening import clock, transaction
from saingan.engine.tables import lease, view_build
from saingan.metrics import Metrics
from support.persons_per_province import FOLLOWING, READ_OUTCOMES, counted, persons_per_province
from support.store_bench import Bench


class FollowerBench(Bench):
    """
    Attributes:
        failed: what ended followers that ran by themselves.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, READ_OUTCOMES)
        self.failed: list[BaseException] = []

    def clear(self) -> None:
        with transaction(self.engine) as conn:
            conn.execute(delete(view_build).where(view_build.c.view == FOLLOWING.name))
        super().clear()

    def follower(self, following: Following = FOLLOWING, metrics: Metrics | None = None) -> Follower:
        return Follower(following, self.engine, metrics or self.metrics, self.failed.append)

    def follow(self, follower: Follower) -> int:
        """Rounds until nothing is left; how many there were."""
        rounds = 0
        while follower.round():
            rounds += 1
        return rounds

    def waiting(self) -> int:
        with transaction(self.engine, read_only=True) as conn:
            return state.waiting(conn, FOLLOWING)

    def outputs(self) -> dict[str, tuple[int, int]]:
        rows = self.read(select(persons_per_province))
        return {row.province: (row.persons, row.graduated) for row in rows}

    def expected(self) -> dict[str, tuple[int, int]]:
        """The outputs as a function of the source's rows and the dates in force, straight from the store."""
        with transaction(self.engine, read_only=True) as conn:
            dates = state.read(conn, FOLLOWING).dates
        assert dates is not None
        table, columns = self.view.table, [column.name for column in self.view.table.columns]
        rows = [dict(zip(columns, row, strict=False)) for row in self.rows()]
        keys = list(table.primary_key)
        return counted({(row[keys[0].name], row[keys[1].name]): _Row(row) for row in rows}, dates.observed_on)

    def expire_leases(self) -> None:
        with transaction(self.engine) as conn:
            conn.execute(update(lease).values(expires_at=clock(conn) - 1))


class _Row:
    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
