"""Passwords of the embedded engines, made once and kept in `.local/engines/` where only their owner may read them."""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

NAMES = ("homecare_setup", "homecare_owner", "homecare_app", "valkey")


def passwords(local: Path) -> dict[str, str]:
    """Return the password of each database role and of Valkey, making them the first time."""
    kept = local / "engines" / "passwords.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        new = kept.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: secrets.token_hex(16) for name in NAMES}, file)
        with suppress(FileExistsError):
            os.link(new, kept)  # whoever links first wins; a second command then reads the first one's
        new.unlink()
    made: dict[str, str] = json.loads(kept.read_text())
    return made
