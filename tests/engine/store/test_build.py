"""What a store was built with: which versions of a view may go on with it, and by which rules its rows are derived."""

import threading
from dataclasses import replace
from typing import NamedTuple

import pytest
from sqlalchemy import select, text, update

from saingan.engine.store.opening import create_tables, transaction
from saingan.engine.tables import rederivation, view_build
from saingan.errors import Fault
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.outcomes.view import OUTCOMES
from saingan.topics import CERTIFICATION, EMPLOYMENT, GRADUATION
from support.make import certification, employment, graduation
from support.second_view import job_count
from support.servers import eventually
from support.store_bench import Bench

CERTIFICATIONS = list(OUTCOMES.table.columns.keys()).index("certifications")


def by_later_rules(*given):
    """Each certification counts for ten; a graduation with none is as before."""
    derived = derive(*given)
    at = CERTIFICATIONS - 2
    rows = {row_id: (*row[:at], row[at] * 10, *row[at + 1 :]) for row_id, row in derived.rows.items()}
    return derived._replace(rows=rows)


LATER = replace(OUTCOMES, derive=by_later_rules, rules=OUTCOMES.rules + 1)


def key(number):
    return f"{number:032x}"


def certified(number):
    return CERTIFICATION, certification(person_key=key(number), record_id=f"C-{number}")


@pytest.fixture
def own(store_url):
    """A store that no other test uses, for a version that took over stays there."""
    bench = Bench(store_url)
    yield bench
    bench.close()


def fill(bench, persons=12, certified_ones=4):
    graduates = [(GRADUATION, graduation(person_key=key(n), record_id=f"G-{n}")) for n in range(persons)]
    bench.apply(*graduates, *map(certified, range(certified_ones)))
    bench.forget_outbox()


def counts(bench):
    return [row[CERTIFICATIONS] for row in bench.rows()]


def small_blocks(monkeypatch, keys):
    monkeypatch.setattr("saingan.engine.apply._SWEEP", keys)


def test_rules_of_a_higher_number_derive_all_rows_again_and_send_those_that_change(own):
    fill(own)
    create_tables(own.engine, LATER)
    later = own.worker(LATER)
    assert later.sweep() == 12
    assert later.sweep() == 0
    assert counts(own) == [10] * 4 + [0] * 8
    assert own.outbox() == {(key(n), f"G-{n}") for n in range(4)}
    assert own.read(select(view_build.c.rules)) == [(LATER.rules,)]


def test_a_row_that_the_new_rules_leave_is_not_written(own):
    fill(own)
    before = own.read(select(OUTCOMES.table).order_by(OUTCOMES.table.c.person_key))
    create_tables(own.engine, LATER)
    own.worker(LATER).sweep()
    after = own.read(select(OUTCOMES.table).order_by(OUTCOMES.table.c.person_key))
    assert after[4:] == before[4:]  # with the time at which each was written
    assert after[:4] != before[:4]


def test_rows_are_derived_again_in_blocks_each_in_a_transaction_of_its_own(own, monkeypatch):
    fill(own)
    small_blocks(monkeypatch, 5)
    create_tables(own.engine, LATER)
    later = own.worker(LATER)
    assert [later.sweep() for _ in range(4)] == [5, 5, 2, 0]
    assert own.read(select(rederivation)) == []


def test_a_block_that_fails_is_done_again_and_those_before_it_are_not(own, monkeypatch):
    fill(own)
    small_blocks(monkeypatch, 3)
    create_tables(own.engine, LATER)
    assert own.worker(LATER).sweep() == 3
    done = own.read(select(OUTCOMES.history.c.key, OUTCOMES.history.c.revision).order_by(OUTCOMES.history.c.key))[:3]

    def dies(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        own.worker(replace(LATER, derive=dies)).sweep()
    assert own.read(select(rederivation.c.after)) == [(key(2),)]
    restarted = own.worker(LATER)
    assert [restarted.sweep() for _ in range(4)] == [3, 3, 3, 0]
    assert counts(own) == [10] * 4 + [0] * 8
    again = own.read(select(OUTCOMES.history.c.key, OUTCOMES.history.c.revision).order_by(OUTCOMES.history.c.key))[:3]
    assert again == done


def test_two_workers_derive_each_row_once(own, monkeypatch):
    fill(own, persons=60, certified_ones=60)
    small_blocks(monkeypatch, 4)
    derived, both_ready = [], threading.Barrier(2)

    def counted(*given):
        derived.append(given)
        return by_later_rules(*given)

    counting = replace(LATER, derive=counted)
    create_tables(own.engine, counting)

    def sweep():
        worker = own.worker(counting)
        both_ready.wait(timeout=20)
        while own.read(select(rederivation)):
            worker.sweep()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert counts(own) == [10] * 60
    assert len(derived) == 60


def test_a_change_that_comes_while_rows_are_derived_again_is_taken_in_by_the_new_rules(own, monkeypatch):
    fill(own)
    small_blocks(monkeypatch, 5)
    create_tables(own.engine, LATER)
    later = own.worker(LATER)
    later.sweep()
    own.apply(certified(1), certified(6), certified(11), by=later)
    assert counts(own) == [10, 10, 10, 10, 0, 0, 10, 0, 0, 0, 0, 10]
    while later.sweep():
        pass
    assert counts(own) == [10, 10, 10, 10, 0, 0, 10, 0, 0, 0, 0, 10]


@pytest.mark.parametrize("work", [lambda bench: bench.apply(certified(5)), lambda bench: bench.loop.sweep()])
def test_a_worker_of_earlier_rules_that_is_at_work_stops_with_its_next_transaction(own, work):
    fill(own)
    own.loop.sweep()
    create_tables(own.engine, LATER)
    before = own.everything()
    with pytest.raises(Fault, match=r"later version.*\(the rows follow rules 2, and this version has rules 1\)"):
        work(own)
    after = own.everything()
    assert {**after, "ledger": []} == {**before, "ledger": []}  # the bench enters partitions by itself
    assert not any(row[4] for row in set(after["ledger"]) - set(before["ledger"]))


def test_a_transaction_of_earlier_rules_that_has_begun_is_waited_for_and_its_rows_are_derived_again(postgres_url):
    """A new person: no state that another worker may have changed would tell the earlier one of it."""
    own, failures = Bench(postgres_url), []
    inside, go_on = threading.Event(), threading.Event()

    def slow(*given):
        inside.set()
        go_on.wait(timeout=20)
        return derive(*given)

    def apply():
        try:
            own.apply((GRADUATION, graduation()), (CERTIFICATION, certification()), by=own.worker(earlier))
        except Exception as error:  # noqa: BLE001 - the test tells which
            failures.append(error)

    earlier = replace(OUTCOMES, derive=slow)
    working = threading.Thread(target=apply)
    raising = threading.Thread(target=create_tables, args=(own.engine, LATER))
    working.start()
    assert inside.wait(timeout=20)
    raising.start()
    waits = text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
    assert eventually(lambda: bool(own.read(waits)) or not raising.is_alive())
    own.worker(LATER if not raising.is_alive() else OUTCOMES).sweep()
    go_on.set()
    for thread in (working, raising):
        thread.join(timeout=30)
    assert not failures
    own.worker(LATER).sweep()
    assert counts(own) == [10]
    own.close()


def test_a_worker_of_earlier_rules_does_not_start(own):
    create_tables(own.engine, LATER)
    with pytest.raises(Fault, match=r"a later version of the view 'outcomes' took over the store .*: start that"):
        create_tables(own.engine, OUTCOMES)


def test_the_same_rules_with_another_list_do_not_start_and_name_it(own):
    fewer, other = replace(OUTCOMES, files=()), replace(OUTCOMES, files=("codes/fields.csv",))
    for view in (fewer, other):
        with pytest.raises(Fault, match=r"rules 1 with another content of codes/.*field_match\.csv.*raise the number"):
            create_tables(own.engine, view)


def test_a_list_may_change_with_the_number_of_the_rules(own):
    fill(own)
    changed = replace(LATER, files=(*OUTCOMES.files, "codes/fields.csv"))
    create_tables(own.engine, changed)
    assert own.worker(changed).sweep() == 12


def test_dates_that_go_back_while_rows_are_derived_again_begin_that_anew(own, monkeypatch):
    fill(own)
    small_blocks(monkeypatch, 5)
    create_tables(own.engine, LATER)
    later = own.worker(LATER)
    later.sweep()
    own.look_from(own.read(select(view_build.c.observed_on))[0][0].replace(year=2026))
    assert [later.sweep() for _ in range(4)] == [5, 5, 2, 0]


class Longer(NamedTuple):
    """A certification of which another version of the view keeps more."""

    result: str
    issued_on: int
    level: int | None


class Retyped(NamedTuple):
    """A certification whose kept field has another type."""

    result: str
    issued_on: str


@pytest.mark.parametrize(
    ("streams", "named"),
    [
        ({**STREAMS, CERTIFICATION: Longer}, r"dsd\.skill-certification\.v1"),
        ({**STREAMS, CERTIFICATION: Retyped}, r"dsd\.skill-certification\.v1"),
        (dict(reversed(STREAMS.items())), "its streams in another order; a new one comes last"),
        ({topic: STREAMS[topic] for topic in (GRADUATION, EMPLOYMENT)}, r"ovec\.enrolment\.v1, dsd\.skill.*"),
    ],
)
def test_other_kept_fields_or_types_are_refused_with_the_way_out(own, streams, named):
    with pytest.raises(Fault, match=rf"\({named}\).*`SAINGAN_DATABASE=(sqlite|postgresql)://.* saingan rebuild`"):
        create_tables(own.engine, replace(OUTCOMES, streams=streams, rules=9))


def test_a_version_is_the_streams_their_kept_fields_with_their_types_and_the_tables_columns():
    assert replace(OUTCOMES, streams=dict(STREAMS), rules=7, files=()).fingerprint == OUTCOMES.fingerprint
    assert replace(OUTCOMES, table=job_count).fingerprint != OUTCOMES.fingerprint
    fewer = replace(OUTCOMES, streams=UNCERTIFIED).fingerprint
    assert OUTCOMES.fingerprint.startswith(f"{fewer} ")


UNCERTIFIED = {topic: kind for topic, kind in STREAMS.items() if topic is not CERTIFICATION}


def without_certifications(key, enrolments, graduations, jobs, dates):
    return derive(key, enrolments, graduations, jobs, {}, dates)


FEWER = replace(OUTCOMES, streams=UNCERTIFIED, derive=without_certifications)


def test_a_view_that_gains_a_stream_reads_that_one_from_its_beginning_and_its_rows_stay(store_url):
    earlier = Bench(store_url, FEWER)
    earlier.apply((GRADUATION, graduation()), (EMPLOYMENT, employment()))
    rows, positions, states = earlier.rows(), earlier.positions(), earlier.states()

    gained = Bench(store_url, anew=False)
    assert gained.rows() == rows
    assert gained.positions() == positions
    assert gained.apply((CERTIFICATION, certification())) == 1
    assert counts(gained) == [1]
    assert gained.apply((EMPLOYMENT, employment(record_version=2, change="WITHDRAW"))) == 1
    assert counts(gained) == [1]
    assert {topic for topic, _ in gained.positions()} == {GRADUATION.name, EMPLOYMENT.name, CERTIFICATION.name}
    assert set(gained.states()) == set(states)

    with pytest.raises(Fault, match=r"a later version.*also keeps dsd\.skill-certification\.v1\): start that version"):
        earlier.apply((EMPLOYMENT, employment(record_version=3)))
    with pytest.raises(Fault, match="a later version"):
        create_tables(earlier.engine, FEWER)
    earlier.close()
    gained.close()


def test_a_worker_whose_store_was_replaced_by_an_older_one_stops(own):
    create_tables(own.engine, LATER)
    with transaction(own.engine) as conn:
        conn.execute(update(view_build).values(rules=OUTCOMES.rules))
    with pytest.raises(Fault, match="is an older one now than when this worker began: start it again"):
        own.apply(certified(1), by=own.worker(LATER))
