"""The limit on rejecting: section 10 of the standard, third bullet."""

import pytest

from saingan.engine.intake.flood import AT_LEAST, WINDOW, Flood
from saingan.errors import Fault, Rejection
from saingan.topics import EMPLOYMENT, ENROLMENT

BAD = Rejection("key", "the key disagrees")


def refuse(flood, positions, topic=EMPLOYMENT):
    for position in positions:
        flood.refused(topic, position, BAD)


def test_the_limits_are_those_of_the_standard():
    assert (WINDOW, AT_LEAST) == (10_000, 100)


def test_ninety_nine_bad_records_stop_no_worker():
    refuse(Flood(0.2), range(99))


def test_a_hundred_bad_records_and_no_good_one_stop_it():
    flood = Flood(0.2)
    refuse(flood, range(99))
    with pytest.raises(Fault, match=r"sso\.insured-employment\.v1: 100 of the last 100 records are refused"):
        refuse(flood, [99])


def test_the_share_must_be_over_the_limit_not_at_it():
    refuse(Flood(0.2), range(4, 1000, 5))  # every fifth of 1,000
    with pytest.raises(Fault):
        refuse(Flood(0.2), [*range(4, 1000, 5), 1000])


def test_good_records_of_earlier_slices_count():
    flood = Flood(0.2)
    flood.seen(EMPLOYMENT, 400)
    refuse(flood, range(100))
    with pytest.raises(Fault):
        refuse(flood, [100])


def test_only_the_last_ten_thousand_records_count():
    flood = Flood(0.2)
    refuse(flood, range(99))
    flood.seen(EMPLOYMENT, 1_000_000)  # and all of those good
    refuse(flood, range(2_000))  # exactly the share
    with pytest.raises(Fault, match="2001 of the last 10000"):
        refuse(flood, [2_000])


def test_bad_records_before_the_window_are_forgotten():
    flood = Flood(0.2)
    for _ in range(20):  # 99 of every 10,000: never a flood, however long
        refuse(flood, range(99))
        flood.seen(EMPLOYMENT, WINDOW)


def test_topics_are_counted_apart():
    flood = Flood(0.2)
    refuse(flood, range(99), EMPLOYMENT)
    refuse(flood, range(99), ENROLMENT)


def test_a_limit_of_one_stops_no_worker():
    refuse(Flood(1.0), range(3 * WINDOW))


def test_the_word_of_the_fault_says_why_and_what_to_do():
    with pytest.raises(Fault, match=r"key: the key disagrees.*SAINGAN_REJECTION_LIMIT"):
        refuse(Flood(0.2), range(100))
