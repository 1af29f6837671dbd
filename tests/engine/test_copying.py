"""Rows as PostgreSQL reads them."""

from saingan.engine.copying import BOOLEAN, BYTES, DAY, NUMBER, TEXT, copy_text, record_array


def test_a_row_is_a_line_of_its_columns():
    row = ("ก", -5, 0, b"\0\xff", True)
    assert copy_text([row], [TEXT, NUMBER, DAY, BYTES, BOOLEAN]) == "ก\t-5\t1970-01-01\t\\\\x00ff\tt\n"


def test_nothing_is_told_from_what_is_empty_or_zero():
    kinds = [TEXT, NUMBER, DAY, BYTES, BOOLEAN]
    lines = copy_text([(None,) * 5, ("", 0, -1, b"", False)], kinds)
    assert lines == "\\N\t\\N\t\\N\t\\N\t\\N\n\t0\t1969-12-31\t\\\\x\tf\n"


def test_what_would_part_columns_or_lines_is_escaped_wherever_it_stands_in_a_column():
    lines = copy_text([("plain", "a\tb"), (None, "\\N"), ("\n", "\r")], [TEXT, TEXT])
    assert lines == "plain\ta\\tb\n\\N\t\\\\N\n\\n\t\\r\n"


def test_no_rows_are_no_lines():
    assert copy_text([], [TEXT]) == ""


def test_rows_of_a_parameter_are_records_of_an_array():
    kinds = [TEXT, NUMBER, DAY, BYTES, BOOLEAN]
    held = record_array([("ก", -5, 0, b"\0\xff", True), (None,) * 5, ("", 0, -1, b"", False)], kinds)
    assert held == '{"(ก,-5,1970-01-01,\\\\\\\\x00ff,t)","(,,,,)","(\\"\\",0,1969-12-31,\\\\\\\\x,f)"}'


def test_what_would_part_fields_or_records_is_quoted_for_both():
    assert record_array([('a,"\\',)], [TEXT]) == '{"(\\"a,\\\\\\"\\\\\\\\\\")"}'
