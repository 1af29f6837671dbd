"""A register is kept without code: its schema and two lines in the maps make its table."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from saingan.engine.register import register
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.standard.contract import contract
from saingan.topics import EMPLOYMENT, GRADUATION
from saingan.views import load
from support.a_register import NAME, WORKSHOP, put_into_the_maps, workshop
from support.make import OTHER_PERSON, PERSON, day, graduation
from support.store_bench import Bench


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    with pytest.MonkeyPatch.context() as patch:
        yield put_into_the_maps(tmp_path_factory.mktemp("register") / "schemas", patch)


@pytest.fixture
def workshops(kept: View, standing_store: str) -> Iterator[Bench]:
    with closing(Bench(standing_store, kept)) as bench:
        yield bench


def test_its_name_in_the_map_is_that_of_its_view(kept: View) -> None:
    assert load(NAME) is kept
    assert kept.name == kept.table.name == NAME


def test_its_table_has_the_key_the_fields_of_its_own_and_the_lineage(kept: View) -> None:
    columns = {column.name: (str(column.type), column.nullable) for column in kept.table.columns}
    assert list(columns)[1:6] == ["kind", "province", "opened_on", "seats", "open"]
    assert columns["record_id"] == ("VARCHAR", False)
    assert columns["seats"] == ("INTEGER", True)
    assert columns["opened_on"] == ("DATE", False)
    assert [column.name for column in kept.table.primary_key] == ["record_id"]


def test_each_record_that_stands_is_a_row(workshops: Bench) -> None:
    workshops.apply((WORKSHOP, workshop()), (WORKSHOP, workshop("W-1/2", seats=None, kind="WIRING")))
    workshops.apply((WORKSHOP, workshop(record_version=3, open=False)), (WORKSHOP, workshop(record_version=2)))
    opened = day("2020-05-01")
    assert workshops.rows() == [
        ("W-1/1", "WELDING", "20", opened, 12, False),
        ("W-1/2", "WIRING", "20", opened, None, True),
    ]
    workshops.apply((WORKSHOP, workshop(record_version=4, change="WITHDRAW")))
    assert [row[0] for row in workshops.rows()] == ["W-1/2"]


def test_versions_of_a_record_lie_in_one_partition_of_three(workshops: Bench) -> None:
    sent = [workshops.feed.sent(WORKSHOP, workshop(f"W-{n}", record_version=v)) for n in range(40) for v in (1, 2)]
    assert all(first.partition == second.partition for first, second in zip(sent[::2], sent[1::2], strict=True))
    assert {one.partition for one in sent} == {0, 1, 2}


def test_it_has_no_topic_of_its_own_and_leaves_nothing_to_relay(workshops: Bench) -> None:
    workshops.apply((WORKSHOP, workshop()))
    assert workshops.outbox() == set()


def test_a_register_of_persons_has_a_row_a_record_by_person(standing_store: str) -> None:
    with closing(Bench(standing_store, register(GRADUATION))) as graduations:
        graduations.apply(
            (GRADUATION, graduation(record_id="G-1")),
            (GRADUATION, graduation(record_id="G-2")),
            (GRADUATION, graduation(record_id="G-3", person_key=OTHER_PERSON)),
        )
        assert [row[:2] for row in graduations.rows()] == [(PERSON, "G-1"), (PERSON, "G-2"), (OTHER_PERSON, "G-3")]
        assert "identity" not in graduations.view.table.columns


def test_a_field_that_no_column_can_hold_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    made = contract(EMPLOYMENT.name)
    sealed = {**made.schema, "fields": [*made.schema["fields"], {"name": "photograph", "type": "bytes"}]}
    monkeypatch.setattr("saingan.engine.register.contract", lambda _: type(made)(made.topic, sealed, ()))
    with pytest.raises(Fault, match=r"sso.insured-employment.v1: no column can hold photograph \(bytes\)"):
        register.__wrapped__(EMPLOYMENT)
