"""Everything that is set from outside: read once from ``SAINGAN_*`` and ``.env``, frozen, passed down."""

import os
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, Secret, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from saingan.errors import Fault

PREFIX: Final = "SAINGAN_"
ENV_FILE: Final = "SAINGAN_ENV_FILE"  # names another file than `.env`; an empty one for none
# Variables with our prefix that are not settings: by what their names begin with.
_OTHERS: Final = (ENV_FILE.lower(), "saingan_tests", "saingan_faults")
_FIRST_BUDDHIST: Final = date(2400, 1, 1)  # from here on a year is one of the Buddhist era: a slip
PseudonymKey = Secret[Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]]


class _Environment(EnvSettingsSource):
    """The process's variables with our prefix, also those that are not settings: the model refuses these by name."""

    def __call__(self) -> dict[str, Any]:
        ours = {name: value for name, value in self.env_vars.items() if name.startswith(PREFIX.lower())}
        mine = {
            name.removeprefix(PREFIX.lower()): value for name, value in ours.items() if not name.startswith(_OTHERS)
        }
        return {**mine, **super().__call__()}


class Settings(BaseSettings):
    """One deployment's settings; every default is the local exchange of ``saingan up``.

    The environment goes before the file ``.env`` of the working directory (`ENV_FILE` names another one), from which
    ``docker compose`` reads, too: its lines without our prefix are ignored. A name with our prefix that is not a
    setting is refused.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", dotenv_filtering="match_prefix", hide_input_in_errors=True
    )

    home: Path = Field(default=Path(".saingan"), description="Folder of the local exchange: data, logs, keys.")
    kafka: str | None = Field(
        default=None,
        description="Broker to use instead of the local one: `host:port`, or several with commas between them.",
    )
    registry: str | None = Field(default=None, description="URL of a schema registry to use instead of the local one.")
    database: str | None = Field(
        default=None,
        description="Database to use instead of the local SQLite file: `postgresql://user:password@host/name` or "
        "`sqlite:////path/file.db`.",
    )
    kafka_port: int = Field(
        default=19092, ge=1, le=65_534, description="Port of the local broker. Its controller takes the next port."
    )
    registry_port: int = Field(default=18085, ge=1, le=65_535, description="Port of the local schema registry.")
    topic_prefix: str = Field(
        default="", description="Text before the name of every topic, for several exchanges on a broker."
    )
    replication: int = Field(
        default=1,
        ge=1,
        description="Copies of each topic that `saingan up` creates. Use 3 on a cluster: with 1, a lost disk loses "
        "records.",
    )

    pseudonym_key: PseudonymKey | None = Field(
        default=None,
        description="The exchange's pseudonym key: 64 hex characters. A secret of the publishing agencies; workers and "
        "subscribers do not need it.",
    )
    operator_public_key: Path | None = Field(
        default=None, description="PEM file of the operator's public key. Dead letters are sealed to it."
    )
    operator_private_key: Path | None = Field(
        default=None,
        description="PEM file of the operator's private key. It opens dead letters (`show --reveal`, `replay`).",
    )

    observed_on: date | None = Field(
        default=None,
        lt=_FIRST_BUDDHIST,
        description="Pins the day from which the exchange looks. By default it is today in Bangkok.",
    )
    complete_through: date | None = Field(
        default=None,
        lt=_FIRST_BUDDHIST,
        description="Pins the day up to which SSO's registry counts as complete. By default it is 45 days before "
        "`SAINGAN_OBSERVED_ON`.",
    )

    rejection_limit: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of refused records, among the last 10,000 of a topic, above which a worker stops.",
    )
    poll_records: int = Field(
        default=25_000,
        ge=1,
        description="The most records that a worker takes into one transaction when there is a backlog.",
    )
    watchdog_s: float = Field(
        default=300,
        ge=0,
        description="Seconds without progress, although records wait, after which a worker ends with status 75; 0 for "
        "never. It must be longer than the database's own timeouts.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address where a worker serves its metrics and health pages."
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of these pages; 0 for any free port, which the worker's log names.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least severe messages that are logged."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic gives all of them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[Any, ...]:
        file = DotEnvSettingsSource(settings_cls, env_file=_env_file())
        return init_settings, _Environment(settings_cls), file

    @property
    def bootstrap(self) -> str:
        return self.kafka or f"127.0.0.1:{self.kafka_port}"

    @property
    def registry_url(self) -> str:
        return self.registry or f"http://127.0.0.1:{self.registry_port}/apis/ccompat/v7"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home.absolute() / 'saingan.db'}"

    @property
    def public_key_file(self) -> Path:
        return self.operator_public_key or self.home / "keys" / "operator-public.pem"

    @property
    def private_key_file(self) -> Path:
        return self.operator_private_key or self.home / "keys" / "operator-private.pem"

    def pseudonym_secret(self) -> bytes | None:
        """The key as 32 bytes: from the environment, else the one of ``saingan up``; None where there is none."""
        if self.pseudonym_key is not None:
            return bytes.fromhex(self.pseudonym_key.get_secret_value())
        file = self.home / "keys" / "pseudonym.key"
        return bytes.fromhex(file.read_text().strip()) if file.exists() else None

    def wire(self, name: str) -> str:
        """A topic's name on this deployment's broker."""
        return self.topic_prefix + name

    def logical(self, wire_name: str) -> str:
        """The standard's name of a topic of this deployment's broker."""
        return wire_name.removeprefix(self.topic_prefix)


def _env_file() -> str:
    named = os.environ.get(ENV_FILE, "")
    if named and not Path(named).exists():
        raise Fault(f"{ENV_FILE} names {named}, which is not there: the local exchange would be meant")
    return named if ENV_FILE in os.environ else ".env"


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()


def slips(error: ValidationError) -> Iterator[str]:
    """What is wrong with the settings, each with the variable's name and never with its value."""
    for slip in error.errors(include_input=False, include_url=False):
        name = "_".join(map(str, slip["loc"]))
        if slip["type"] == "extra_forbidden":
            near = get_close_matches(name, Settings.model_fields, n=1)
            yield f"{variable(name)} is not a setting" + (f"; did you mean {variable(near[0])}?" if near else "")
        else:
            yield f"{variable(name)}: {slip['msg']}"
