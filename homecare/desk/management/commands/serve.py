"""Run the whole service on this machine: web server, worker and beat under one supervisor."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from homecare.accounts.demo import demo_sign_ins
from homecare.engines.places import local_folder
from homecare.engines.supervisor import Child, Supervisor


class Command(BaseCommand):
    """What `make run` ends in. A hospital runs the same three parts as containers: docker-compose.yml."""

    help = "Runs web server, worker and beat until Ctrl-C. With --prepare, first migrates and loads what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask whether to prepare first."""
        parser.add_argument("--prepare", action="store_true", help="migrate, load reference data and the demonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a busy port before anything else; then prepare, run, and leave nothing running."""
        refuse_busy_port(settings.PORT)
        if options["prepare"]:
            self._manage("prepare", *(["--demonstration"] if settings.DEMO else []))
        self.stdout.write("Starting ...")
        supervisor = Supervisor(list(self._children()), self._environment(), self._say)
        supervisor.run(self._announced_when_well, lambda: self._say("\nStopping ..."))
        self.stdout.write("Stopped.")

    def _children(self) -> Iterator[Child]:
        logs = local_folder() / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        celery = [sys.executable, "-m", "celery", "-A", "homecare"]
        yield Child("web server", [sys.executable, "-m", "gunicorn", "-c", "python:homecare.gunicorn", "homecare.wsgi"],
                    logs / "web.log")  # fmt: skip
        worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        yield Child("worker", [*celery, *worker, "--loglevel", "INFO"], logs / "worker.log")
        yield Child("beat", [*celery, "beat", "--loglevel", "INFO"], logs / "beat.log")

    def _environment(self) -> dict[str, str]:
        """Return the environment of the parts: none of them learns the owner's address."""
        named = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        return named | {
            "DATABASE_URL": settings.DATABASE_URL,
            "REDIS_URL": settings.REDIS_URL,
            "PORT": str(settings.PORT),
        }

    def _announced_when_well(self) -> bool:
        """Print the address once the web server answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.PORT}/health/", timeout=2):
                pass
        except OSError:
            return False
        self._say(f"\n{settings.SERVICE_NAME} is at http://127.0.0.1:{settings.PORT}  (Ctrl-C stops it)\n")
        for line in sign_in_lines():
            self._say(line)
        return True

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, check=False)  # noqa: S603
        if done.returncode:
            raise CommandError(f"`manage.py {' '.join(arguments)}` did not succeed: see above.")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def refuse_busy_port(port: int) -> None:
    """Say in one sentence that the port is taken, before any work is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CommandError(f"Port {port} is kept for root: choose another, as in `PORT=8001 make run`.") from error
        except OSError as error:
            raise CommandError(
                f"Port {port} is in use by another program: choose another, as in `PORT={port + 1} make run`."
            ) from error


def sign_in_lines() -> list[str]:
    """Return a table of the demonstration's sign-ins, one for each role."""
    if not settings.DEMO:
        return []
    rows = [(s.role.display_name, s.username, s.password) for s in demo_sign_ins()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [f"  {title:<{widths[0]}}  {name:<{widths[1]}}  {password}" for title, name, password in rows]
