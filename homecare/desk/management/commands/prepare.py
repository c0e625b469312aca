"""Bring everything up to date before the service runs: database, reference data, static files; nothing that is done."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from homecare.accounts.demo import demo_sign_ins
from homecare.accounts.models import User
from homecare.engines.places import local_folder


class Command(BaseCommand):
    """The second half of `make setup`, and what `make run` does before it serves."""

    help = "Migrates, loads reference data, collects static files; with --demonstration, fills an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask whether the demonstration is wanted."""
        parser.add_argument(
            "--demonstration", action="store_true", help="load the demonstration if there is no patient"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step that is needed, each in the role that it needs."""
        changed = self._migrate()
        mark = local_folder() / "prepared"
        files = _mark_of_files()
        if changed or not mark.exists() or mark.read_text() != files:
            self._as_app("load_reference")
            self.stdout.write("Collecting style sheets and scripts ...")
            self._as_app("collectstatic", "--no-input", "--clear", "--verbosity", "0")
            mark.write_text(files)
        if changed:
            self._as_app("start_clocks")
        if settings.DEMO and not _has_demo_people():
            self._as_app("add_demo_people")
        if options["demonstration"] and not _has_patients():
            self._as_app("load_demo")

    def _migrate(self) -> bool:
        """Migrate as the owner; say whether that changed anything."""
        before = _applied()
        if not before:
            self.stdout.write("Making the database ...")
        call_command("setup_database", verbosity=0)
        connection.close()
        return _applied() != before

    def _as_app(self, name: str, *arguments: str) -> None:
        """Run another command as the role that serves, in a process of its own; pass over one that is not built in."""
        if name not in get_commands():
            self.stdout.write(f"(no {name} yet)")
            return
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
        command = [sys.executable, "manage.py", name, *arguments]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)  # noqa: S603 - ours
        if done.returncode:
            raise CommandError(f"`manage.py {name}` did not succeed: see above.")


def _applied() -> frozenset[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        row = cursor.fetchone()
        if not (row and row[0]):
            return frozenset()
        cursor.execute("SELECT app, name FROM django_migrations")
        return frozenset(cursor.fetchall())


def _has_patients() -> bool:
    return bool(apps.get_model("patients", "Patient")._default_manager.exists())


def _has_demo_people() -> bool:
    names = [sign_in.username for sign_in in demo_sign_ins()]
    return bool(User.objects.filter(username__in=names).count() == len(names))


def _mark_of_files() -> str:
    """Return a mark that changes when code, data or assets change (by time and size, not by reading them)."""
    seen = hashlib.sha256(settings.DATABASE_URL.encode())
    for path in sorted(_files(settings.BASE_DIR)):
        about = path.stat()
        seen.update(f"{path}:{about.st_mtime_ns}:{about.st_size}\n".encode())
    return seen.hexdigest()


def _files(base: Path) -> Iterator[Path]:
    """Yield our own files, not what is generated or installed."""
    for folder in base.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in {"node_modules", "staticfiles"}:
            yield from (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
