"""One topic's values as a worker takes them in: by the standard's own admission."""

from collections.abc import Mapping
from typing import Final

from saingan.errors import Rejection
from saingan.standard.admission import Admission
from saingan.standard.codec import Record, Schema, lint, parse, unframe
from saingan.standard.contract import Contract
from saingan.standard.decoder import Decoder
from saingan.topics import MESSAGE_BOUND


class Reader:
    """
    Args:
        registered: the writers' schemas that are registered for the topic, by id.
    """

    def __init__(self, contract: Contract, registered: Mapping[int, Schema]) -> None:
        self._names: Final = contract.names
        self._admission: Final = Admission(contract)
        ours = parse(contract.schema)
        self._decoders: Final = {
            schema_id: Decoder(parse(schema), ours) for schema_id, schema in registered.items() if _is_safe(schema)
        }

    def read(self, key: bytes | None, value: bytes) -> Record | None:
        """The record of a message; None where a worker would refuse it."""
        if len(key or b"") + len(value) > MESSAGE_BOUND:
            return None
        try:
            decoder = self._decoders.get(unframe(value)[0])
            if decoder is None:
                return None
            values = decoder.values(value)
            self._admission.admit(key, values)
        except Rejection:
            return None
        return dict(zip(self._names, values, strict=True))


def _is_safe(schema: Schema) -> bool:
    try:
        lint(schema)
    except Rejection:
        return False
    return True
