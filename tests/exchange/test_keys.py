"""One pseudonym key for all publishers of an exchange; a key pair to seal to."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from saingan import local
from saingan.engine.intake.sealing import Sealer
from saingan.errors import Fault
from saingan.exchange import keys
from saingan.exchange.require import require
from saingan.settings import Settings
from saingan.standard.identity import key_check


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def without_key(exchange: Settings, home: Path) -> Settings:
    return exchange.model_copy(update={"home": home, "pseudonym_key": None})


def test_an_operators_pair_is_made_once_and_the_private_key_is_the_operators_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)

    keys.make_operator_keys(settings)
    first = settings.private_key_file.read_bytes()
    keys.make_operator_keys(settings)

    assert settings.private_key_file.read_bytes() == first
    assert mode(settings.private_key_file) == 0o600
    assert b"PRIVATE" not in settings.public_key_file.read_bytes()
    Sealer.from_file(settings.public_key_file)


def test_a_lost_public_key_is_made_again_from_the_private_one(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    keys.make_operator_keys(settings)
    public = settings.public_key_file.read_bytes()
    settings.public_key_file.unlink()

    keys.make_operator_keys(settings)

    assert settings.public_key_file.read_bytes() == public


def test_a_given_public_key_that_is_not_there_is_a_fault_and_no_key_is_made(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, operator_public_key=tmp_path / "ours.pem")

    with pytest.raises(Fault, match=r"ours.pem, which is not there"):
        keys.make_operator_keys(settings)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.flow
def test_the_exchange_publishes_the_check_value_of_its_key(exchange: Settings) -> None:
    secret = exchange.pseudonym_secret()
    assert secret is not None
    assert keys.published_check(exchange) == key_check(secret)


@pytest.mark.flow
def test_another_key_than_the_exchanges_is_a_fault(exchange: Settings) -> None:
    other = exchange.model_copy(update={"pseudonym_key": SecretStr("ab" * 32)})

    with pytest.raises(Fault, match=r"not the one of the exchange"):
        local.up(other)
    with pytest.raises(Fault, match=r"not the one of the exchange"):
        require(other)


@pytest.mark.flow
def test_a_subscriber_of_an_exchange_with_a_key_gets_none_and_needs_none(exchange: Settings, tmp_path: Path) -> None:
    subscriber = without_key(exchange, tmp_path / "subscriber")

    local.up(subscriber)
    require(subscriber)

    assert subscriber.pseudonym_secret() is None


@pytest.mark.flow
def test_a_new_exchange_gets_a_key_of_its_own(exchange: Settings, tmp_path: Path) -> None:
    new = without_key(exchange, tmp_path / "new").model_copy(update={"topic_prefix": f"new.{exchange.topic_prefix}"})

    local.up(new)

    secret = new.pseudonym_secret()
    assert secret is not None
    assert len(secret) == 32
    assert mode(new.home / "keys" / "pseudonym.key") == 0o600
    assert keys.published_check(new) == key_check(secret)
    require(new)
