"""A key's state as bytes."""

from itertools import permutations
from typing import NamedTuple

from saingan.engine.core.standing import ERASED
from saingan.engine.core.state import State, StateCodec, digest


class Kind(NamedTuple):
    text: str
    nothing: str | None
    number: int
    truth: bool


ONE = (1, 1_750_000_000_000, Kind("ก\t", None, -5, True))
RECORDS = {"a": ONE, "ข": (2, 1, None), "b": ERASED}
CODEC = StateCodec([Kind, Kind])


def dump(records, lineage=(0, 0, 0)):
    return CODEC.dump(State([records, {}], {"G-1": b"digest"}, lineage))


def test_a_new_key_has_no_record_in_any_stream():
    state = CODEC.load(None)
    assert (state.streams, state.written) == ([{}, {}], {})


def test_what_was_dumped_loads_as_it_was():
    loaded = CODEC.load(dump(RECORDS, (1, 5, 2**40)))
    assert (loaded.streams, loaded.written, loaded.lineage) == ([RECORDS, {}], {"G-1": b"digest"}, (1, 5, 2**40))
    assert isinstance(loaded.streams[0]["a"][2], tuple)


def test_the_bytes_do_not_depend_on_the_order_of_arrival():
    assert len({dump(dict(order)) for order in permutations(RECORDS.items())}) == 1


def test_the_bytes_are_the_same_after_a_load():
    assert CODEC.dump(CODEC.load(dump(RECORDS))) == dump(RECORDS)


def test_the_greatest_version_and_moment_of_an_avro_long_are_kept():
    extreme = (2**63 - 1, -(2**63), ONE[2])
    assert CODEC.load(dump({"a": extreme})).streams[0]["a"] == extreme


def test_a_digest_tells_rows_apart():
    rows = [("a", None), ("a", ""), ("", "a"), ("a", 0), ("a", 1), ("a",), ("a", None, None), ("a", False)]
    assert len({digest(row) for row in rows}) == len(rows)
