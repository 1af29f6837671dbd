"""Texts that look alike are one; broken ones and words for nothing are known."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.standard.texts import INVISIBLE, is_broken, is_plain, means_nothing, names_something, one_spelling

TONE, SARA_II, NIKHAHIT, SARA_AA, SARA_AM, SARA_E = "\u0e48", "\u0e35", "\u0e4d", "\u0e32", "\u0e33", "\u0e40"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (f"ท{NIKHAHIT}{SARA_AA}", f"ท{SARA_AM}"),
        (f"น{TONE}{NIKHAHIT}{SARA_AA}", f"น{TONE}{SARA_AM}"),
        (f"น{NIKHAHIT}{TONE}{SARA_AA}", f"น{TONE}{SARA_AM}"),
        (f"น{SARA_AM}{TONE}", f"น{TONE}{SARA_AM}"),
        (f"เลขท{TONE}{SARA_II}", f"เลขท{SARA_II}{TONE}"),
        (f"ท{SARA_II}{SARA_II}{TONE}", f"ท{SARA_II}{TONE}"),
        (f"{SARA_E}{SARA_E}พร{TONE}", f"แพร{TONE}"),
        ("\u202aE-1\u202c\u200e", "E-1"),
        ("ก\u00adข\ufeff\u2066ค", "กขค"),
        ("ก\u00a0\u2009ข", "ก  ข"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_texts_that_look_alike_get_one_spelling(typed, written):
    assert one_spelling(typed) == written


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E)) | st.text())
def test_a_spelling_is_its_own_spelling(text):
    assert one_spelling(one_spelling(text)) == one_spelling(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)) | st.text() | st.sampled_from(["NULL", "\\N", "?1", "E-1"]))
def test_what_is_plain_keeps_the_rules_of_texts(text):
    if is_plain(text):
        assert not is_broken(text)
        assert not means_nothing(text)
        assert one_spelling(text) == text


def test_most_identifiers_are_plain():
    assert all(map(is_plain, ["E-1", "SSO-20", "20101", "1320016101"]))


def test_every_format_character_of_the_plane_goes_but_those_that_write_something():
    plane = {code for code in range(0x10000) if unicodedata.category(chr(code)) == "Cf"}
    assert {chr(code) for code in plane - INVISIBLE.keys()} <= set(
        "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff9\ufffa\ufffb"
    )


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp874"])
@pytest.mark.parametrize("text", ["ช่างยนต์", "หัวหน้าแผนก", "พนักงานบัญชี", "ครู"])
def test_thai_that_was_read_in_another_encoding_is_broken(text, encoding):
    assert is_broken(text.encode().decode(encoding, "replace"))


@pytest.mark.parametrize("text", ["ช่างยนต์", "หัวหน้าแผนก", "ครู A"])
def test_thai_that_a_program_could_not_write_is_broken(text):
    assert is_broken(text.encode("ascii", "replace").decode())
    assert is_broken(text.encode("cp874").decode("utf-8", "replace"))
    assert is_broken(text.encode("cp874").decode("latin-1"))


@pytest.mark.parametrize("text", ["ช่างยนต์", "หัวหน้าแผนก", "พนักงานบัญชี", "ครู"])
@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1251", "koi8-r", "mac_roman"])
def test_thai_windows_text_that_was_read_in_any_other_encoding_is_broken(text, encoding):
    assert is_broken(text.encode("cp874").decode(encoding))


@pytest.mark.parametrize("text", ["ช?าง", "ช่&#3634;ง", "&#x0e0a;&#x0e48;", "□□□"])
def test_letters_that_were_lost_or_written_for_a_web_page_are_broken(text):
    assert is_broken(text)


@pytest.mark.parametrize(
    "text", ["", "ช่างยนต์", "ช่าง\nยนต์", "Señor Müller", "ไป?", "เธอเน้น", "นี่เธอเธอ", "100 °C ±5", "E-1"]
)
def test_what_people_write_is_not_broken(text):
    assert not is_broken(text)


@pytest.mark.parametrize(
    "word", ["NULL", "null", "\\N", "nan", "NaN", "None", "N/A", "<NA>", "NaT", "-", "–", " - ", "ไม่มี", "ไม่ระบุ"]
)
def test_words_for_nothing_are_known(word):
    assert means_nothing(word)


@pytest.mark.parametrize("word", ["0", "น่าน", "Nullaby", "ไม่มีฝีมือ", "Nancy", "33", "NA-1"])
def test_other_words_mean_something(word):
    assert not means_nothing(word)


@pytest.mark.parametrize("word", ["ไม่พบ", "(ว่าง)", "[NULL]", "None.", "'NULL'", "unknown", "..", "———", "/", "*", "_"])
def test_a_word_for_nothing_is_known_whatever_is_put_around_it(word):
    assert means_nothing(word)


@pytest.mark.parametrize("identifier", ["0", "0000000", "x", "xxxxx", "ไม่ทราบเลขที่", "ก", "-", "0-0"])
def test_what_only_fills_the_field_names_nothing(identifier):
    assert not names_something(identifier)


@pytest.mark.parametrize("identifier", ["1", "E-0", "AB", "ก1", "0001", "สผ.๒๕๖๘", "V1StGXR_Z5jdHi"])
def test_an_identifier_names_something(identifier):
    assert names_something(identifier)
