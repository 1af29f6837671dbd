"""A change of a record, as it comes out of a topic and goes into the fold."""

from typing import final

from mypy_extensions import i64, mypyc_attr

from saingan.engine.core.standing import Standing


@final
@mypyc_attr(acyclic=True)
class Change:
    """One change, as the fold wants it. ``stream`` counts the view's streams."""

    __slots__ = ("offset", "partition", "record_id", "standing", "stream")

    def __init__(self, stream: i64, record_id: str, standing: Standing, partition: i64, offset: i64) -> None:
        self.stream: i64 = stream
        self.record_id: str = record_id
        self.standing: Standing = standing
        self.partition: i64 = partition
        self.offset: i64 = offset


Changes = dict[str, list[Change]]  # by key
