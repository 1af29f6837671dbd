"""Messages as Kafka's records, read back by another's reader."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from publish import wire
from saingan.publish.batch import Batch, Lane
from saingan.publish.message import Message
from saingan.publish.sender import written
from saingan.standard.cloudevents import packed
from saingan.topics import EMPLOYMENT, MESSAGE_BOUND

HEADERS = packed(EMPLOYMENT, source="/SSO/x", subject="S-1", event_id="S-1/1/UPSERT", at_ms=1_750_000_000_123)
BYTES = st.binary(max_size=200) | st.integers(0, 40_000).map(bytes)


def message(key=b"k", value=b"v"):
    return Message(key, value, 0, HEADERS)


@given(st.lists(st.tuples(BYTES, BYTES), min_size=1, max_size=200))
def test_a_reader_finds_what_was_put_in(pairs):
    batch = Batch(with_keys=True)
    taken = [pair for pair in pairs if batch.add(message(*pair))]
    found = [(record.offset, record.key, record.value) for record in wire.records(batch)]
    assert found == [(number, *pair) for number, pair in enumerate(taken)]
    assert batch.keys == [key for key, _ in taken]


def test_a_full_batch_is_one_that_the_broker_takes_though_it_cannot_be_compressed():
    batch, noise = Batch(with_keys=False), random.Random(1)
    while batch.add(message(value=noise.randbytes(1000))):
        pass
    assert MESSAGE_BOUND * 0.8 < len(written(batch, 1, 0, 0)) <= MESSAGE_BOUND


def test_a_message_that_is_longer_than_a_batch_has_one_of_its_own():
    lane = Lane("topic", 0, with_keys=False)
    assert [lane.add(message(value=bytes(size))) for size in (1, MESSAGE_BOUND, 1)] == [True] * 3
    assert [lane.take().count for _ in range(3)] == [1] * 3


def test_a_lane_gives_its_messages_in_order_also_while_more_come():
    lane, found = Lane("topic", 0, with_keys=True), []
    for number in range(5_000):
        lane.add(message(key=str(number).encode(), value=bytes(100)))
        if number % 700 == 0:
            found += lane.take().keys
    while lane:
        found += lane.take().keys
    assert found == [str(number).encode() for number in range(5_000)]


def test_a_batch_waits_for_more_unless_another_waits_behind_it():
    lane, linger_s = Lane("topic", 0, with_keys=False), 1e6
    lane.add(message())
    assert lane.due(linger_s) > time.monotonic()
    lane.add(message(value=bytes(MESSAGE_BOUND)))
    assert lane.due(linger_s) <= time.monotonic()
