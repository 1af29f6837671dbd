"""Rows as PostgreSQL reads them."""

from saingan.engine.store.pgcopy import BOOLEAN, BYTES, DAY, INT, LONG, TEXT, copy_binary, record_array

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
