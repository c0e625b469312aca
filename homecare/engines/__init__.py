"""Embedded PostgreSQL and Valkey for development, tests and the demonstration.

A hospital names its own by `DATABASE_URL` and `REDIS_URL`; then nothing here runs. Otherwise any command that needs
an engine starts it under `.local/`, and the last command to leave it stops it
(`docs/adr/0001-two-commands-and-embedded-engines.md`).
"""

from homecare.engines.errors import EngineError
from homecare.engines.use import engines, for_command, hold_until_exit

__all__ = ["EngineError", "engines", "for_command", "hold_until_exit"]
