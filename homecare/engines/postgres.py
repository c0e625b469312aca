"""The embedded PostgreSQL: one cluster, three roles, one database.

- `homecare_setup` made the cluster; nothing but this file signs in as it.
- `homecare_owner` owns the database and its tables, may create databases (for tests), and is no superuser.
- `homecare_app` serves: it owns nothing. What it may do to each table is granted after migrate, by homecare.audit.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from homecare.engines.errors import EngineError
from homecare.engines.places import Place, postgres_binaries
from homecare.engines.process import last_words, run_as, start_server
from homecare.engines.secrets import passwords

SETUP, OWNER, APP = "homecare_setup", "homecare_owner", "homecare_app"
DATABASE = "homecare"

# Modest, for a laptop. Override any by EMBEDDED_PG_SETTINGS="shared_buffers=1GB work_mem=64MB".
SETTINGS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "120",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement that fails may hold a patient's name: the log says that it failed, not what was in it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "password_encryption": "scram-sha-256",
}


class Postgres:
    """Start, describe and stop the embedded PostgreSQL of one place."""

    name = "postgres"
    stop_signal = signal.SIGINT  # a fast shutdown: roll back, disconnect, checkpoint
    kill_signal = signal.SIGQUIT

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.server_home / "postgres"
        self.log = place.local / "engines" / "postgres.log"

    def addresses(self) -> dict[str, str]:
        """Return the environment variables that name this engine."""
        return {"DATABASE_OWNER_URL": self._url(OWNER), "DATABASE_URL": self._url(APP)}

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server, making the cluster the first time. The caller is its only keeper."""
        binaries = postgres_binaries(self.place)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        self._write_settings()
        self._clear_what_a_killed_server_left()
        return start_server(
            [str(binaries / "postgres"), "-D", str(self.data), "-k", str(self.place.sockets), "-h", ""],
            user=self.place.server_user,
            folder=self.data,
            log=self.log,
            when_parent_dies=self.stop_signal,
            environment=_environment(),
        )

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        try:
            psycopg2.connect(self._url(SETUP, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                kept = self.place.local / "engines" / "passwords.json"
                raise EngineError(
                    f"{kept} does not fit the data in {self.data}. Restore it, or remove both."
                ) from error
            return False
        return True

    def prepare(self) -> None:
        """Make the roles and the database, if they are not there."""
        with suppress(psycopg2.OperationalError):  # the usual case: all is there, and one look is enough
            psycopg2.connect(self._url(OWNER), connect_timeout=5).close()
            psycopg2.connect(self._url(APP), connect_timeout=5).close()
            return
        connection = psycopg2.connect(self._url(SETUP, "postgres"), connect_timeout=5)
        connection.autocommit = True
        with connection.cursor() as cursor:
            self._make_roles(cursor)
        connection.close()
        connection = psycopg2.connect(self._url(SETUP), connect_timeout=5)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
        connection.close()

    def _make_roles(self, cursor: "psycopg2.extensions.cursor") -> None:
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            options = f"LOGIN NOSUPERUSER NOCREATEROLE {rights} PASSWORD %s"
            cursor.execute(f"{verb} ROLE {role} {options}", [passwords(self.place.local)[role]])
        cursor.execute(f"GRANT {APP} TO {OWNER}")  # so that a test, running as owner, can SET ROLE to the app's
        cursor.execute(
            f"ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '60s'"
        )  # an idle writer stalls sealing
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        cursor.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}")

    def _make_cluster(self, binaries: Path) -> None:
        """Make an empty cluster beside its place and move it in when whole, so that nothing is ever half made."""
        home = self.data.with_name("postgres.new")
        run_as(["rm", "-rf", str(home)], user=None, folder=self.place.server_home, environment=_environment())
        self.place.keep(home)
        with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:
            secret.write(passwords(self.place.local)[SETUP])
            secret.flush()
            if self.place.server_user:
                shutil.chown(secret.name, self.place.server_user)
            arguments = [
                "-D",
                str(home),
                "-U",
                SETUP,
                "--pwfile",
                secret.name,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
            ]
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
            try:
                run_as(
                    [str(binaries / "initdb"), *arguments, *locale],
                    user=self.place.server_user,
                    folder=home,
                    environment=_environment(),
                )
            except subprocess.CalledProcessError as error:
                raise EngineError(
                    f"PostgreSQL could not make its files in {home}: {error.stderr.strip()[-300:]}"
                ) from error
        home.rename(self.data)

    def _write_settings(self) -> None:
        chosen = SETTINGS | dict(
            pair.split("=", 1) for pair in shlex.split(os.environ.get("EMBEDDED_PG_SETTINGS", "")) if "=" in pair
        )
        ours = self.data / "homecare.conf"
        ours.write_text("".join(f"{name} = '{value}'\n" for name, value in chosen.items()))
        ours.chmod(0o644)
        main = self.data / "postgresql.conf"
        if "homecare.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'homecare.conf'\n")

    def _clear_what_a_killed_server_left(self) -> None:
        """Wait until a server that lost its keeper ends; drop the pid file of one that is gone (a pid is reused)."""
        left = self.data / "postmaster.pid"
        deadline = time.monotonic() + 30
        while left.exists():
            pid = int(left.read_text().split()[0])
            if not _is_a_server_of(pid, self.data):
                left.unlink(missing_ok=True)
                return
            os.kill(pid, self.stop_signal if time.monotonic() < deadline - 10 else self.kill_signal)
            if time.monotonic() > deadline:
                raise EngineError(
                    f"An earlier PostgreSQL (process {pid}) on {self.data} does not stop. End it, then try again."
                )
            time.sleep(0.2)

    def why_it_failed(self) -> str:
        """Return the server's last words."""
        return last_words(self.log)

    def _url(self, role: str, database: str = DATABASE) -> str:
        folder = quote(str(self.place.sockets), safe="")
        return f"postgres://{role}:{passwords(self.place.local)[role]}@{folder}/{database}"


def _is_a_server_of(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"postgres") and os.fsencode(data) in words


def _environment() -> dict[str, str]:
    """Return an environment in which no PG* variable of the user's can lead a server elsewhere."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
