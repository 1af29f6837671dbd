"""``docs/interoperability.md`` says what the code does."""

import re

import pytest

from conftest import TEST_KEY
from interoperability import messages
from interoperability.pages import Page
from saingan.standard import identity
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, MESSAGE_BOUND

TEXT = messages.PAGE.read_text(encoding="utf-8")
ABOVE = TEXT.partition("## The message")[0]
VECTOR = dict(re.findall(r"^\| `?(key|citizen ID|person_key|partition)`? \| `?(.+?)`? \|$", ABOVE, re.MULTILINE))


def test_the_messages_on_the_page_are_those_that_the_publisher_makes() -> None:
    assert messages.page() == TEXT, "PYTHONPATH=tests python -m interoperability.messages"
    for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION):
        assert f"### {topic.name}\n" in TEXT


def test_the_test_vector_holds() -> None:
    assert VECTOR["key"] == TEST_KEY
    person = identity.person_key(bytes.fromhex(VECTOR["key"]), VECTOR["citizen ID"])
    assert person == VECTOR["person_key"]
    assert f"{identity.partition(person, 6)} of 6" == VECTOR["partition"]
    assert identity.is_citizen_id(VECTOR["citizen ID"])


def test_the_key_as_text_gives_another_person() -> None:
    assert identity.person_key(TEST_KEY.encode(), VECTOR["citizen ID"]) != VECTOR["person_key"]


def test_the_bound_of_a_message_is_the_one_that_readers_keep() -> None:
    assert f"at most {MESSAGE_BOUND:,} bytes" in TEXT


@pytest.mark.parametrize("name", ["python", "java", "node", "go"])
def test_each_language_has_its_page(name: str) -> None:
    page = Page(messages.DOCS / "interoperability" / f"{name}.md")
    assert set(page.steps) == {"install", "publish", "subscribe"}
    assert f"(interoperability/{name}.md)" in TEXT
