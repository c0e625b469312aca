"""What people see of messages, and what they may decide."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from homecare.accounts.models import User
from homecare.audit.models import PatientAccess
from homecare.messaging import actions, recover
from homecare.messaging.models import KillSwitch, MessageBatch, OutboxMessage
from homecare.messaging.states import Status
from tests.messaging.factories import AT, person, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("purpose")]

Run = Callable[..., Counter[str]]


@pytest.fixture
def lead(client: Client) -> User:
    who = person()
    client.force_login(who)
    return who


def get(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def uncertain(outbox: Run, provider: Provider) -> OutboxMessage:
    (message,) = queued()
    provider.weather.mode = lambda n: "accept_drop"
    outbox()
    message.refresh_from_db()
    assert message.status == Status.UNCERTAIN
    return message


@pytest.mark.parametrize("show", ["", "?show=held", "?show=uncertain", "?show=lost", "?show=all", "?show=nonsense"])
def test_an_empty_list_is_good_news(client: Client, lead: User, show: str) -> None:
    page = get(client, "messages", query=show)
    assert "app-tag--red" not in page
    assert "<p>No batch waits" in page or "<p>" in page


@pytest.mark.parametrize("role", ["FINANCE", "SYSTEM_ADMINISTRATOR"])
@pytest.mark.parametrize("name", ["messages", "message_switches", "stand_in"])
def test_messages_are_not_everybodys(client: Client, role: str, name: str) -> None:
    client.force_login(person(role=role))
    assert client.get(reverse(name)).status_code in {403, 404}


def test_an_uncertain_message_stands_on_the_page(client: Client, lead: User, outbox: Run, provider: Provider) -> None:
    message = uncertain(outbox, provider)
    assert str(message.recipient) in get(client, "messages", query="?show=uncertain")


@pytest.mark.parametrize(("decision", "status"), [("sent", Status.ACCEPTED), ("send_again", Status.QUEUED)])
def test_a_person_settles_an_uncertain_message(
    client: Client, lead: User, outbox: Run, provider: Provider, decision: str, status: Status
) -> None:
    message = uncertain(outbox, provider)
    client.post(reverse("message", args=[message.pk]), {"decision": decision, "reason": "They rang us"})
    message.refresh_from_db()
    assert message.status == status
    assert message.events.latest("id").reason == "They rang us"


def test_no_reason_no_decision(client: Client, lead: User, outbox: Run, provider: Provider) -> None:
    message = uncertain(outbox, provider)
    answer = client.post(reverse("message", args=[message.pk]), {"decision": "sent", "reason": " "})
    assert "There is a problem" in answer.content.decode()
    message.refresh_from_db()
    assert message.status == Status.UNCERTAIN


def test_a_failed_message_is_dealt_with(client: Client, lead: User, outbox: Run, provider: Provider) -> None:
    (message,) = queued()
    provider.weather.mode = lambda n: "refuse"
    outbox()
    assert str(message.recipient) in get(client, "messages", query="?show=lost")
    client.post(reverse("message", args=[message.pk]), {"decision": "close", "reason": "Rang them"})
    assert OutboxMessage.objects.needs_attention().count() == 0
    assert "Dealt with" in get(client, "message", message.pk)


def test_a_held_batch_shows_why_and_a_sample_of_its_words(client: Client, lead: User) -> None:
    batch = plan(recipients(2), initial_import=True).batch
    assert batch is not None
    page = get(client, "message_batch", batch.pk)
    assert "first after an import" in page
    assert page.count("A test is due. Call us on 01632 960000.") == 2
    assert "Blood test due" in get(client, "messages")


@pytest.mark.parametrize(("decision", "status"), [("release", Status.QUEUED), ("discard", Status.SUPPRESSED)])
def test_a_second_person_decides_on_a_batch(client: Client, lead: User, decision: str, status: Status) -> None:
    batch = plan(recipients(2), initial_import=True).batch
    assert batch is not None
    client.post(reverse("message_batch", args=[batch.pk]), {"decision": decision, "reason": "Looked at all"})
    assert {m.status for m in OutboxMessage.objects.all()} == {status}


def test_the_planner_is_told_why_not(client: Client, lead: User) -> None:
    batch = plan(recipients(2), initial_import=True, by=lead).batch
    assert batch is not None
    assert "Somebody else must look at them" in get(client, "message_batch", batch.pk)
    answer = client.post(
        reverse("message_batch", args=[batch.pk]), {"decision": "release", "reason": "me"}, follow=True
    )
    assert "Somebody else must look at them" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.status == MessageBatch.Status.HELD


def test_a_switch_is_switched_on_the_page(client: Client, lead: User) -> None:
    address = reverse("message_switches")
    values = {"scope": "PURPOSE", "code": "TEST_DUE", "reason": "Wrong text"}
    client.post(address, values | {"decision": "off"})
    assert KillSwitch.objects.off().count() == 1
    assert "Wrong text" in get(client, "messages")
    client.post(address, values | {"decision": "on"})
    assert KillSwitch.objects.off().count() == 0


def test_a_technician_cannot_switch(client: Client) -> None:
    client.force_login(person(role="TECHNICIAN"))
    client.post(reverse("message_switches"), {"scope": "ALL", "code": "", "reason": "x", "decision": "off"})
    assert KillSwitch.objects.count() == 0


def test_a_patient_who_is_shown_is_noted(client: Client, lead: User) -> None:
    from tests.factories import PatientFactory

    patient = PatientFactory()
    actions.update_recipient(
        recipient_id=patient.recipient_id, mobile="+447700900111", safe_to_message=True, by=lead, at=AT
    )
    plan([patient.recipient_id])
    get(client, "messages", query="?show=all")
    assert [entry.patient_ids for entry in PatientAccess.objects.all()] == [[patient.pk]]


def test_a_list_asks_the_same_for_one_and_for_many(
    client: Client, lead: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    plan(recipients(40))
    with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
        get(client, "messages", query="?show=all")


def test_a_missed_message_says_so(client: Client, lead: User) -> None:
    import datetime as dt

    queued()
    recover.turn_pages(by=User.objects.system("outbox"), at=AT + dt.timedelta(days=30))
    assert "Its time had passed" in get(client, "messages", query="?show=lost")
