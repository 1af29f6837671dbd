"""What the registry's client does with each kind of answer, on a small real server. The real registry's own behaviour
is in test_schemas.py."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from saingan.errors import Fault, Transient
from saingan.exchange.registry import COMPATIBILITY, Registry
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.topics import EMPLOYMENT
from support.servers import free_ports

SUBJECT = "p.sso.insured-employment.v1-value"


class Server(ThreadingHTTPServer):
    """Answers as it was told: path → status and body; counts and keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {}
        self.asked = Counter()
        self.sent = {}
        self.deaf = Counter()  # path → how many questions more get no answer

    def version(self, number, schema_id, text):
        """Register one version more of the subject."""
        path = f"/subjects/{SUBJECT}/versions"
        body = {"subject": SUBJECT, "version": number, "id": schema_id, "schema": text}
        self.answers[f"{path}/{number}"] = 200, body
        _, versions = self.answers.get(path, (200, []))
        self.answers[path] = 200, [*versions, number]


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        path = self.path.partition("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        self.server.asked[path] += 1
        self.server.sent[path] = json.loads(self.rfile.read(length) or "null")
        status, body = self.server.answers.get(path, (404, {"error_code": 40401, "message": "Subject not found"}))
        if status is None or self.server.deaf[path] > 0:
            self.server.deaf[path] -= 1
            self.connection.close()
            return
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the base class's names

    def log_message(self, *_):
        """Not a line a request."""


@pytest.fixture
def server():
    server = Server()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def registry(server):
    with Registry(Settings(registry=f"http://127.0.0.1:{server.server_port}", topic_prefix="p.")) as registry:
        yield registry


def test_all_versions_of_the_topics_own_subject_are_writers_by_id(server, registry):
    server.version(1, 7, '{"type": "record", "name": "A", "fields": []}')
    server.version(2, 12, '{"type": "record", "name": "B", "fields": []}')
    writers = registry.writer_schemas(EMPLOYMENT.name)
    assert {schema_id: schema["name"] for schema_id, schema in writers.items()} == {7: "A", 12: "B"}


def test_a_version_never_changes_and_is_fetched_once(server, registry):
    server.version(1, 7, '"string"')
    registry.writer_schemas(EMPLOYMENT.name)
    server.version(2, 8, '"string"')
    assert set(registry.writer_schemas(EMPLOYMENT.name)) == {7, 8}
    assert server.asked[f"/subjects/{SUBJECT}/versions/1"] == 1


def test_a_version_that_was_deleted_is_no_writer_any_more(server, registry):
    server.version(1, 7, '"string"')
    server.version(2, 8, '"string"')
    registry.writer_schemas(EMPLOYMENT.name)
    server.answers[f"/subjects/{SUBJECT}/versions"] = 200, [2]
    assert set(registry.writer_schemas(EMPLOYMENT.name)) == {8}


def test_registering_sets_the_compatibility_first_and_sends_our_text(server, registry):
    server.answers[f"/config/{SUBJECT}"] = 200, {"compatibility": COMPATIBILITY}
    server.answers[f"/subjects/{SUBJECT}/versions"] = 200, {"id": 5}
    assert registry.register(EMPLOYMENT.name) == 5
    assert server.sent[f"/config/{SUBJECT}"] == {"compatibility": "FULL_TRANSITIVE"}
    assert server.sent[f"/subjects/{SUBJECT}/versions"]["schema"] == schemas.text(EMPLOYMENT.name)


def test_an_answer_that_fails_to_come_is_asked_for_again_where_that_was_wanted(server):
    server.answers["/config"] = 200, {"compatibility": COMPATIBILITY}
    with Registry(Settings(registry=f"http://127.0.0.1:{server.server_port}"), retries=2) as patient:
        server.deaf["/config"] = 2
        patient.restrict()
        assert server.sent["/config"] == {"compatibility": "FULL_TRANSITIVE"}
        assert server.asked["/config"] == 3
        server.deaf["/config"] = 3
        with pytest.raises(Transient, match="does not answer"):
            patient.restrict()


def test_the_id_of_our_schema_is_looked_up_by_its_text(server, registry):
    server.answers[f"/subjects/{SUBJECT}"] = 200, {"subject": SUBJECT, "id": 5, "version": 1, "schema": '"string"'}
    assert registry.schema_id(EMPLOYMENT.name) == 5
    assert server.sent[f"/subjects/{SUBJECT}"]["schema"] == schemas.text(EMPLOYMENT.name)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 429, None])
def test_a_registry_that_is_unwell_is_waited_for(server, registry, status):
    server.answers[f"/subjects/{SUBJECT}/versions"] = status, {"error_code": 50001, "message": "not now"}
    with pytest.raises(Transient, match="schema registry"):
        registry.writer_schemas(EMPLOYMENT.name)


def test_a_registry_that_is_down_is_waited_for():
    port = free_ports(1)
    with (
        Registry(Settings(registry=f"http://127.0.0.1:{port}")) as registry,
        pytest.raises(Transient, match="does not answer"),
    ):
        registry.writer_schemas(EMPLOYMENT.name)


def test_a_registry_that_has_not_read_its_schemas_yet_is_waited_for(registry):
    with pytest.raises(Transient, match="refused with 404: Subject not found; `saingan doctor`"):
        registry.writer_schemas(EMPLOYMENT.name)


@pytest.mark.parametrize("status", [401, 403, 409, 422])
def test_a_registry_that_refuses_is_a_fault_with_its_word_and_ours(server, registry, status):
    server.answers[f"/subjects/{SUBJECT}/versions"] = status, {"error_code": 40401, "message": "its own word"}
    with pytest.raises(Fault, match=rf"refused with {status}: its own word; `saingan doctor`"):
        registry.writer_schemas(EMPLOYMENT.name)


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxys_page_in_the_registrys_place_is_waited_for(server, registry, status):
    server.answers[f"/subjects/{SUBJECT}/versions"] = status, b"<html>Bad gateway</html>"
    with pytest.raises(Transient, match="schema registry"):
        registry.writer_schemas(EMPLOYMENT.name)
