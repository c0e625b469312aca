"""What became of the uncertain: asked by reference, believed only when it is certain."""

from collections import Counter
from collections.abc import Callable

import pytest

from homecare.accounts.models import User
from homecare.messaging import reconcile, recover
from homecare.messaging.claiming import claim
from homecare.messaging.models import OutboxMessage
from homecare.messaging.sending import deliver
from homecare.messaging.states import Status
from tests.messaging.factories import AT, database_time_passes, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = pytest.mark.django_db

Run = Callable[..., Counter[str]]


def outbox_user() -> User:
    return User.objects.system("outbox")


def ask(minutes: float = 60) -> dict[str, int]:
    database_time_passes(hours=minutes / 60)
    return dict(reconcile.reconcile(by=outbox_user(), at=AT))


def doubtful(outbox: Run, provider: Provider, mode: str, *, control: bool = True) -> OutboxMessage:
    """Send one message that is known to have arrived, if there is to be a control, and one whose answer is lost."""
    if control:
        queued()
        outbox()
    (pk,) = recipients(1, first=900)
    plan([pk])
    provider.weather.mode = lambda n: mode
    outbox()
    return OutboxMessage.objects.get(recipient_id=pk)


def test_nobody_is_asked_before_the_grace_is_over(outbox: Run, provider: Provider) -> None:
    doubtful(outbox, provider, "accept_drop")
    assert ask(minutes=1.9) == {}


def test_what_the_provider_has_was_accepted(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "accept_drop")
    assert ask() == {"found": 1}
    message.refresh_from_db()
    assert (message.status, message.provider_id) == (Status.ACCEPTED, provider.accepted[-1].id)


def test_what_is_not_found_twice_waits_again_under_the_same_reference(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "drop")
    assert [ask(), ask()] == [{"absent_once": 1}, {"proved_absent": 1}]
    provider.weather.mode = lambda n: "ok"
    outbox()
    assert provider.counts()[message.reference] == 1


def test_two_look_ups_stand_five_minutes_apart(outbox: Run, provider: Provider) -> None:
    doubtful(outbox, provider, "drop")
    assert [ask(minutes=3), ask(minutes=4.9)] == [{"absent_once": 1}, {}]


def test_without_a_message_that_must_be_found_an_empty_answer_proves_nothing(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "drop", control=False)
    assert [ask(), ask(), ask()] == [{"unknown": 1}] * 3
    message.refresh_from_db()
    assert message.status == Status.UNCERTAIN


def test_a_provider_that_forgot_everything_proves_nothing(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "drop")
    provider.accepted.clear()
    assert [ask(), ask()] == [{"unknown": 1}] * 2
    message.refresh_from_db()
    assert message.status == Status.UNCERTAIN


def test_a_provider_that_does_not_answer_proves_nothing(outbox: Run, provider: Provider) -> None:
    doubtful(outbox, provider, "drop")
    provider.weather.look_ups = "broken"
    assert [ask(), ask()] == [{"unknown": 1}] * 2


def test_older_than_the_provider_remembers_is_left_for_a_person(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "drop")
    ask()
    assert ask(minutes=8 * 24 * 60) == {"absent_once": 1}
    message.refresh_from_db()
    assert message.status == Status.UNCERTAIN


def test_what_the_provider_lists_late_is_not_sent_twice(outbox: Run, provider: Provider) -> None:
    message = doubtful(outbox, provider, "accept_drop")
    got = provider.accepted.pop()
    ask()
    provider.accepted.append(got)
    assert ask() == {"found": 1}
    outbox()
    assert provider.counts()[message.reference] == 1


def test_what_a_late_sender_learned_is_believed(outbox: Run, provider: Provider) -> None:
    """The lease ended while the provider was slow; the sender's answer still tells."""
    (message,) = queued()
    (claimed,) = claim(owner="00000000-0000-4000-8000-000000000001", size=1, by=outbox_user(), at=AT).claimed

    def lose_the_lease(sent: object) -> None:
        OutboxMessage.objects.filter(pk=message.pk).update(claim_no=2)

    from homecare.messaging import crashpoints

    crashpoints.watch(lambda point: lose_the_lease(None) if point == "after_accept" else None)
    try:
        assert deliver(claimed, by=outbox_user(), at=AT) == "too_late"
    finally:
        crashpoints.watch(None)
    assert message.tries.filter(result="ACCEPTED", error_class="TooLate").count() == 1


@pytest.mark.parametrize(("begun", "status"), [(False, Status.QUEUED), (True, Status.UNCERTAIN)])
def test_a_lease_that_ended_is_uncertain_only_if_it_had_begun(
    outbox: Run, provider: Provider, begun: bool, status: Status
) -> None:
    (message,) = queued()
    claim(owner="00000000-0000-4000-8000-000000000001", size=1, by=outbox_user(), at=AT)
    if begun:
        OutboxMessage.objects.update(begun_at=AT)
    database_time_passes()
    recover.recover(by=outbox_user(), at=AT)
    message.refresh_from_db()
    assert message.status == status


def test_a_lease_that_holds_is_left_alone(outbox: Run) -> None:
    (message,) = queued()
    claim(owner="00000000-0000-4000-8000-000000000001", size=1, by=outbox_user(), at=AT)
    recover.recover(by=outbox_user(), at=AT)
    message.refresh_from_db()
    assert message.status == Status.SENDING


def test_a_receipt_says_delivered(outbox: Run, provider: Provider) -> None:
    queued()
    outbox()
    database_time_passes()
    assert reconcile.collect_receipts(by=outbox_user(), at=AT) == {"delivered": 1}
    assert OutboxMessage.objects.get().status == Status.DELIVERED
