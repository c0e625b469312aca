"""Decisions about messages over plain values: no database, no clock."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from homecare.core.clock import at_local, local_day

SMALL_BATCH = 50
"""A batch of this size never needs a second person (goal R10)."""


# -- who a message is: one id, made of its meaning ------------------------------------------------------------------


def message_id(*, recipient_id: int, purpose: str, episode: str, due_on: dt.date, step: int = 0) -> uuid.UUID:
    """Return the id of the message with this meaning: primary key, guard against doubles and reference in one.

    It holds neither time nor chance, so that the same need planned twice (by two planners, or again after a restore)
    is the same message, also at the provider. The channel is left out: a patient who changes from texts to e-mail is
    not reminded twice.
    """
    meaning = f"{recipient_id}|{purpose}|{episode}|{due_on.isoformat()}|{step}"
    return uuid.UUID(bytes=hashlib.sha256(meaning.encode()).digest()[:16])


MESSAGE_ID_SQL = (
    "encode(substring(sha256(convert_to({recipient_id}::text || '|' || {purpose} || '|' || {episode} || '|' "
    "|| to_char({due_on}, 'YYYY-MM-DD') || '|' || {step}::text, 'UTF8')) from 1 for 16), 'hex')::uuid"
)
"""The same in PostgreSQL, for planning in one statement; a test holds the two together."""


# -- when -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuietHours:
    """Hours of the day in London in which nothing is sent."""

    begins: int = 20
    ends: int = 8

    def holds(self, at: dt.datetime) -> bool:
        """Say whether the instant lies in the quiet hours."""
        hour = at.astimezone(at_local(local_day(at), 0).tzinfo).hour
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


def backoff(attempts: int, *, retry_after: float | None = None, jitter: float = 0.0) -> dt.timedelta:
    """Return how long to wait after this many refusals: 30 s doubling up to an hour, never less than was asked.

    `jitter` from -1 to 1 moves the wait by up to a fifth, so that a thousand refused messages do not return at once.
    """
    wait = min(3600.0, 30.0 * 2 ** min(max(attempts - 1, 0), 20)) * (1 + 0.2 * jitter)
    return dt.timedelta(seconds=max(wait, retry_after or 0.0))


# -- what the provider's answer means ---------------------------------------------------------------------------------


class Answer(StrEnum):
    """What is known after a try."""

    ACCEPTED = "ACCEPTED"
    REFUSED_FOR_GOOD = "REFUSED_FOR_GOOD"
    REFUSED_FOR_NOW = "REFUSED_FOR_NOW"
    NEVER_LEFT = "NEVER_LEFT"
    UNCERTAIN = "UNCERTAIN"


_REFUSED_FOR_NOW_WITH_WORDS = frozenset({429, 503})
_KEY_TROUBLE = frozenset({401, 403})
_NOBODY_KNOWS = frozenset({408, 425})


def http_answer(status: int, *, says_why: bool) -> Answer:
    """Say what an HTTP answer means; `says_why` is whether its body is the provider's own.

    A 503 or 429 without the provider's own words may come from something in between that had already passed the
    message on, so it is uncertain. 401 and 403 speak about our key, not about the message: try again later.
    """
    if 200 <= status < 300:
        return Answer.ACCEPTED if says_why else Answer.UNCERTAIN
    if status in _REFUSED_FOR_NOW_WITH_WORDS or status in _KEY_TROUBLE:
        return Answer.REFUSED_FOR_NOW if says_why else Answer.UNCERTAIN
    if status in _NOBODY_KNOWS or status >= 500 or status < 400:
        return Answer.UNCERTAIN
    return Answer.REFUSED_FOR_GOOD if says_why else Answer.UNCERTAIN


# -- to whom ----------------------------------------------------------------------------------------------------------


def chosen_channel(preferred: str, addresses: Mapping[str, str], allowed: Sequence[str]) -> str | None:
    """Return the channel to use now: the preferred one if allowed and reachable, else the first that is; else none.

    Somebody who prefers the telephone, a letter or nothing is not written to by another way.
    """
    if preferred not in addresses:
        return None
    for channel in (preferred, *allowed):
        if channel in allowed and addresses.get(channel):
            return channel
    return None


# -- the brake on mass sending ----------------------------------------------------------------------------------------


class HoldReason(StrEnum):
    """Why a batch waits for a second person."""

    FIRST_AFTER_IMPORT = "FIRST_AFTER_IMPORT"
    MORE_THAN_USUAL = "MORE_THAN_USUAL"
    SAME_TEXT_TO_MANY = "SAME_TEXT_TO_MANY"
    SHARED_NUMBER = "SHARED_NUMBER"


def batch_limit(usual: float) -> int:
    """Return how many messages of a rule may go on a day without a second person: 50, or twice the usual."""
    return max(SMALL_BATCH, int(2 * usual))


def hold_reasons(*, size: int, usual: float, same_text: int, same_text_limit: int, after_import: bool) -> list[str]:
    """Return why the whole of a rule's messages of this day must wait; nothing if they may go.

    `size` counts the day's messages of the rule that nobody has approved, `same_text` everybody who is to get this
    text today, approved or not.
    """
    reasons = {
        HoldReason.FIRST_AFTER_IMPORT: after_import,
        HoldReason.MORE_THAN_USUAL: size > batch_limit(usual),
        HoldReason.SAME_TEXT_TO_MANY: same_text > same_text_limit,
    }
    return [str(reason) for reason, holds in reasons.items() if holds]
