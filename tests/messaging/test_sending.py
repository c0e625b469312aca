"""What is claimed, what is sent, and what each answer of the provider comes to."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest

from homecare.accounts.models import User
from homecare.messaging import actions, sending
from homecare.messaging.models import OutboxMessage, Recipient
from homecare.messaging.states import Status
from tests.messaging.factories import AT, database_time_passes, person, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = pytest.mark.django_db

Run = Callable[..., Counter[str]]


def only() -> OutboxMessage:
    return OutboxMessage.objects.get()


def test_a_message_is_sent_once_under_its_reference(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    outbox()
    outbox()
    assert provider.counts() == {message.reference: 1}


def test_an_accepted_message_keeps_what_was_sent_to_whom(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    outbox()
    message.refresh_from_db()
    (got,) = provider.accepted
    assert (message.status, message.recipient_snapshot, message.provider_id) == (Status.ACCEPTED, got.to, got.id)
    assert got.body == "A test is due. Call us on 01632 960000."


def test_every_move_is_an_event(outbox: Run) -> None:
    (message,) = queued()
    outbox()
    moves = [(e.from_status, e.to_status) for e in message.events.order_by("id")]
    assert moves == [("", "QUEUED"), ("QUEUED", "SENDING"), ("SENDING", "ACCEPTED")]


@pytest.mark.parametrize(
    ("mode", "status", "accepted"),
    [
        ("ok", Status.ACCEPTED, 1),
        ("slow", Status.ACCEPTED, 1),
        ("refuse", Status.FAILED_PERMANENT, 0),
        ("busy", Status.QUEUED, 0),
        ("away", Status.QUEUED, 0),
        ("error", Status.UNCERTAIN, 0),
        ("accept_error", Status.UNCERTAIN, 1),
        ("garbage", Status.UNCERTAIN, 1),
        ("drop", Status.UNCERTAIN, 0),
        ("accept_drop", Status.UNCERTAIN, 1),
    ],
)
def test_each_answer_means(outbox: Run, provider: Provider, mode: str, status: Status, accepted: int) -> None:
    queued()
    provider.weather.mode = lambda n: mode
    outbox()
    assert (only().status, len(provider.accepted)) == (status, accepted)


def test_a_connection_that_is_refused_never_left(outbox: Run, provider: Provider) -> None:
    queued()
    provider.stop()
    outbox()
    assert only().status == Status.QUEUED
    assert only().tries.latest("id").result == "NEVER_LEFT"


def test_a_busy_provider_is_given_the_time_it_asks_for(outbox: Run, provider: Provider) -> None:
    queued()
    provider.weather.mode = lambda n: "busy" if n == 0 else "ok"
    outbox()
    database_time_passes(hours=119 / 3600)
    outbox()
    assert only().status == Status.QUEUED
    database_time_passes(hours=2 / 3600)
    outbox()
    assert only().status == Status.ACCEPTED


def test_a_message_that_is_refused_too_often_is_given_up_in_sight(
    outbox: Run, provider: Provider, purpose: Callable[..., None]
) -> None:
    purpose(max_attempts=3)
    queued()
    provider.weather.mode = lambda n: "away"
    for _ in range(4):
        outbox()
        database_time_passes()
    assert only().status == Status.DEAD
    assert OutboxMessage.objects.needs_attention().count() == 1
    assert provider.requests == 3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"safe_to_message": False}, "NOT_SAFE_TO_MESSAGE"),
        ({"silenced_at": AT, "silenced_reason": "DECEASED"}, "DECEASED"),
        ({"mobile": ""}, "NO_ADDRESS"),
        ({"preferred_channel": "PHONE"}, "NO_ADDRESS"),
        ({"preferred_channel": "NONE"}, "NO_ADDRESS"),
    ],
)
def test_nobody_is_written_to_who_may_not_be(
    outbox: Run, provider: Provider, values: dict[str, object], reason: str
) -> None:
    plan(recipients(1, **values))
    outbox()
    assert (only().status, only().outcome_reason, provider.requests) == (Status.SUPPRESSED, reason, 0)


def test_a_need_that_has_ended_is_not_sent(outbox: Run, provider: Provider, purpose: Callable[..., None]) -> None:
    purpose(still_needed=lambda messages, at: {message.id: "TEST_DONE" for message in messages})
    queued()
    outbox()
    assert (only().status, only().outcome_reason, provider.requests) == (Status.SUPPRESSED, "TEST_DONE", 0)


def _fails(messages: object, at: object) -> dict[object, str | None]:
    raise RuntimeError("no answer")


@pytest.mark.parametrize("check", [_fails, lambda messages, at: {}])
def test_an_error_while_checking_sends_nothing(
    outbox: Run, provider: Provider, purpose: Callable[..., None], check: Callable[..., object]
) -> None:
    purpose(still_needed=check)
    queued(2)
    outbox()
    assert {m.status for m in OutboxMessage.objects.all()} == {Status.QUEUED}
    assert provider.requests == 0


def test_one_message_that_cannot_be_checked_stops_no_other(
    outbox: Run, provider: Provider, purpose: Callable[..., None]
) -> None:
    first, second = queued(2)
    purpose(still_needed=lambda messages, at: {m.id: None for m in messages if m.id != first.id})
    outbox()
    assert provider.references() == {second.reference}


def test_what_can_never_be_checked_is_given_up_in_sight(outbox: Run, purpose: Callable[..., None]) -> None:
    purpose(still_needed=_fails, max_attempts=2)
    queued()
    for _ in range(3):
        outbox()
        database_time_passes()
    assert (only().status, only().outcome_reason) == (Status.DEAD, "CHECK_FAILED")


def test_a_value_that_is_missing_sends_nothing(outbox: Run, provider: Provider, purpose: Callable[..., None]) -> None:
    purpose(context=lambda messages: {message.id: {} for message in messages})
    queued()
    outbox()
    assert (only().status, provider.requests) == (Status.QUEUED, 0)


@pytest.mark.parametrize(("hour", "sent"), [(7, 0), (8, 1), (19, 1), (20, 0)])
def test_nothing_is_sent_in_quiet_hours(outbox: Run, provider: Provider, hour: int, sent: int) -> None:
    queued()
    outbox(at=dt.datetime(2026, 3, 11, hour, 0, tzinfo=dt.UTC))
    assert provider.requests == sent


def test_quiet_hours_are_londons_in_summer_too(outbox: Run, provider: Provider) -> None:
    day = dt.date(2026, 7, 1)
    queued(day=day, due_on=day, at=dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC))
    outbox(at=dt.datetime(2026, 7, 1, 19, 30, tzinfo=dt.UTC))
    assert provider.requests == 0


def test_a_claim_that_the_quiet_hours_overtake_is_put_back(purpose: object, provider: Provider) -> None:
    queued(3)
    before, after = AT.replace(hour=19, minute=59, second=58), AT.replace(hour=20, minute=0, second=30)
    clock = iter([before, before])  # the claim and the first call; whatever comes then is late
    came_to = sending.send_all(now=lambda: next(clock, after), by=User.objects.system("outbox"))
    assert (came_to["accept"], came_to["put_back"]) == (1, 2)
    assert sum(provider.counts().values()) == 1
    assert OutboxMessage.objects.filter(status=Status.QUEUED).count() == 2


def test_the_address_is_the_one_at_the_moment_of_sending(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    actions.update_recipient(
        recipient_id=message.recipient_id, mobile="+447700900999", by=User.objects.system("command"), at=AT
    )
    outbox()
    assert [got.to for got in provider.accepted] == ["+447700900999"]


def test_the_channel_is_the_preferred_one_at_the_moment_of_sending(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    actions.update_recipient(
        recipient_id=message.recipient_id,
        email="a@example.com",
        preferred_channel="EMAIL",
        by=User.objects.system("command"),
        at=AT,
    )
    outbox()
    assert [got.to for got in provider.accepted] == ["a@example.com"]


def test_the_number_of_statements_does_not_grow_with_the_claim(
    outbox: Run, django_assert_max_num_queries: Callable[..., object]
) -> None:
    from homecare.messaging.claiming import claim

    queued(10)
    by = User.objects.system("outbox")
    import uuid

    with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
        assert len(claim(owner=uuid.uuid4(), size=10, by=by, at=AT).claimed) == 10


@pytest.mark.parametrize(("scope", "code"), [("ALL", ""), ("CHANNEL", "SMS"), ("PURPOSE", "TEST_DUE")])
def test_a_switch_that_is_off_sends_nothing_until_it_is_on(
    outbox: Run, provider: Provider, scope: str, code: str
) -> None:
    queued()
    who = person()
    actions.switch_off(scope=scope, code=code, reason="Wrong text", by=who, at=AT)
    outbox()
    assert provider.requests == 0
    actions.switch_on(scope=scope, code=code, reason="Put right", by=who, at=AT)
    outbox()
    assert provider.requests == 1


def test_nobody_is_safe_to_message_until_somebody_says_so() -> None:
    assert Recipient().safe_to_message is False


def test_what_was_withdrawn_while_it_was_refused_is_not_tried_again(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    provider.weather.mode = lambda n: "busy"
    outbox()
    OutboxMessage.objects.filter(pk=message.pk).update(withdrawn_at=AT, outcome_reason="TEST_DONE")
    provider.weather.mode = lambda n: "ok"
    database_time_passes()
    outbox()
    assert (only().status, only().outcome_reason, provider.counts().total()) == (Status.SUPPRESSED, "TEST_DONE", 0)


def test_a_deed_that_ends_a_need_ends_what_waits(outbox: Run, provider: Provider) -> None:
    kept, ended = queued(2)
    done = actions.suppress(
        reason="TEST_DONE",
        subject_type="test",
        subject_ids=[ended.subject_id],
        by=User.objects.system("lab_import"),
        at=AT,
    )
    outbox()
    assert (done, provider.references()) == ([ended.id], {kept.reference})


def test_silence_ends_all_that_waits_and_all_that_comes(outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    by = User.objects.system("command")
    actions.update_recipient(recipient_id=message.recipient_id, silence="DECEASED", by=by, at=AT)
    assert only().status == Status.SUPPRESSED
    plan([message.recipient_id], due_on=dt.date(2026, 4, 7))
    outbox()
    assert {m.outcome_reason for m in OutboxMessage.objects.all()} == {"DECEASED"}
    assert provider.requests == 0
