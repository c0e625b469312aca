"""Purposes: why we write to people. Higher apps register theirs at start; this is the only way they are called back."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from homecare.messaging.models import Channel, OutboxMessage
from homecare.messaging.rules import QuietHours

Context = Mapping[str, str]


class UnknownPurposeError(LookupError):
    """No app has registered this purpose."""


def _no_context(messages: Sequence[OutboxMessage]) -> dict[UUID, Context]:
    return {message.id: {} for message in messages}


@dataclass(frozen=True)
class Words:
    """The first version of the words; later ones are rows. No medicine, condition or clinic."""

    body: str
    subject: str = ""


@dataclass(frozen=True)
class Purpose:
    """Why a kind of message is sent, and what must hold when it is.

    `still_needed` is asked for many messages at once, at an instant, inside the transaction that decides to send: it
    gives for each id None (send) or the reason, UPPER_CASE, why the need has ended. A missing id or an error means: do
    not send. `context` gives for each id the values that the words name. `stale_after_days` counts from the later of
    the due date and the day of planning: after that day's last sending hour the message is missed, not sent late.
    """

    code: str
    title: str
    words: Mapping[Channel, Words]
    still_needed: Callable[[Sequence[OutboxMessage], dt.datetime], Mapping[UUID, str | None]]
    context: Callable[[Sequence[OutboxMessage]], Mapping[UUID, Context]] = _no_context
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    priority: int = 50
    quiet_hours: QuietHours | None = field(default_factory=QuietHours)
    stale_after_days: int | None = 7
    usual_batch: int = 0
    same_text_limit: int = 5000
    max_attempts: int = 20

    def __post_init__(self) -> None:
        missing = [channel for channel in self.channels if channel not in self.words]
        if missing:
            raise ValueError(f"The purpose {self.code} has no words for {', '.join(missing)}.")


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Make a purpose known. A second one of the same code is a mistake in the code, and is refused."""
    if purpose.code in _purposes:
        raise ValueError(f"The purpose {purpose.code} is registered twice.")
    _purposes[purpose.code] = purpose


def get(code: str) -> Purpose:
    """Return the purpose of this code, or raise `UnknownPurposeError`."""
    try:
        return _purposes[code]
    except KeyError:
        raise UnknownPurposeError(f"No app has registered the purpose {code}.") from None


def title(code: str) -> str:
    """Return a purpose's title for screens; its code if nobody knows it any more."""
    return _purposes[code].title if code in _purposes else code.replace("_", " ").capitalize()


def all_purposes() -> list[Purpose]:
    """Return every purpose, by code."""
    return [_purposes[code] for code in sorted(_purposes)]


def forget(code: str) -> None:
    """Forget a purpose: for tests that register their own."""
    _purposes.pop(code, None)
