"""The laws of the view loop, on a real store: the table is a function of the set of changes and the two dates."""

from hypothesis import given
from hypothesis import strategies as st

from laws.histories import arrival, changes, dates, expected, law
from support.make import OTHER_PERSON, PERSON
from support.store_bench import Bench


def table_of(bench: Bench, *batches, seen_from=None):
    """The rows and states that an empty store ends with."""
    bench.clear()
    if seen_from:
        bench.look_from(*seen_from)
    for batch in batches:
        bench.apply(*batch)
    return bench.rows(), bench.states()


@law
@given(st.data(), changes(), dates())
def test_any_order_any_repetition_and_any_cut_into_batches_give_the_same_table_and_states(bench, data, came, seen_from):
    at_once = table_of(bench, came, seen_from=seen_from)
    assert table_of(bench, *data.draw(arrival(came)), seen_from=seen_from) == at_once
    assert at_once[0] == expected(came, seen_from)


@law
@given(st.data(), changes())
def test_four_workers_with_a_stream_each_give_the_table_of_one(bench, data, came):
    alone = table_of(bench, came)
    bench.clear()
    workers = {topic: bench.worker() for topic in bench.view.streams}
    for batch in data.draw(arrival(came)):
        for topic in data.draw(st.permutations(list(workers))):
            bench.apply(*[change for change in batch if change[0] is topic], by=workers[topic])
    assert (bench.rows(), bench.states()) == alone


@law
@given(st.data(), changes())
def test_a_replay_from_the_start_gives_the_same_bytes(bench, data, came):
    batches = data.draw(arrival(came))
    first = table_of(bench, *batches), bench.lineage(), bench.outbox()
    assert (table_of(bench, *batches), bench.lineage(), bench.outbox()) == first


@law
@given(changes())
def test_what_came_already_alters_nothing(bench, came):
    bench.clear()
    bench.apply(*came)
    held = bench.rows(), bench.states(), bench.lineage()
    assert bench.apply(*came) == 0
    assert (bench.rows(), bench.states(), bench.lineage()) == held


@law
@given(changes(), st.lists(dates(), min_size=2, max_size=6))
def test_time_in_any_steps_and_in_either_direction_ends_where_one_look_does(bench, came, steps):
    bench.clear()
    bench.look_from(*steps[0])
    bench.apply(*came)
    for step in steps[1:]:
        bench.look_from(*step)
        bench.sweep()
        assert bench.rows() == expected(came, step)


@law
@given(st.data(), changes(), st.lists(dates(), min_size=1, max_size=4))
def test_changes_and_days_may_come_in_any_interleaving(bench, data, came, steps):
    bench.clear()
    for batch in data.draw(arrival(came)):
        step = data.draw(st.sampled_from(steps))
        bench.look_from(*step)
        bench.apply(*batch)
    bench.sweep()
    assert bench.rows() == expected(came, step)


@law
@given(st.data(), changes(), dates())
def test_a_withdrawn_record_stays_withdrawn_whatever_older_change_comes_after(bench, data, came, seen_from):
    topic, record = data.draw(st.sampled_from(came))
    withdrawal = topic, {**record, "change": "WITHDRAW", "record_version": 9}
    without = [
        (of, one)
        for of, one in came
        if (of, one["record_id"], one["person_key"]) != (topic, record["record_id"], record["person_key"])
    ]
    table = table_of(bench, [withdrawal], *data.draw(arrival(came)), seen_from=seen_from)[0]
    assert table == expected(without, seen_from)


@law
@given(st.data(), changes(), dates(), st.integers(1, 9))
def test_an_erased_record_is_as_if_it_had_never_been(bench, data, came, seen_from, version):
    topic, record = data.draw(st.sampled_from(came))
    erasure = topic, {**record, "change": "ERASE", "record_version": version}
    without = [
        (of, one)
        for of, one in came
        if (of, one["record_id"], one["person_key"]) != (topic, record["record_id"], record["person_key"])
    ]
    table = table_of(bench, *data.draw(arrival([*came, erasure])), seen_from=seen_from)[0]
    assert table == expected(without, seen_from)


@law
@given(st.data(), changes())
def test_a_person_whose_records_all_move_leaves_no_trace(bench, data, came):
    moves = [
        (topic, {**record, "record_version": 9, "person_key": key, "change": change})
        for topic, record in came
        if record["person_key"] == PERSON
        for key, change in ((PERSON, "WITHDRAW"), (OTHER_PERSON, record["change"]))
    ]
    rows, _ = table_of(bench, *data.draw(arrival(came + moves)))
    assert not [row for row in rows if row[0] == PERSON]
    assert rows == table_of(bench, [one for one in came + moves if one[1]["person_key"] == OTHER_PERSON])[0]


@law
@given(st.data(), changes())
def test_the_outbox_names_every_row_that_differs_from_what_was_sent(bench, data, came):
    sent: dict = {}
    bench.clear()
    for batch in data.draw(arrival(came)):
        bench.apply(*batch)
        now = {row[:2]: row for row in bench.rows()}
        for key in bench.outbox():
            sent[key] = now.get(key)
        bench.forget_outbox()
        assert {key: row for key, row in sent.items() if row is not None} == now
