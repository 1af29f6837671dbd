"""The schema registry, by its Confluent API (standard, section 4). The only module of the standard that does I/O."""

import json
from collections.abc import Callable
from functools import partial
from typing import Final, Self, TypeVar

from confluent_kafka.schema_registry import Schema as RegistrySchema
from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx2 import HTTPError

from saingan.errors import Fault, Transient
from saingan.exchange import kafka
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.codec import Schema

COMPATIBILITY: Final = "FULL_TRANSITIVE"
_MISSING: Final = 404
_T = TypeVar("_T")


class Registry:
    """Schemas of this deployment's topics, by subject ``<topic>-value``.

    Every call raises `Transient` when the registry does not answer, and `Fault` when it refuses.

    Args:
        retries: of a call that is not answered; a worker has its own way to wait.
    """

    def __init__(self, settings: Settings, retries: int = 0) -> None:
        self._settings = settings
        self._client = kafka.registry(settings, retries)
        self._seen: dict[tuple[str, int], tuple[int, Schema]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def restrict(self) -> None:
        """Ask `COMPATIBILITY` of subjects that have none of their own: a registry's default is to take anything."""
        self._ask(lambda: self._client.set_compatibility(level=COMPATIBILITY))

    def register(self, topic: str) -> int:
        """Register our schema of a topic under `COMPATIBILITY`; its id. The same text again changes nothing."""
        subject = self._subject(topic)
        self._ask(lambda: self._client.set_compatibility(subject, COMPATIBILITY))
        return self._ask(lambda: self._client.register_schema(subject, self._ours(topic)))

    def schema_id(self, topic: str) -> int:
        """The id under which our schema of a topic is registered."""
        subject = self._subject(topic)
        return _present(self._ask(lambda: self._client.lookup_schema(subject, self._ours(topic))).schema_id)

    def writer_schemas(self, topic: str) -> dict[int, Schema]:
        """All schemas that a writer of this topic may use, by id; `Transient` where there is none.

        A worker asks for what was there at its start: a registry that has just begun may not have read it yet.
        """
        subject = self._subject(topic)
        versions = self._ask(lambda: self._client.get_versions(subject), passing=_MISSING)
        for version in versions:
            if (subject, version) not in self._seen:
                found = self._ask(partial(self._client.get_version, subject, version))
                self._seen[subject, version] = (
                    _present(found.schema_id),
                    json.loads(_present(found.schema.schema_str)),
                )
        return dict(self._seen[subject, version] for version in versions)

    def by_id(self, schema_id: int) -> Schema:
        """Any schema of the registry, whatever its subject."""
        found = self._ask(lambda: self._client.get_schema(schema_id))
        schema: Schema = json.loads(_present(found.schema_str))
        return schema

    def _subject(self, topic: str) -> str:
        return f"{self._settings.wire(topic)}-value"

    def _ours(self, topic: str) -> RegistrySchema:
        return RegistrySchema(schemas.text(topic), "AVRO")

    def _ask(self, call: Callable[[], _T], passing: int = 0) -> _T:
        """Call; ``passing`` is a status that is no refusal, but may pass."""
        try:
            return call()
        except SchemaRegistryError as error:
            status = error.http_status_code
            if status >= 500 or status in (408, 429):
                raise Transient(f"the schema registry answered {status}") from None
            reaction = Transient if status == passing else Fault
            raise reaction(
                f"the schema registry refused with {status}: {error.error_message}; "
                "`saingan doctor` says whether a schema is missing or incompatible"
            ) from None
        except (HTTPError, OSError, json.JSONDecodeError) as error:  # the last: a proxy's page
            raise Transient(f"the schema registry does not answer ({type(error).__name__})") from None


def _present(value: _T | None) -> _T:
    if value is None:  # the client's types allow it; no registry that we know answers so
        raise Fault("the schema registry's answer lacks an id or a text; is it a Confluent-compatible one?")
    return value
