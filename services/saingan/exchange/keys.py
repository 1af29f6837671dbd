"""The two secrets of an exchange, made by ``up`` where none is given.

The pseudonym key joins a person's records (standard, section 3): all publishers must have the same, so its check value
stands in the settings topic. The operator's key pair seals dead letters.
"""

import os
import secrets
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, TopicPartition
from joserfc.jwk import ECKey

from saingan.errors import Fault, Transient
from saingan.exchange import kafka
from saingan.exchange.delivery import Delivery, Reports
from saingan.exchange.kafka import TIMEOUT_S
from saingan.settings import Settings
from saingan.standard import identity
from saingan.topics import SETTINGS

CHECK = b"pseudonym-key-check"


def make_operator_keys(settings: Settings) -> None:
    """Make the operator's key pair (EC P-256, for ECDH-ES) unless one is there or given."""
    public, private = settings.public_key_file, settings.private_key_file
    if public.exists():
        return
    if settings.operator_public_key:
        raise Fault(f"SAINGAN_OPERATOR_PUBLIC_KEY names {public}, which is not there")
    key = ECKey.import_key(private.read_text()) if private.exists() else ECKey.generate_key("P-256")
    _write(private, key.as_pem(private=True), mode=0o600)
    _write(public, key.as_pem(private=False), mode=0o644)


def agree_on_pseudonym_key(settings: Settings) -> None:
    """Make the exchange's pseudonym key where it has none yet, and publish its check value.

    An exchange whose key is someone else's keeps it: this machine then has none, and can subscribe but not publish.
    Raises `Fault` where this machine has another key than the exchange.
    """
    published = published_check(settings)
    if settings.pseudonym_secret() is None and published is None:
        _write(settings.home / "keys" / "pseudonym.key", secrets.token_hex(32).encode(), mode=0o600)
    secret = settings.pseudonym_secret()
    if secret is None:
        return
    if published is None:
        _publish(settings, identity.key_check(secret))
    else:
        check_pseudonym_key(secret, published)


def check_pseudonym_key(secret: bytes, published: str | None) -> None:
    """Raises `Fault` where the key is not the one of the exchange: it would silently join no one."""
    if published is None:
        raise Fault("the exchange has no check value of its pseudonym key yet: `saingan up` publishes it")
    if identity.key_check(secret) != published:
        raise Fault("this pseudonym key is not the one of the exchange; set SAINGAN_PSEUDONYM_KEY to that one")


def published_check(settings: Settings) -> str | None:
    """The check value in the settings topic. Raises `Fault` where the topic cannot be read within seconds."""
    topic = settings.wire(SETTINGS.name)
    # The end of the topic is reported when a fetch comes back empty; the default is to wait half a second for more.
    extra = {"group.id": topic, "enable.auto.commit": False, "enable.partition.eof": True, "fetch.wait.max.ms": 10}
    reader = kafka.consumer(settings, {**kafka.SOON, **extra})
    try:
        # Asked for at once; left to itself the reader finds the leader half a second later, and an absent topic never.
        if topic not in reader.list_topics(timeout=TIMEOUT_S).topics:
            raise Fault(f"{topic} cannot be read: the broker at {settings.bootstrap} lacks it; `saingan up` makes it")
        reader.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        check = None
        while message := reader.poll(TIMEOUT_S):
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                return check
            if error is not None:
                raise KafkaException(error)
            if message.key() == CHECK:
                check = (message.value() or b"").decode() or None
    except KafkaException as error:
        raise Fault(f"{topic} cannot be read: {error.args[0].str()}; `saingan doctor` shows what is missing") from None
    finally:
        reader.close()
    raise Fault(f"{topic} could not be read within {TIMEOUT_S:.0f} s; `saingan doctor` shows what is missing")


def _publish(settings: Settings, check: str) -> None:
    delivery = Delivery(settings, Reports(TIMEOUT_S, "run `saingan up` again"), kafka.SOON)
    try:
        delivery.put(settings.wire(SETTINGS.name), CHECK, check.encode())
        delivery.flush()
    except Transient as error:
        raise Fault(f"the check value of the pseudonym key could not be published: {error}") from None


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a file that no one else may read, even while it is being written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
