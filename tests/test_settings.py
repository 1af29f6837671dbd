"""Everything that is set from outside."""

import runpy
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

import saingan
from saingan.errors import Fault
from saingan.settings import ENV_FILE, Settings, slips

ROOT = Path(saingan.__file__).parents[2]
TEST_KEY = bytes(range(32)).hex()


def test_without_any_setting_everything_is_the_local_exchange():
    settings = Settings()
    assert settings.bootstrap == "127.0.0.1:19092"
    assert settings.registry_url == "http://127.0.0.1:18085/apis/ccompat/v7"
    assert settings.database_url == f"sqlite:///{Path('.saingan').absolute() / 'saingan.db'}"
    assert (settings.wire("a.v1"), settings.logical("a.v1")) == ("a.v1", "a.v1")


def test_a_part_that_is_given_is_used_instead_of_the_local_one():
    settings = Settings(kafka="a:1,b:2", registry="http://r", database="postgresql://d")
    assert (settings.bootstrap, settings.registry_url, settings.database_url) == (
        "a:1,b:2",
        "http://r",
        "postgresql://d",
    )


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SAINGAN_OBSERVED_ON", "2026-03-01")
    monkeypatch.setenv("SAINGAN_KAFKA", "kafka:9092")
    settings = Settings()
    assert (settings.observed_on, settings.bootstrap) == (date(2026, 3, 1), "kafka:9092")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SAINGAN_KAFAK", "SAINGAN_KAFAK is not a setting; did you mean SAINGAN_KAFKA?"),
        ("SAINGAN_PSEUDONYMKEY", "SAINGAN_PSEUDONYMKEY is not a setting; did you mean SAINGAN_PSEUDONYM_KEY?"),
        ("SAINGAN_XQZ", "SAINGAN_XQZ is not a setting"),
    ],
)
@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_misspelt_variable_is_refused_by_name_without_its_value(env_file, monkeypatch, name, said, where):
    if where == "file":
        env_file.write_text(f"{name}=a-secret\n")
    else:
        monkeypatch.setenv(name, "a-secret")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert list(slips(refused.value)) == [said]
    assert "a-secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["SAINGAN_TESTS_KEPT", "SAINGAN_TESTS", "SAINGAN_FAULTS_POINT", ENV_FILE])
def test_variables_of_the_tests_and_the_name_of_the_env_file_are_no_settings_and_not_refused(monkeypatch, name):
    monkeypatch.setenv(name, "")
    assert Settings().kafka is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAINGAN_METRICS_PORT", "99999"),
        ("SAINGAN_KAFKA_PORT", "65535"),  # its controller takes the next one
        ("SAINGAN_REGISTRY_PORT", "0"),
        ("SAINGAN_OBSERVED_ON", "2568-01-01"),  # of the Buddhist era
        ("SAINGAN_COMPLETE_THROUGH", "2568-01-01"),
    ],
)
def test_a_value_that_cannot_be_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match="should be"):
        Settings()


def test_an_env_file_that_is_named_and_not_there_is_refused(monkeypatch):
    monkeypatch.setenv(ENV_FILE, "/nowhere/.env")
    with pytest.raises(Fault, match=r"names /nowhere/\.env, which is not there"):
        Settings()


def test_a_setting_that_a_program_misspells_is_refused():
    with pytest.raises(ValidationError):
        Settings(kafak="x")


@pytest.fixture
def env_file(monkeypatch, tmp_path):
    """A `.env` in the working directory."""
    monkeypatch.delenv(ENV_FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".env"


def test_what_the_environment_does_not_say_comes_from_the_env_file_of_the_working_directory(env_file, monkeypatch):
    env_file.write_text(
        f"POSTGRES_PASSWORD=abc\nSAINGAN_PSEUDONYM_KEY={TEST_KEY}\nSAINGAN_KAFKA=file:1\n"
        "SAINGAN_DATABASE=postgresql://saingan:${POSTGRES_PASSWORD}@127.0.0.1:15432/saingan\n"
    )
    monkeypatch.setenv("SAINGAN_KAFKA", "environment:1")
    settings = Settings()
    assert settings.pseudonym_secret() == bytes.fromhex(TEST_KEY)
    assert settings.database_url == "postgresql://saingan:abc@127.0.0.1:15432/saingan"
    assert settings.bootstrap == "environment:1"
    assert TEST_KEY not in repr(settings)


def test_another_env_file_can_be_named(env_file, monkeypatch, tmp_path):
    env_file.write_text("SAINGAN_KAFKA=here:1")
    other = tmp_path / "other.env"
    other.write_text("SAINGAN_KAFKA=other:1")
    monkeypatch.setenv(ENV_FILE, str(other))
    assert Settings().bootstrap == "other:1"


def test_without_an_env_file_or_with_a_folder_of_that_name_there_is_nothing_to_read(env_file):
    assert Settings().kafka is None
    env_file.mkdir()
    assert Settings().kafka is None


def test_no_env_file_of_a_checkout_reaches_the_tests(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("SAINGAN_KAFKA=stray:1")
    monkeypatch.chdir(tmp_path)
    assert Settings().kafka is None


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().home = Path("/elsewhere")


def test_the_pseudonym_key_never_shows():
    settings = Settings(pseudonym_key=TEST_KEY)
    assert TEST_KEY not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.pseudonym_secret() == bytes.fromhex(TEST_KEY)


@pytest.mark.parametrize("key", ["", "ab", TEST_KEY[:-1], TEST_KEY + "0", "g" * 64, f" {TEST_KEY}", f"{TEST_KEY}\n"])
def test_a_pseudonym_key_is_64_hex_characters(key):
    with pytest.raises(ValidationError) as caught:
        Settings(pseudonym_key=key)
    assert not key or key.strip() not in str(caught.value.errors(include_input=False))


def test_without_a_given_key_the_one_of_the_local_exchange_serves(tmp_path):
    assert Settings(home=tmp_path).pseudonym_secret() is None
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "pseudonym.key").write_text(f"{TEST_KEY}\n")
    assert Settings(home=tmp_path).pseudonym_secret() == bytes.fromhex(TEST_KEY)


def test_the_operators_keys_lie_in_the_local_exchange_unless_named(tmp_path):
    assert Settings(home=tmp_path).public_key_file == tmp_path / "keys" / "operator-public.pem"
    assert Settings(operator_private_key=tmp_path / "mine.pem").private_key_file == tmp_path / "mine.pem"


def test_a_prefix_stands_on_the_broker_alone():
    settings = Settings(topic_prefix="t1.")
    assert settings.wire("ovec.enrolment.v1") == "t1.ovec.enrolment.v1"
    assert settings.logical("t1.ovec.enrolment.v1") == "ovec.enrolment.v1"


@pytest.mark.parametrize("limit", [0, -0.1, 1.1])
def test_a_share_lies_between_nothing_and_all(limit):
    with pytest.raises(ValidationError):
        Settings(rejection_limit=limit)


def test_a_log_level_is_one_that_there_is():
    with pytest.raises(ValidationError):
        Settings(log_level="LOUD")


def test_the_page_of_settings_is_what_the_settings_give():
    """Else: `.venv/bin/python generate.py`."""
    made = runpy.run_path(str(ROOT / "generate.py"))["settings"]()
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == made


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
