"""A provider that remembers: Notify's shape over HTTP, with bad weather on request, and the truth about what it got.

It refuses what it must refuse, or the oracle lies: a body shorter than its Content-Length (a client killed in the
middle) is not a message (an earlier stub took those and counted 6,001 of 6,000).
"""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API_KEY = "rig-00000000-0000-4000-8000-00000000000a-00000000-0000-4000-8000-00000000000b"


@dataclass
class Got:
    """One message that the provider accepted."""

    id: str
    reference: str
    to: str
    body: str
    at: float
    began_at: float


@dataclass
class Weather:
    """How the provider behaves: a mode for the n-th send (0, 1, ...), and how late it lists what it accepted."""

    mode: Callable[[int], str] = lambda n: "ok"
    lists_after: float = 0.0
    look_ups: str = "ok"
    slow_seconds: float = 0.05


@dataclass
class Provider:
    """The stub, in threads of the test's own process, so that it outlives every worker that is killed."""

    weather: Weather = field(default_factory=Weather)
    accepted: list[Got] = field(default_factory=list)
    truncated: int = 0
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    on_send: Callable[[dict[str, Any]], None] | None = None
    hung: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        provider = self

        class Handler(_Handler):
            stub = provider

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Let everything that hangs go, and stop."""
        self.hung.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def forget(self) -> None:
        """Begin again, for the next test: fine weather, and nothing remembered."""
        with self.lock:
            self.weather, self.on_send = Weather(), None
            self.accepted, self.truncated, self.requests = [], 0, 0

    def counts(self) -> Counter[str]:
        """Return how many times each reference was accepted."""
        with self.lock:
            return Counter(one.reference for one in self.accepted)

    def references(self) -> set[str]:
        """Return the references that were accepted."""
        return set(self.counts())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: Provider

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet."""

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        stub = self.stub
        if stub.weather.look_ups != "ok":
            self._answer(500, b"<html>gateway</html>")
            return
        reference = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
        listed_before = time.monotonic() - stub.weather.lists_after
        with stub.lock:
            rows = [g for g in stub.accepted if g.reference == reference and g.at <= listed_before]
        notifications = [{"id": g.id, "reference": g.reference, "status": "delivered"} for g in rows]
        self._answer(200, {"notifications": notifications, "links": {}})

    def do_POST(self) -> None:
        stub, began_at = self.stub, time.monotonic()
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) != length or not length:
            with stub.lock:
                stub.truncated += 1
            self.close_connection = True
            return
        sent = json.loads(raw)
        with stub.lock:
            n, stub.requests = stub.requests, stub.requests + 1
        if stub.on_send:
            stub.on_send(sent)
        getattr(self, "_mode_" + stub.weather.mode(n))(sent, began_at)

    def _accept(self, sent: dict[str, Any], began_at: float) -> Got:
        got = Got(
            id=str(uuid.uuid4()),
            reference=sent["reference"],
            to=sent.get("phone_number") or sent.get("email_address", ""),
            body=sent.get("personalisation", {}).get("body", ""),
            at=time.monotonic(),
            began_at=began_at,
        )
        with self.stub.lock:
            self.stub.accepted.append(got)
        return got

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _mode_ok(self, sent: dict[str, Any], began_at: float) -> None:
        got = self._accept(sent, began_at)
        self._answer(201, {"id": got.id, "reference": got.reference, "uri": "", "content": {}, "template": {}})

    def _mode_slow(self, sent: dict[str, Any], began_at: float) -> None:
        time.sleep(self.stub.weather.slow_seconds / 2)
        got = self._accept(sent, began_at)
        time.sleep(self.stub.weather.slow_seconds / 2)
        self._answer(201, {"id": got.id, "reference": got.reference})

    def _mode_error(self, sent: dict[str, Any], began_at: float) -> None:
        self._answer(500, {"errors": [{"error": "Exception", "message": "Internal server error"}]})

    def _mode_accept_error(self, sent: dict[str, Any], began_at: float) -> None:
        self._accept(sent, began_at)
        self._answer(500, b"<html>gateway timeout</html>")

    def _mode_refuse(self, sent: dict[str, Any], began_at: float) -> None:
        self._answer(400, {"errors": [{"error": "ValidationError", "message": "phone_number Not a UK mobile"}]})

    def _mode_busy(self, sent: dict[str, Any], began_at: float) -> None:
        self._answer(429, {"errors": [{"error": "RateLimitError", "message": "Exceeded"}]}, Retry_After="120")

    def _mode_away(self, sent: dict[str, Any], began_at: float) -> None:
        self._answer(503, {"errors": [{"error": "Unavailable", "message": "Try later"}]})

    def _mode_garbage(self, sent: dict[str, Any], began_at: float) -> None:
        self._accept(sent, began_at)
        self._answer(201, b"<html>proxy</html>")

    def _mode_drop(self, sent: dict[str, Any], began_at: float) -> None:
        self._drop()

    def _mode_accept_drop(self, sent: dict[str, Any], began_at: float) -> None:
        self._accept(sent, began_at)
        self._drop()

    def _mode_hang(self, sent: dict[str, Any], began_at: float) -> None:
        self.stub.hung.wait(60)
        self._drop()
