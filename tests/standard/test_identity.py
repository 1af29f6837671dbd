import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.th import moa, pin

from saingan.standard.identity import (
    is_citizen_id,
    is_juristic_number,
    is_placeholder,
    key_check,
    murmur2,
    normalise_citizen_id,
    partition,
    person_key,
)
from support.make import citizen_id, juristic_number

SECRET = bytes(range(32))
PERSON = citizen_id(7)


@given(st.text("0123456789", min_size=13, max_size=13))
def test_the_check_digit_is_that_of_an_independent_implementation(digits):
    assert is_citizen_id(digits) == (pin.calc_check_digit(digits) == digits[12])


@pytest.mark.parametrize("first", "0123456789")
def test_any_first_digit_may_begin_a_citizen_id(first):
    digits = f"{first}23456789012"
    assert is_citizen_id(digits + pin.calc_check_digit(digits))


@pytest.mark.parametrize(
    "digits",
    ["111111111111", "000000000000", "999999999999", "121212121212", "123456789012", "012345678901", "987654321098"],
)
def test_digits_that_only_fill_a_field_are_a_placeholder(digits):
    assert is_placeholder(digits + pin.calc_check_digit(digits))


@pytest.mark.parametrize("n", [0, 1, 7, 4_567_890_123, 11_111_111_112])
def test_other_numbers_are_no_placeholder(n):
    assert not is_placeholder(citizen_id(n))
    assert not is_placeholder(juristic_number(n % 10**8))


def test_a_citizen_id_with_a_wrong_check_digit_is_none():
    assert is_citizen_id(PERSON)
    assert not is_citizen_id(PERSON[:12] + str((int(PERSON[12]) + 1) % 10))


@pytest.mark.parametrize(
    "text", ["", "1", PERSON[:12], PERSON + "0", f" {PERSON}", PERSON.translate({49: "๑"}), "x" * 13]
)
def test_what_is_not_thirteen_ascii_digits_is_no_citizen_id(text):
    assert not is_citizen_id(text)


@pytest.mark.parametrize(
    "written",
    [
        PERSON,
        f" {PERSON}\n",
        f"{PERSON[0]}-{PERSON[1:5]}-{PERSON[5:10]}-{PERSON[10:12]}-{PERSON[12]}",
        f"{PERSON[0]} {PERSON[1:5]} {PERSON[5:10]} {PERSON[10:12]} {PERSON[12]}",
        f"{PERSON[0]}\u2003{PERSON[1:5]}\u00a0{PERSON[5:]}",
        PERSON.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
        f"\ufeff{PERSON[:5]}–{PERSON[5:]}\u200b",
        PERSON.translate({48 + digit: thai for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}),
    ],
)
def test_a_citizen_id_is_the_same_however_it_is_written(written):
    assert normalise_citizen_id(written) == PERSON


def test_normalising_keeps_what_does_not_belong_so_that_the_check_sees_it():
    assert normalise_citizen_id("12/34") == "12/34"


def test_a_juristic_number_begins_with_zero():
    number = juristic_number(3)
    assert is_juristic_number(number)
    assert moa.is_valid(number)
    assert not is_juristic_number(PERSON)
    assert not is_juristic_number(number[:12] + str((int(number[12]) + 1) % 10))
    assert not is_juristic_number("")


def test_a_person_key_is_the_first_half_of_the_keyed_hash():
    assert person_key(SECRET, PERSON) == hmac.new(SECRET, PERSON.encode(), hashlib.sha256).hexdigest()[:32]


def test_a_person_key_does_not_change_between_releases():
    assert person_key(SECRET, "1000000000009") == "177f69f13eaa44bb3e7f7e333d05098c"


def test_another_secret_gives_other_keys_and_another_check_value():
    other = bytes(32)
    assert person_key(SECRET, PERSON) != person_key(other, PERSON)
    assert key_check(SECRET) != key_check(other)
    assert key_check(SECRET) == key_check(bytes(range(32)))


@pytest.mark.parametrize(
    ("data", "signed"),
    [  # Apache Kafka, UtilsTest.testMurmur2
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_that_of_the_java_client(data, signed):
    assert murmur2(data) == signed % 2**32


@given(st.text(), st.integers(1, 1000))
def test_a_partition_is_one_of_the_topic(key, partitions):
    assert 0 <= partition(key, partitions) < partitions


def test_a_negative_hash_is_made_positive_as_the_java_client_does():
    assert partition("foobar", 6) == (-790332482 & 0x7FFFFFFF) % 6
