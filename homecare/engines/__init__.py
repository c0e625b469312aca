"""Embedded PostgreSQL and Valkey for development, tests and the demonstration."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def for_command(argv: Sequence[str]) -> Iterator[None]:
    """Start what the command needs, name it in the environment, and leave it as it was found."""
    yield
