"""What may follow what: one table of transitions for each record, asked by one private move."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from homecare.core.errors import IllegalMove


@dataclass(frozen=True)
class Transition:
    """One allowed move: its event, the statuses it may start from, where it leads, what it needs."""

    event: str
    sources: frozenset[str]
    target: str
    permission: Any


class Transitions:
    """The table of one record's moves."""

    def __init__(self, record: str, transitions: Iterable[Transition]) -> None:
        self.record = record
        self.transitions = tuple(transitions)
        self._by_event_and_source = {(t.event, source): t for t in self.transitions for source in t.sources}

    def find(self, event: str, *, source: str) -> Transition:
        """Return the transition for this event from this status, or refuse in words."""
        try:
            return self._by_event_and_source[event, source]
        except KeyError:
            raise IllegalMove(self._refusal(event, source)) from None

    def allows(self, event: str, *, source: str) -> bool:
        """Say whether the event may happen from this status."""
        return (event, source) in self._by_event_and_source

    def _refusal(self, event: str, source: str) -> str:
        words, status = event.replace("_", " "), source.replace("_", " ").lower()
        starts = {s for t in self.transitions if t.event == event for s in t.sources}
        listed = ", ".join(sorted(s.replace("_", " ").lower() for s in starts)) or "no status"
        return f"This {self.record} is {status}: it cannot “{words}” from there (only from {listed})."
