"""Sealing what could not be taken in (standard, section 10): anyone may see why, only the operator sees what."""

import base64
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey

from saingan.engine.core.batch import Original
from saingan.errors import Fault, Rejection
from saingan.topics import MESSAGE_BOUND, Topic

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

_HEADER: Final = {"alg": "ECDH-ES+A128KW", "enc": "A128GCM"}


_CONTENT_BOUND: Final = 3 * MESSAGE_BOUND // 2 - 4096  # bytes; sealed, it is a third longer


class _Registry(JWERegistry):
    """The library opens 64 KiB by default; the dead letter of the longest message is seven times that."""

    max_ciphertext_length = 1_048_576


class Sealer:
    """Seals to the operator's public key (EC P-256, PEM); opens where the private one is at hand."""

    def __init__(self, key: ECKey) -> None:
        self._key = key

    @classmethod
    def from_file(cls, file: Path) -> "Sealer":
        try:
            return cls(ECKey.import_key(file.read_bytes()))
        except (OSError, ValueError) as error:
            raise Fault(
                f"the operator's key {file} cannot be read ({type(error).__name__}): `saingan up` makes a local pair; "
                "SAINGAN_OPERATOR_PUBLIC_KEY and SAINGAN_OPERATOR_PRIVATE_KEY name others"
            ) from None

    def letter(self, topic: Topic, partition: int, message: Original, rejection: Rejection) -> dict[str, Any]:
        """A refused record as a row of `saingan.engine.tables.dead_letter`, but for the view."""
        return {
            "topic": topic.name,
            "partition": partition,
            "offset": message.offset,
            "reason": rejection.reason,
            "detail": rejection.detail,
            "failed_at": time.time_ns() // 1_000_000,
            "size": len(message.value or b""),
            "sealed": jwe.encrypt_compact(_HEADER, _content(message), self._key).encode(),
        }

    def open(self, sealed: bytes) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
        """Key, value and headers of the original record; needs the private key."""
        content = json.loads(jwe.decrypt_compact(sealed, self._key, registry=_Registry()).plaintext or b"")
        if content is None:
            raise Fault("the record was too large to be kept as a dead letter; it is still in its topic, at its origin")
        headers = [(name, _unpack(value)) for name, value in content["headers"]]
        return _unpack(content["key"]), _unpack(content["value"]), headers


def _content(message: Original) -> bytes:
    content = {
        "key": _pack(message.key),
        "value": _pack(message.value),
        "headers": [(name, _pack(value)) for name, value in message.headers],
    }
    packed = json.dumps(content).encode()
    # The broker bounds what is compressed, so a record may be of any size. Its dead letter must fit into the topic.
    return packed if len(packed) <= _CONTENT_BOUND else b"null"


def _pack(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _unpack(data: str | None) -> bytes | None:
    return None if data is None else base64.b64decode(data)


def letter_message(row: "RowMapping") -> dict[str, Any]:
    """A sealed dead letter on the wire: keyed by its origin, its reason in the headers."""
    facts = {
        name: str(row[name]).encode() for name in ("view", "topic", "partition", "offset", "reason", "detail", "size")
    }
    failed_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.failed_at / 1000)).encode()
    return {
        "key": f"{row.topic}/{row.partition}/{row.offset}".encode(),
        "value": row.sealed,
        "headers": [*facts.items(), ("failed_at", failed_at)],
    }
