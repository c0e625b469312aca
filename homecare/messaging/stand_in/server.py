"""The stand-in on its own: for commands and tests that send while no web server runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from homecare.messaging.channels.choice import forget_carriers
from homecare.messaging.figures import sends_to_the_stand_in


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Serve the stand-in on loopback for a block; gives its base address."""
    with make_server("127.0.0.1", port, get_wsgi_application(), _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/demo/notify"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving_if_nobody_does() -> Iterator[str]:
    """For a block in the demonstration: send to the web server's stand-in if one runs, else to one of our own."""
    if not sends_to_the_stand_in() or _answers(settings.NOTIFY_BASE_URL):
        yield settings.NOTIFY_BASE_URL
        return
    before = settings.NOTIFY_BASE_URL
    with serving() as address:
        try:
            settings.NOTIFY_BASE_URL = address
            forget_carriers()
            yield address
        finally:
            settings.NOTIFY_BASE_URL = before
            forget_carriers()


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False
