"""Everything that is set from outside: read once from ``SAINGAN_*`` and ``.env``, frozen, passed down."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, Secret
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

ENV_FILE: Final = "SAINGAN_ENV_FILE"  # names another file than `.env`; an empty one for none
PseudonymKey = Secret[Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]]


class Settings(BaseSettings):
    """One deployment's settings; every default is the local exchange of ``saingan up``.

    The environment goes before the file ``.env`` of the working directory (`ENV_FILE` names another one), from which
    ``docker compose`` reads, too: lines that are not ``SAINGAN_*`` are none of ours.

    Attributes:
        home: folder of the local exchange: data, logs, keys.
        kafka, registry, database: used instead of the local ones where given (``database`` is an SQLAlchemy URL).
        pseudonym_key: 64 hex characters; a secret of the publishing agencies (standard, section 3).
        operator_public_key, operator_private_key: PEM files; dead letters are sealed to the public one.
        observed_on, complete_through: pin the two dates of observation (standard, section 6).
        poll_records: the most records that one transaction takes in, when there is a backlog.
        watchdog_s: seconds without progress, although there is something to do, after which a worker ends itself with
            status 75; 0 for never. It must outlast the database's own timeouts.
        rejection_limit: share of the last 10,000 records of a topic past which a worker stops (section 10).
    """

    model_config = SettingsConfigDict(env_prefix="SAINGAN_", frozen=True, extra="ignore")

    home: Path = Path(".saingan")
    kafka: str | None = None
    registry: str | None = None
    database: str | None = None
    kafka_port: int = 19092
    registry_port: int = 18085
    topic_prefix: str = ""
    replication: int = 1

    pseudonym_key: PseudonymKey | None = None
    operator_public_key: Path | None = None
    operator_private_key: Path | None = None

    observed_on: date | None = None
    complete_through: date | None = None

    rejection_limit: float = Field(default=0.2, gt=0, le=1)
    poll_records: int = Field(default=25_000, ge=1)
    watchdog_s: float = Field(default=300, ge=0)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic gives all of them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[Any, ...]:
        file = DotEnvSettingsSource(settings_cls, env_file=os.environ.get(ENV_FILE, ".env"))
        return init_settings, env_settings, file

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
