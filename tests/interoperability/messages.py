"""The messages in ``docs/interoperability.md``: ``python -m interoperability.messages`` writes them."""

import json
from datetime import date
from textwrap import wrap
from typing import Any, Final

from conftest import TEST_KEY
from interoperability.pages import DOCS
from saingan.publish.message import Composer
from saingan.standard import codec, schemas
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic

PAGE: Final = DOCS / "interoperability.md"
CITIZEN_ID: Final = "1999999999999"
_SCHEMA_ID: Final = 1
_TODAY: Final = date(2026, 1, 1)
_MARK: Final = "a test compares it. -->\n"
_SHOWN: Final = {
    ENROLMENT: "about-to-graduate-wishes-to-work",
    GRADUATION: "graduated",
    EMPLOYMENT: "employee",
    CERTIFICATION: "national-skill-test-passed",
}


def page() -> str:
    """The page as it should be."""
    above, mark, _ = PAGE.read_text(encoding="utf-8").partition(_MARK)
    return above + mark + "".join(_section(topic, case) for topic, case in _SHOWN.items())


def _section(topic: Topic, case: str) -> str:
    example: dict[str, Any] = {**schemas.examples(topic.name)[case]}
    del example["person_key"]
    composer = Composer(topic.name, _SCHEMA_ID, topic.partitions, bytes.fromhex(TEST_KEY))
    (message,) = composer.compose(example, _TODAY, CITIZEN_ID).messages
    record = codec.decode(message.value, codec.parse(schemas.schema(topic.name)))
    return "\n".join(
        [
            f"\n### {topic.name}\n",
            f"Key `{message.key.decode()}`, partition {message.partition}. Value in hex:\n",
            "```",
            *wrap(message.value.hex(), 96),
            "```\n",
            "```json",
            json.dumps(record, ensure_ascii=False, indent=2),
            "```\n",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
