"""What spreadsheets, databases and other programs leave in cells never becomes a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.publish.files.values import UnreadableError
from support.cell_readers import GRADUATE, INSURED, WANTED, reader, rule
from support.exports import cell


def record_id(said):
    return reader(GRADUATE["record_id"]).read(said)


@pytest.mark.parametrize(
    "said",
    [
        '="0123"',
        '"0123"',
        "'0123",
        "\u20180123",
        "'0123'",
        "\x1f0123",
        " 0123\u00a0",
        "\u202a0123\u202c",
        "0123_x000D_",
        "๐๑๒๓",
    ],
)
def test_what_was_put_around_an_identifier_is_taken_off(said):
    assert record_id(said) == "0123"


def test_quotes_inside_a_wrapped_text_are_kept():
    assert record_id('="5"" pipe"') == '5" pipe'


@pytest.mark.parametrize(
    "said",
    [
        *("1.999E+12", "6.7e+11", "6.70012345678E11", "6,7E+11", "1E+05", "1e-7", "-1.5E3"),
        *("#N/A", "#REF!", "#SPILL!", "#CALC!", "#NAME?", "#DIV/0!", "#BUSY!", "#n/a", "######", "#", "Err:502"),
        *("670012345.0", "670012345.00", "670012345,0", "1,320,016,101", "1,320,016,101.00"),
        *("=0123", "=A1+1", '="0123"&A1', '=HYPERLINK("x")', '="1.9E+12"', "'6.7E+11"),
        *("Jan-31", "1-Jan", "31-Mar-68", "ม.ค.-31", "2-ก.พ.", "2025-05-01 00:00:00", "1/5/2568 0:00"),
        *(6.701234567890124e18, 1234567890123456, 10**15, cell("2025-05-01")),
    ],
)
def test_what_a_spreadsheet_changed_is_refused_in_an_identifier(said):
    assert rule(reader(GRADUATE["record_id"]), said) == "spreadsheet"


@pytest.mark.parametrize(
    "said",
    [
        "E12",
        "12E3",
        "A.0",
        "1.2.0",
        "10.5",
        "5-1",
        "2/2567",
        "#A12",
        "A=B",
        "O'Brien",
        "1e5",
        "+66-2",
        "7231-01",
        "JAN-31",
        "1-Jane",
    ],
)
def test_what_only_resembles_it_is_kept(said):
    assert record_id(said) == said


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_number_of_up_to_15_digits_is_its_digits(number):
    assert record_id(number) == record_id(float(number)) == str(number)


@pytest.mark.parametrize("said", [1.5, -5, float("nan"), float("inf"), True, ["0123"], {"a": 1}])
def test_what_is_no_text_is_refused(said):
    assert rule(reader(GRADUATE["record_id"]), said) == "type"


def test_a_decimal_zero_is_taken_off_where_a_lost_zero_shows():
    assert reader(None).read("1999000000017.0") == "1999000000017"
    assert reader(INSURED["tsic"], width=5).read("1111.0") == "01111"
    assert reader(INSURED["section"], codes={"33": "33"}).read("33.0") == 33
    assert reader(GRADUATE["academic_year"]).read("2567.0") == reader(GRADUATE["academic_year"]).read('="2567"') == 2567


def test_line_breaks_that_programs_escape_are_line_breaks():
    position = reader(INSURED["position"], required=False)
    assert position.read("ช่าง_x000D_\nยนต์") == "ช่าง\nยนต์"
    assert position.read("ช่าง_x000d__x000A_ยนต์") == "ช่าง\nยนต์"


def test_texts_that_look_alike_become_one_identifier():
    assert record_id("ท\u0e4d\u0e32-001") == record_id("ท\u0e33-001") == "ท\u0e33-001"
    assert record_id("เเพร่-1") == "แพร่-1"


WORDS = ["NULL", "null", "\\N", "nan", "NaN", "None", "N/A", "<NA>", "NaT", "-", "--", "–", "ไม่มี", "ไม่ระบุ", " Null "]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    ("field", "column"),
    [
        (GRADUATE["enrolment_record_id"], {}),
        (GRADUATE["entry_academic_year"], {}),
        (INSURED["position"], {}),
        (INSURED["employer_id"], {"parse": "juristic_number"}),
        (INSURED["ended_on"], {}),
        (INSURED["tsic"], {"width": 5}),
        (INSURED["employer_province"], {"codes": {"กทม": "10"}}),
        (None, {}),
    ],
)
def test_a_word_for_nothing_is_nothing_in_a_field_that_may_be_empty(word, field, column):
    assert reader(field, required=False, **column).read(word) is None


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("field", [GRADUATE["record_id"], GRADUATE["academic_year"], GRADUATE["graduated_on"], None])
def test_a_word_for_nothing_is_refused_as_missing_in_a_field_that_is_required(word, field):
    assert rule(reader(field), word) == "required"


def test_a_word_for_nothing_takes_the_default():
    assert reader(INSURED["section"], default="33").read("NULL") == 33


def test_a_mapping_names_further_words_for_nothing_for_dates_of_a_spreadsheet_too():
    ended = reader(INSURED["ended_on"], blank=["31/12/9999", "ยังทำงาน"], required=False)
    assert [ended.read(said) for said in ("31/12/9999", "ยังทำงาน", cell("9999-12-31"))] == [None, None, None]


def test_what_a_columns_own_codes_name_is_no_word_for_nothing():
    assert reader(INSURED["section"], blank=["-"], codes={"-": "39", "ไม่มี": "40"}).read("-") == 39
    assert reader(INSURED["section"], codes={"ไม่มี": "40"}).read("ไม่มี") == 40


def test_the_province_of_nan_is_told_from_not_a_number():
    province = reader(INSURED["employer_province"], required=False, list="provinces")
    assert [province.read(said) for said in ("Nan", "NAN", "น่าน", "จ.น่าน")] == ["55"] * 4
    assert [province.read(said) for said in ("nan", "NaN")] == [None, None]


def test_numbers_of_the_agencys_own_never_become_ours():
    own = reader(INSURED["employer_province"], list="provinces", codes={"10": "50", "20": "90"})
    assert [own.read(said) for said in ("10", 20, "ชลบุรี")] == ["50", "90", "20"]
    assert rule(own, "50") == "code"


def test_a_list_of_many_names_is_told_by_its_count_and_the_nearest():
    with pytest.raises(UnreadableError) as slip:
        reader(INSURED["employer_province"], list="provinces").read("อยุธยา")
    assert "it knows 77 names, the nearest are" in slip.value.advice
    assert "พระนครศรีอยุธยา" in slip.value.advice


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("20101; 30101", ("20101", "30101")),
        ("20101;;-; NULL;", ("20101",)),
        ("๒๐๑๐๑", ("20101",)),
        (20101, ("20101",)),
        (["20101", 30101, None], ("20101", "30101")),
        ("-", ()),
        ("", ()),
        (None, ()),
        ([], ()),
    ],
)
def test_a_cell_of_several_values_is_parted_at_the_separator_of_the_mapping(
    said: object, items: tuple[str, ...]
) -> None:
    assert reader(WANTED["fields_wanted"], required=False, separator=";").read(said) == items


def test_each_item_of_a_cell_is_read_by_its_columns_codes() -> None:
    cells = reader(WANTED["fields_wanted"], codes={"ช่างยนต์": "20101", "ช่างกล": "20102"})
    assert cells.read("ช่างกล | ช่างยนต์") == ("20102", "20101")
    assert rule(cells, "ช่างกล|ช่างไฟ") == "code"
    assert rule(cells, ["ช่างกล", ["ช่างยนต์"]]) == "type"


@pytest.mark.parametrize(("said", "value"), [("ใช่", True), ("ไม่", False), ("TRUE", True), (False, False), ("-", None)])
def test_yes_and_no_are_the_agencys_words_or_ours(said: object, value: bool | None) -> None:
    cells = reader(WANTED["curriculum_partner"], required=False, codes={"ใช่": "true", "ไม่": "false"})
    assert cells.read(said) is value
    assert rule(reader(WANTED["curriculum_partner"]), "อาจจะ") == "type"
