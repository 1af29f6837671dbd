"""Dead letters: anyone may see why, only the operator sees what."""

import json

import pytest
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from saingan.engine.intake.sealing import Sealer
from saingan.errors import Fault, Rejection
from saingan.exchange.keys import make_operator_keys
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, EMPLOYMENT, MESSAGE_BOUND
from support.make import PERSON, citizen_id, employment
from support.store_bench import Raw

WHY = Rejection("key", "the message key is not that of its record")
BYTES = bytes(range(256))


def raw(key=b"a/b/1", value=BYTES, headers=()):
    return Raw(7, 1_750_000_000_000, key, value, list(headers))


@pytest.fixture
def keys(tmp_path):
    """The pair that `saingan up` makes."""
    settings = Settings(home=tmp_path)
    make_operator_keys(settings)
    return settings


@pytest.mark.parametrize(
    "message",
    [
        raw(),
        raw(key=None, value=None),
        raw(key=b"", value=b""),
        raw(headers=[("ce_id", b"1"), ("ce_id", b"2"), ("สาย", BYTES), ("empty", b""), ("none", None)]),
        raw(value=b"x" * 262_144),
    ],
)
def test_what_is_sealed_to_the_public_key_opens_with_the_private_one(keys, message):
    letter = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, message, WHY)
    opened = Sealer.from_file(keys.private_key_file).open(letter["sealed"])
    assert opened == (message.key, message.value, message.headers)


def test_the_public_key_opens_nothing(keys):
    public = Sealer.from_file(keys.public_key_file)
    sealed = public.letter(EMPLOYMENT, 3, raw(), WHY)["sealed"]
    with pytest.raises((JoseError, ValueError, TypeError)):
        public.open(sealed)


def test_another_operators_key_opens_nothing(keys):
    sealed = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, raw(), WHY)["sealed"]
    with pytest.raises(JoseError):
        Sealer(ECKey.generate_key("P-256")).open(sealed)


def test_what_was_tampered_with_does_not_open(keys):
    sealed = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, raw(), WHY)["sealed"]
    head, key, iv, text, tag = sealed.split(b".")
    spoilt = b".".join((head, key, iv, text[:-4] + b"AAAA", tag))
    with pytest.raises(JoseError):
        Sealer.from_file(keys.private_key_file).open(spoilt)


def test_a_letter_says_where_it_came_from_and_why_and_nothing_of_what_it_holds(keys):
    record = employment(employer_id=citizen_id(1))
    message = raw(key=f"{PERSON}/S-1/1".encode(), value=json.dumps(record).encode())
    letter = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, message, WHY)
    assert {name: letter[name] for name in ("topic", "partition", "offset", "reason", "detail", "size")} == {
        "topic": EMPLOYMENT.name,
        "partition": 3,
        "offset": 7,
        "reason": "key",
        "detail": "the message key is not that of its record",
        "size": len(message.value),
    }
    for personal in (PERSON, citizen_id(1), "S-1"):
        assert personal not in repr(letter)


def test_equal_records_are_sealed_to_different_bytes(keys):
    sealer = Sealer.from_file(keys.public_key_file)
    assert sealer.letter(EMPLOYMENT, 0, raw(), WHY)["sealed"] != sealer.letter(EMPLOYMENT, 0, raw(), WHY)["sealed"]


def test_a_letter_is_a_compact_jwe_that_any_jose_library_reads(keys):
    sealed = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, raw(), WHY)["sealed"]
    private = ECKey.import_key(keys.private_key_file.read_bytes())
    opened = jwe.decrypt_compact(sealed, private)
    assert (opened.protected["alg"], opened.protected["enc"]) == ("ECDH-ES+A128KW", "A128GCM")
    assert set(json.loads(opened.plaintext)) == {"key", "value", "headers"}


@pytest.mark.parametrize(
    "content", [None, b"", b"not a key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_a_key_that_cannot_be_read_is_a_fault_that_says_how_to_mend_it(tmp_path, content):
    file = tmp_path / "operator.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Fault, match=r"operator\.pem cannot be read .*SAINGAN_OPERATOR_PUBLIC_KEY"):
        Sealer.from_file(file)


def test_a_record_too_large_for_the_topic_leaves_a_letter_that_fits_and_says_where_it_lies(keys):
    message = raw(value=b"x" * 3 * MESSAGE_BOUND, headers=[("tiny", b"")] * 5000)

    letter = Sealer.from_file(keys.public_key_file).letter(EMPLOYMENT, 3, message, WHY)

    assert len(letter["sealed"]) < 2 * MESSAGE_BOUND
    assert letter["size"] == 3 * MESSAGE_BOUND
    with pytest.raises(Fault, match="at its origin"):
        Sealer.from_file(keys.private_key_file).open(letter["sealed"])


def test_the_largest_letter_fits_into_its_topic(keys):
    headers = [("tiny", b"")] * 1000
    letter = Sealer.from_file(keys.public_key_file).letter(
        EMPLOYMENT, 3, raw(value=b"x" * 262_144, headers=headers), WHY
    )

    assert len(letter["sealed"]) < int(DEAD_LETTER.config["max.message.bytes"]) - 4096
