"""Decisions about messages, by table."""

import datetime as dt

import pytest

from homecare.core.clock import at_local
from homecare.messaging import rules
from homecare.messaging.rules import Answer, QuietHours, backoff, chosen_channel, http_answer


@pytest.mark.parametrize(
    ("attempts", "asked", "seconds"),
    [(1, None, 30), (2, None, 60), (7, None, 1920), (8, None, 3600), (50, None, 3600), (1, 120, 120), (8, 5, 3600)],
)
def test_the_wait_doubles_up_to_an_hour_and_never_undercuts_what_was_asked(
    attempts: int, asked: float | None, seconds: float
) -> None:
    assert backoff(attempts, retry_after=asked).total_seconds() == seconds


@pytest.mark.parametrize(("jitter", "seconds"), [(-1, 24), (1, 36)])
def test_the_wait_is_spread_by_a_fifth(jitter: float, seconds: float) -> None:
    assert backoff(1, jitter=jitter).total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("status", "says_why", "means"),
    [
        (201, True, Answer.ACCEPTED),
        (201, False, Answer.UNCERTAIN),
        (302, True, Answer.UNCERTAIN),
        (400, True, Answer.REFUSED_FOR_GOOD),
        (400, False, Answer.UNCERTAIN),
        (401, True, Answer.REFUSED_FOR_NOW),
        (403, True, Answer.REFUSED_FOR_NOW),
        (408, True, Answer.UNCERTAIN),
        (429, True, Answer.REFUSED_FOR_NOW),
        (429, False, Answer.UNCERTAIN),
        (500, True, Answer.UNCERTAIN),
        (502, False, Answer.UNCERTAIN),
        (503, True, Answer.REFUSED_FOR_NOW),
        (503, False, Answer.UNCERTAIN),
        (504, True, Answer.UNCERTAIN),
    ],
)
def test_what_an_answer_means(status: int, says_why: bool, means: Answer) -> None:
    assert http_answer(status, says_why=says_why) is means


@pytest.mark.parametrize(
    ("day", "hour", "quiet"),
    [
        (dt.date(2026, 3, 10), 7, True),
        (dt.date(2026, 3, 10), 8, False),
        (dt.date(2026, 3, 10), 19, False),
        (dt.date(2026, 3, 10), 20, True),
        (dt.date(2026, 3, 29), 8, False),  # the clocks went forward in the night
        (dt.date(2026, 3, 29), 7, True),
        (dt.date(2026, 10, 25), 8, False),  # and back
        (dt.date(2026, 10, 25), 1, True),
    ],
)
def test_quiet_hours_are_londons(day: dt.date, hour: int, quiet: bool) -> None:
    assert QuietHours().holds(at_local(day, hour).astimezone(dt.UTC)) is quiet


@pytest.mark.parametrize(
    ("preferred", "mobile", "email", "channel"),
    [
        ("SMS", "+447700900123", "a@example.com", "SMS"),
        ("EMAIL", "+447700900123", "a@example.com", "EMAIL"),
        ("SMS", "", "a@example.com", "EMAIL"),
        ("EMAIL", "+447700900123", "", "SMS"),
        ("SMS", "", "", None),
        ("PHONE", "+447700900123", "a@example.com", None),
        ("LETTER", "+447700900123", "a@example.com", None),
        ("NONE", "+447700900123", "a@example.com", None),
    ],
)
def test_the_way_is_the_preferred_one_or_one_that_reaches_them(
    preferred: str, mobile: str, email: str, channel: str | None
) -> None:
    assert chosen_channel(preferred, {"SMS": mobile, "EMAIL": email}, ("SMS", "EMAIL")) == channel


def test_a_way_that_the_purpose_does_not_use_is_not_taken() -> None:
    assert chosen_channel("SMS", {"SMS": "+447700900123", "EMAIL": ""}, ("EMAIL",)) is None


@pytest.mark.parametrize(("usual", "limit"), [(0, 50), (25, 50), (26, 52), (40, 80)])
def test_the_brake_is_fifty_or_twice_the_usual(usual: float, limit: int) -> None:
    assert rules.batch_limit(usual) == limit


def test_the_id_says_nothing_by_chance_or_time() -> None:
    one = {"recipient_id": 7, "purpose": "P", "episode": "E", "due_on": dt.date(2026, 3, 10)}
    assert rules.message_id(**one) == rules.message_id(**one)  # type: ignore[arg-type]
    assert rules.message_id(**one) != rules.message_id(**one, step=1)  # type: ignore[arg-type]
