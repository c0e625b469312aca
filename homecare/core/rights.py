"""What the application's own database role may do to a table, said beside the model.

A model says `audit = AppendOnly("why")`. A model that says nothing is `Tracked` (its history is kept, and its rows
are never deleted) or is refused by the boot check: a table is never left without somebody deciding.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Rights:
    """What may be done to the rows, whether their history must be kept, and why."""

    because: str
    granted: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "UPDATE"})
    needs_history: ClassVar[bool] = False
    append_only: ClassVar[bool] = False


class Kept(Rights):
    """The default of a tracked record: written, changed, never deleted; each change is in its history."""

    needs_history = True


class Deletable(Rights):
    """A tracked record that may be deleted: its history keeps what it said."""

    granted = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    needs_history = True


class AppendOnly(Rights):
    """Written once: no change, no deletion, not even by the tables' owner."""

    granted = frozenset({"SELECT", "INSERT"})
    append_only = True


class Untracked(Rights):
    """Changed without a history, for the reason given: it can be computed again, or its moves are rows of their own."""


class Transient(Rights):
    """Comes and goes, for the reason given: a session, a token, a throttle's count, a staging row."""

    granted = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


class ReadOnly(Rights):
    """Written by migrations only."""

    granted = frozenset({"SELECT"})
