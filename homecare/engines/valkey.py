"""The embedded Valkey (Redis protocol): keeps its data, evicts nothing, asks for a password."""

import os
import shutil
import signal
import socket
import subprocess

from homecare.engines.places import Place, valkey_binary
from homecare.engines.process import last_words, start_server
from homecare.engines.secrets import passwords


class Valkey:
    """Start, describe and stop the embedded Valkey of one place."""

    name = "valkey"
    stop_signal = signal.SIGTERM
    kill_signal = signal.SIGKILL

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.server_home / "valkey"
        self.log = place.local / "engines" / "valkey.log"
        self._port_file = place.local / "engines" / "valkey.port"

    def addresses(self) -> dict[str, str]:
        """Return the environment variables that name this engine."""
        return {"REDIS_URL": f"redis://:{self._password()}@127.0.0.1:{self._port_file.read_text()}/0"}

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server on the port it had before, or a free one. The caller is its only keeper."""
        binary = valkey_binary(self.place)
        self.place.keep(self.data)
        self._port_file.write_text(str(_free_port(self._port_file.read_text() if self._port_file.exists() else "")))
        settings = self.data / "valkey.conf"
        settings.write_text("".join(f"{name} {value}\n" for name, value in self._settings().items()))
        if self.place.server_user:
            shutil.chown(settings, self.place.server_user)
        settings.chmod(0o600)
        return start_server(
            [str(binary), str(settings)],
            user=self.place.server_user,
            folder=self.data,
            log=self.log,
            when_parent_dies=self.stop_signal,
            environment={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
        )

    def is_ready(self) -> bool:
        """Say whether the server answers, with its data loaded."""
        return self._ask(f"AUTH {self._password()}", "PING").endswith(b"+PONG\r\n")

    def prepare(self) -> None:
        """Nothing to prepare."""

    def why_it_failed(self) -> str:
        """Return the server's last words."""
        return last_words(self.log)

    def _settings(self) -> dict[str, str]:
        return {
            "bind": "127.0.0.1",
            "port": self._port_file.read_text(),
            "dir": str(self.data),
            "requirepass": self._password(),
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "databases": "64",  # one for each worker of a test run
            "daemonize": "no",
        }

    def _ask(self, *lines: str) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", int(self._port_file.read_text())), timeout=1) as line:
                answer = b""
                for words in lines:
                    line.sendall(words.encode() + b"\r\n")
                    answer += line.recv(1024)
                return answer
        except OSError:
            return b""

    def _password(self) -> str:
        return passwords(self.place.local)["valkey"]


def _free_port(before: str) -> int:
    for port in (int(before or 0), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port")
