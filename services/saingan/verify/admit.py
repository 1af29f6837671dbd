"""What may be taken in, and what is a dead letter: section 10's second bullet, read a second time. Pure."""

from collections.abc import Mapping

from saingan.errors import Rejection
from saingan.standard import codec
from saingan.standard.codec import Record, Schema
from saingan.standard.contract import Contract
from saingan.standard.decoder import Decoder
from saingan.topics import MESSAGE_BOUND
from saingan.verify.refusals import of_an_upsert, of_any_change


class Reader:
    """Turns one topic's bytes into records of our schema, and judges them.

    Args:
        ours: the contract with the schema in which records come out.
        registered: the writers' schemas that are registered for the topic, by id.
    """

    def __init__(self, ours: Contract, registered: Mapping[int, Schema]) -> None:
        parsed = codec.parse(ours.schema)
        self._writers = {
            i: Decoder(codec.parse(schema), parsed) for i, schema in registered.items() if _is_safe(schema)
        }
        self._head = (*(("person_key",) if ours.topic.person_level else ()), "record_id", "record_version")
        self._of_any_change = of_any_change(ours)
        self._of_an_upsert = of_an_upsert(ours)

    def read(self, key: bytes | None, value: bytes) -> Record:
        """Decode one message.

        Raises:
            Rejection: it is too large, not one whole datum of a registered schema, or not one that ours can take.
        """
        if len(value) + len(key or b"") > MESSAGE_BOUND:
            raise Rejection("too-large", f"the message is longer than {MESSAGE_BOUND} bytes")
        schema_id, _ = codec.unframe(value)
        if schema_id not in self._writers:
            raise Rejection("schema", "the value's schema is not registered for this topic, or unsafe to decode by")
        return self._writers[schema_id].record(value)

    def admit(self, key: bytes | None, record: Record) -> None:
        """Check a decoded change.

        Raises:
            Rejection: it is a dead letter.
        """
        if key != "/".join(str(record[name]) for name in self._head).encode():
            raise Rejection("key", "the key disagrees with the record")
        rules = self._of_any_change + (self._of_an_upsert if record["change"] == "UPSERT" else ())
        for reason, wrong, is_wrong in rules:
            if is_wrong(record):
                raise Rejection(reason, wrong)


def _is_safe(schema: Schema) -> bool:
    try:
        codec.lint(schema)
    except Rejection:
        return False
    return True
