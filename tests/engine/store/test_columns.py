"""The kinds of columns, on both kinds of store: what is written comes back, whichever way it goes in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, Float, MetaData, Table, delete, select

from saingan.engine.core.state import State, StateCodec
from saingan.engine.store import postgresql
from saingan.engine.store.bulk import bulk
from saingan.engine.store.columns import Conversion, Strings
from saingan.engine.store.opening import open_engine, transaction
from saingan.engine.tables import key_type
from saingan.standard.codec import frame, parse
from saingan.standard.decoder import Decoder
from saingan.standard.encoder import Encoder

WANTED = Table("wanted", MetaData(), Column("key", key_type(), primary_key=True), Column("skills", Strings))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TEXTS = st.lists(st.sampled_from(["", '"', "\\", "{", "},", "NULL", "ก", "a,b", " "]) | TEXT, max_size=6)
SCHEMA = {
    "type": "record",
    "name": "Wanted",
    "fields": [
        {"name": "key", "type": "string"},
        {"name": "skills", "type": {"type": "array", "items": "string"}, "default": []},
    ],
}


class Kept(NamedTuple):
    skills: tuple[str, ...]


@pytest.fixture(scope="module")
def engine(standing_store: str) -> Iterator[Engine]:
    engine = open_engine(standing_store)
    WANTED.create(engine, checkfirst=True)
    yield engine
    WANTED.drop(engine)
    engine.dispose()


def read(conn: Connection, table: Table) -> list[Any]:
    found = [tuple(row) for row in conn.execute(select(table))]
    conn.execute(delete(table))
    return sorted(found)


def ways(conn: Connection, rows: list[Any]) -> Iterator[list[Any]]:
    """The rows as they are read again after each way in: COPY, one parameter, and COPY through a staging table."""
    bulk(conn).load(WANTED, rows)
    yield read(conn, WANTED)
    bulk(conn).upsert(WANTED, [(key, ("another",)) for key, _ in rows])
    bulk(conn).upsert(WANTED, rows)
    yield read(conn, WANTED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgresql, "_FEW", 0)
        bulk(conn).upsert(WANTED, rows)
    yield read(conn, WANTED)


@given(st.lists(TEXTS.map(tuple) | st.none(), min_size=1, max_size=5))
def test_arrays_of_any_strings_come_back_in_their_order_whichever_way_they_go_in(
    engine: Engine, arrays: list[tuple[str, ...] | None]
) -> None:
    rows = [(str(number), array) for number, array in enumerate(arrays)]
    with transaction(engine) as conn:
        for found in ways(conn, rows):
            assert found == rows


@given(TEXTS)
def test_an_array_of_any_strings_goes_from_a_record_through_state_and_store_to_a_message_unchanged(
    engine: Engine, skills: list[str]
) -> None:
    ours, names = parse(SCHEMA), ["key", "skills"]
    sent = frame(1, Encoder(SCHEMA, names).encode(["k", skills]))
    key, decoded = Decoder(ours, ours).values(sent)
    assert decoded == tuple(sorted(set(skills)))

    codec = StateCodec([Kept])
    state = codec.dump(State([{"r": (1, 0, (decoded,))}], {}, (0, 0, 0)))
    ((_, _, (kept,)),) = codec.load(state).streams[0].values()
    assert kept == decoded, "else a change that is repeated would be another content"
    assert codec.dump(codec.load(state)) == state

    with transaction(engine) as conn:
        bulk(conn).upsert(WANTED, [(key, kept)])
        (row,) = conn.execute(select(WANTED)).all()
        conn.execute(delete(WANTED))
    message = frame(1, Encoder(SCHEMA, names).encode(list(Conversion(WANTED, lambda kind: kind.on_topic).row(row))))
    assert Decoder(ours, ours).values(message) == [key, decoded]


def test_a_reader_without_our_tables_finds_an_array(engine: Engine) -> None:
    bare = Table("wanted", MetaData(), autoload_with=engine)
    with transaction(engine) as conn:
        bulk(conn).upsert(WANTED, [("k", ("a", "ก"))])
        assert conn.execute(select(bare.c.skills)).scalar_one() == ["a", "ก"]


def test_a_kind_of_column_that_no_view_has_had_is_an_error() -> None:
    with pytest.raises(KeyError):
        Conversion(Table("odd", MetaData(), Column("rate", Float)), lambda kind: kind.on_topic)
