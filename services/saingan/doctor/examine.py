"""`doctor`: what is missing or differs, each with a fix. It changes nothing."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka.admin import AdminClient

from saingan import extras
from saingan.engine.intake.sealing import Sealer
from saingan.errors import Fault, Rejection, SainganError
from saingan.exchange import keys, reach
from saingan.exchange.provision import WITH_SCHEMA, Deviation, deviations
from saingan.exchange.registry import Registry
from saingan.local import parts
from saingan.local.servers import KAFKA, REGISTRY, SERVERS, Server
from saingan.settings import Settings
from saingan.standard.codec import lint
from saingan.topics import TOPICS

_OTHER_SCHEMA = "ask the agency that registered the schema to register a correct one, and to send with its id"
DISK_NEEDED = 2 * 1024**3  # bytes: the parts, a demo's messages and its database


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table; ``remedy`` is empty where all is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings, env: Mapping[str, str] = os.environ) -> list[Finding]:
    """Every check, within seconds. ``env`` is where programs and caches are looked for."""
    return list(_findings(settings, env))


def _findings(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    local = [server for server in SERVERS if server.given(settings) is None]
    if local:
        yield from _programs(env)
    for server in local:
        yield from _ports(settings, server)
    yield _disk(settings)
    broker = _answers(KAFKA, settings)
    yield broker
    if broker.ok:
        admin = reach.broker(settings)
        yield from _topics(settings, admin)
    registry = _answers(REGISTRY, settings)
    yield registry
    if registry.ok:
        yield from _schemas(settings)
    yield _pseudonym_key(settings, compare=broker.ok)
    yield _operator_key(settings)
    yield _database(settings)


def _programs(env: Mapping[str, str]) -> Iterator[Finding]:
    java = parts.find("java", env)
    version = parts.java_version(java) if java else None
    fine = version is not None and version >= parts.JAVA_NEEDED
    detail = "not found" if version is None else f"version {version} at {java}"
    yield Finding("Java", fine, detail, "" if fine else parts.JAVA_REMEDY)
    if java and parts.cached(java, env):
        yield Finding("Maven", True, "not needed: Kafka and the registry are here")
    elif maven := parts.find("mvn", env):
        yield Finding("Maven", True, f"{maven}; Kafka and the registry are yet to be fetched (170 MB, once)")
    else:
        yield Finding("Maven", False, "not found", parts.MAVEN_REMEDY)


def _ports(settings: Settings, server: Server) -> Iterator[Finding]:
    ours = server.process(settings).pid() is not None
    for port in server.ports(settings):
        name = f"port {port} ({server.name})"
        if ours:
            yield Finding(name, True, "used by this exchange")
        elif reach.port_taken(port):
            yield Finding(name, False, "taken by another process", server.port_remedy)
        else:
            yield Finding(name, True, "free")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(reach.existing(settings.home.absolute())).free
    fine = free >= DISK_NEEDED
    detail = f"{free / 1024**3:.1f} GiB free at {settings.home}"
    return Finding("disk", fine, detail, "" if fine else "make room, or set SAINGAN_HOME to a folder on a larger disk")


def _answers(server: Server, settings: Settings) -> Finding:
    fine = server.answers(settings)
    remedy = f"check {server.variable} and that server" if server.given(settings) else "start it: `saingan up`"
    word = "answers" if fine else "does not answer"
    return Finding(server.name, fine, f"{server.address(settings)} {word}", "" if fine else remedy)


def _topics(settings: Settings, admin: AdminClient) -> Iterator[Finding]:
    found = deviations(settings, admin)
    if not found:
        yield Finding("topics", True, f"{len(TOPICS)}, all as they should be")
    for each in found:
        yield Finding(f"topic {settings.wire(each.topic.name)}", False, _deviation(each), _remedy(settings, each))


def _deviation(each: Deviation) -> str:
    return "absent" if each.what == "topic" else f"{each.what} is {each.found}, wanted {each.wanted}"


def _remedy(settings: Settings, each: Deviation) -> str:
    if each.what != "partitions":
        return "`saingan up` sets it"
    if settings.kafka is None:
        return "`saingan down --purge`, then `saingan up`: the local messages are lost"
    # More partitions would send a person's next change elsewhere than the earlier ones.
    return "delete the topic on that broker, `saingan up`, and have its owner publish its registry again"


def _schemas(settings: Settings) -> Iterator[Finding]:
    troubles = 0
    with Registry(settings) as registry:
        for topic in WITH_SCHEMA:
            try:
                registry.schema_id(topic.name)
            except SainganError as error:
                troubles += 1
                detail = f"the schema of this version is not registered: {error}"
                yield Finding(f"schema {settings.wire(topic.name)}", False, detail, "`saingan up` registers it")
                continue
            for schema_id, rejection in _unread(registry, topic.name):
                troubles += 1
                detail = f"records with schema id {schema_id} become dead letters: {rejection.detail}"
                yield Finding(f"schema {settings.wire(topic.name)}", False, detail, _OTHER_SCHEMA)
    if not troubles:
        yield Finding("schemas", True, f"{len(WITH_SCHEMA)}, all registered")


def _unread(registry: Registry, topic_name: str) -> Iterator[tuple[int, Rejection]]:
    """Registered schemas that a worker does not read by, each with why."""
    for schema_id, schema in registry.writer_schemas(topic_name).items():
        try:
            lint(schema)
        except Rejection as rejection:
            yield schema_id, rejection


def _pseudonym_key(settings: Settings, compare: bool) -> Finding:
    name = "pseudonym key"
    secret = settings.pseudonym_secret()
    if secret is None:
        return Finding(name, True, "none here: enough to subscribe; `saingan up` makes a local one to publish with")
    if compare:
        try:
            keys.check_pseudonym_key(secret, keys.published_check(settings))
        except Fault as fault:
            return Finding(name, False, str(fault), "use the key that the exchange's publishers agreed on")
    return Finding(name, True, "the one of the exchange" if compare else "present")


def _operator_key(settings: Settings) -> Finding:
    name = "operator's key"
    public, private = settings.public_key_file, settings.private_key_file
    try:
        Sealer.from_file(public)
    except Fault as fault:
        return Finding(name, False, "dead letters could not be sealed", str(fault))
    if private.exists() and private.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(name, False, f"others may read {private}", f"`chmod 600 {private}`")
    return Finding(name, True, "pair" if private.exists() else "public one: enough to seal")


def _database(settings: Settings) -> Finding:
    if not extras.installed("worker"):
        return Finding("database", True, "not looked at: workers have one, and `saingan[worker]` is not installed here")
    from saingan.engine.store.reach import database_address, database_answers

    fine = database_answers(settings)
    address = database_address(settings)
    detail = f"{address} {'answers' if fine else 'does not answer'}"
    return Finding("database", fine, detail, "" if fine else "check SAINGAN_DATABASE and that database")
