"""A key's state as bytes."""

from itertools import permutations

from saingan.engine.fold import ERASED, stands
from saingan.engine.state import State, digest

ONE = (1, 1_750_000_000_000, ("ก\t", None, -5, True))
RECORDS = {"a": ONE, "ข": (2, 1, None), "b": ERASED}


def test_a_new_key_has_no_record_in_any_stream():
    state = State.load(None, 4)
    assert (state.streams, state.written) == ([{}, {}, {}, {}], {})


def test_what_was_dumped_loads_as_it_was():
    loaded = State.load(State([RECORDS, {}], {"G-1": b"digest"}, [1, 5, 2**40]).dump(), 2)
    assert loaded.written == {"G-1": b"digest"}
    assert loaded.lineage == [1, 5, 2**40]
    for record_id, standing in RECORDS.items():
        held = loaded.streams[0][record_id]
        assert stands(held, standing) is held


def test_the_bytes_do_not_depend_on_the_order_of_arrival():
    orders = [State([dict(order), {}], {}, [0, 0, 0]).dump() for order in permutations(RECORDS.items())]
    assert len(set(orders)) == 1


def test_the_bytes_are_the_same_after_a_load():
    data = State([RECORDS, {}], {"x": b"1"}, [0, 3, 9]).dump()
    assert State.load(data, 2).dump() == data


def test_the_greatest_version_and_moment_of_an_avro_long_are_kept():
    extreme = (2**63 - 1, -(2**63), ("x",))
    assert list(State.load(State([{"a": extreme}], {}, [0, 0, 0]).dump(), 1).streams[0]["a"][:2]) == list(extreme[:2])


def test_a_digest_tells_rows_apart():
    rows = [("a", None), ("a", ""), ("", "a"), ("a", 0), ("a", 1), ("a",), ("a", None, None), ("a", False)]
    assert len({digest(row) for row in rows}) == len(rows)
