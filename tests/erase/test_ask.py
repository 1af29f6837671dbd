"""Whom to erase, as it is asked for: nothing that was given is ever repeated."""

import pytest

from saingan.erase.ask import person_keys
from saingan.errors import Fault
from saingan.settings import Settings
from support.make import PERSON, citizen_id


def test_a_person_key_needs_no_pseudonym_key_and_no_broker():
    assert person_keys(Settings(), [PERSON, PERSON]) == {PERSON}


@pytest.mark.parametrize("wrong", ["1234567890123", PERSON.upper(), PERSON[:-1], "somchai", "1" * 14])
def test_what_is_neither_is_named_by_its_line_alone(wrong):
    with pytest.raises(Fault, match="line 2 is neither") as refused:
        person_keys(Settings(), [PERSON, wrong])
    assert wrong not in str(refused.value)


def test_a_citizen_id_becomes_its_person_key_however_it_is_written(exchange):
    plain = person_keys(exchange, [citizen_id(1)])
    dashed = "-".join(
        (citizen_id(1)[:1], citizen_id(1)[1:5], citizen_id(1)[5:10], citizen_id(1)[10:12], citizen_id(1)[12:])
    )
    assert person_keys(exchange, [dashed]) == plain
    assert citizen_id(1) not in plain
    assert len(plain) == 1


def test_a_citizen_id_without_the_exchanges_key_finds_no_one_and_is_refused(exchange):
    for other in ("ab" * 32, None):
        with pytest.raises(Fault, match="pseudonym key") as refused:
            person_keys(Settings(**{**exchange.model_dump(), "pseudonym_key": other}), [citizen_id(1)])
        assert citizen_id(1) not in str(refused.value)
