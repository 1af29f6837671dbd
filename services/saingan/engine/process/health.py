"""A worker's own page for machines: ``/metrics``, ``/healthz`` (restart me when not 200), ``/readyz``."""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any, Final, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from saingan.metrics import Metrics

_POLL_S: Final = 0.05  # in which a shutdown is noticed

Check = Callable[[], str | None]  # what is wrong, or None


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Scrapes are not worth a line each."""


def serve(host: str, port: int, metrics: Metrics, alive: Check, ready: Check) -> _Server:
    """Serve in a thread until ``shutdown()``; port 0 takes a free one (``server_port``)."""
    exposition = make_wsgi_app(metrics.registry)
    checks = {"/healthz": alive, "/readyz": ready}

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        check = checks.get(environ["PATH_INFO"])
        if check is None:
            return cast("Iterable[bytes]", exposition(environ, start_response))
        wrong = check()
        start_response(
            "503 Service Unavailable" if wrong else "200 OK", [("Content-Type", "text/plain; charset=utf-8")]
        )
        return [(wrong or "ok").encode() + b"\n"]

    server = make_server(host, port, app, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, args=(_POLL_S,), name="health", daemon=True).start()
    return server
