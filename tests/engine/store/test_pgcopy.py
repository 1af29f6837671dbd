"""Rows as PostgreSQL reads them."""

from saingan.engine.store.pgcopy import BOOLEAN, BYTES, DAY, INT, LONG, TEXT, TEXTS, copy_binary, record_array

_KINDS = [TEXT, INT, LONG, DAY, BYTES, BOOLEAN]
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)


def test_a_row_is_its_columns_each_after_its_size():
    row = ("ก", -5, 2**40, 10_957, b"\0\xff", True)
    assert copy_binary([row], _KINDS) == (
        _HEAD
        + b"\x00\x06"
        + b"\x00\x00\x00\x03\xe0\xb8\x81"
        + b"\x00\x00\x00\x04\xff\xff\xff\xfb"
        + b"\x00\x00\x00\x08\x00\x00\x01\x00\x00\x00\x00\x00"
        + b"\x00\x00\x00\x04\x00\x00\x00\x00"  # 2000-01-01, from where PostgreSQL counts
        + b"\x00\x00\x00\x02\x00\xff"
        + b"\x00\x00\x00\x01\x01"
        + b"\xff\xff"
    )


def test_nothing_is_told_from_what_is_empty_or_zero():
    copied = copy_binary([(None,) * 6, ("", 0, 0, 10_956, b"", False)], _KINDS)
    nothing = b"\x00\x06" + b"\xff\xff\xff\xff" * 6
    empty = b"\x00\x00\x00\x00"
    number = b"\x00\x00\x00\x04" + bytes(4) + b"\x00\x00\x00\x08" + bytes(8) + b"\x00\x00\x00\x04\xff\xff\xff\xff"
    assert copied == _HEAD + nothing + b"\x00\x06" + empty + number + empty + b"\x00\x00\x00\x01\x00" + b"\xff\xff"


def test_a_long_value_has_its_whole_size_before_it():
    assert b"\x00\x01\x11\x70" + b"x" * 70_000 + b"\xff\xff" in copy_binary([(b"x" * 70_000,)], [BYTES])


def test_no_rows_are_a_head_and_an_end():
    assert copy_binary([], [TEXT]) == _HEAD + b"\xff\xff"


def test_rows_of_a_parameter_are_records_of_an_array():
    held = record_array([("ก", -5, 7, 0, b"\0\xff", True), (None,) * 6, ("", 0, 0, -1, b"", False)], _KINDS)
    assert held == '{"(ก,-5,7,1970-01-01,\\\\\\\\x00ff,t)","(,,,,,)","(\\"\\",0,0,1969-12-31,\\\\\\\\x,f)"}'


def test_what_would_part_fields_or_records_is_quoted_for_both():
    assert record_array([('a,"\\',)], [TEXT]) == '{"(\\"a,\\\\\\"\\\\\\\\\\")"}'


def test_an_array_is_its_dimensions_its_items_type_and_its_items() -> None:
    number = "{:08x}".format
    of_two = bytes.fromhex("".join(map(number, (1, 0, 25, 2, 1, 3)))) + "ก".encode() + bytes(4)
    of_none = bytes.fromhex("".join(map(number, (0, 0, 25))))
    sizes = [len(array).to_bytes(4, "big") for array in (of_two, of_none)]
    copied = copy_binary([(("ก", ""), ())], [TEXTS, TEXTS])
    assert copied == _HEAD + b"\x00\x02" + sizes[0] + of_two + sizes[1] + of_none + b"\xff\xff"


def test_an_array_is_quoted_once_more_in_a_record_of_a_parameter() -> None:
    assert record_array([(("a", "b,"), ())], [TEXTS, TEXTS]) == (
        '{"(\\"{\\\\\\"a\\\\\\",\\\\\\"b,\\\\\\"}\\",\\"{}\\")"}'
    )
