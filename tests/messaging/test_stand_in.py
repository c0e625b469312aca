"""The demonstration's Notify: really called over HTTP, by the official client."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from homecare.accounts.models import User
from homecare.messaging import sending
from homecare.messaging.channels import Finding, carrier_for
from homecare.messaging.channels.choice import forget_carriers
from homecare.messaging.models import OutboxMessage, StandInMessage
from homecare.messaging.stand_in.server import serving
from tests.messaging.factories import AT, person, plan, recipients

KEY = "demonstration-00000000-0000-4000-8000-000000000000-00000000-0000-4000-8000-000000000001"


@pytest.fixture
def stand_in(settings: Settings, transactional_db: None, purpose: object) -> Iterator[str]:
    """Serve the stand-in, and send to it."""
    settings.DEMO, settings.NOTIFY_API_KEY, settings.SECURE_SSL_REDIRECT = True, KEY, False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.NOTIFY_SMS_TEMPLATE, settings.NOTIFY_EMAIL_TEMPLATE = "sms", "email"
    with serving() as address:
        settings.NOTIFY_BASE_URL = address
        forget_carriers()
        yield address
    forget_carriers()


def test_it_gets_each_message_once_and_finds_it_again(stand_in: str) -> None:
    ids = recipients(2) + recipients(1, first=5, mobile="", email="a@example.com", preferred_channel="EMAIL")
    plan(ids)
    for _ in range(2):
        sending.send_all(now=lambda: AT, by=User.objects.system("outbox"))
    sent = {str(pk) for pk in OutboxMessage.objects.values_list("pk", flat=True)}
    assert sorted(StandInMessage.objects.values_list("reference", flat=True)) == sorted(sent)
    assert StandInMessage.objects.get(kind="email").subject == "A test is due"
    carrier = carrier_for("SMS")
    assert {carrier.look_up(one).finding for one in sent} == {Finding.FOUND}
    assert carrier.look_up("00000000-0000-4000-8000-000000000000").finding is Finding.ABSENT


def test_it_refuses_a_key_that_is_not_ours(stand_in: str, settings: Settings) -> None:
    plan(recipients(1))
    settings.NOTIFY_API_KEY = KEY[:-1] + "2"
    forget_carriers()
    carrier_for("SMS")
    settings.NOTIFY_API_KEY = KEY
    sending.send_all(now=lambda: AT, by=User.objects.system("outbox"))
    message = OutboxMessage.objects.get()
    assert (message.status, message.tries.latest("id").http_status) == ("QUEUED", 403)
    assert StandInMessage.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("purpose")
def test_its_page_shows_what_it_got(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    client.force_login(person())
    StandInMessage.objects.create(reference="r", kind="sms", sent_to="+447700900123", body="<b>x</b>", template_id="t")
    page = client.get(reverse("stand_in")).content.decode()
    assert "+447700900123" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["stand_in_list", "stand_in"])
def test_a_hospital_has_no_stand_in(client: Client, settings: Settings, name: str) -> None:
    settings.DEMO, settings.SECURE_SSL_REDIRECT = False, False
    client.force_login(person())
    assert client.get(reverse(name)).status_code == 404


def test_the_time_of_the_tests_is_a_sending_hour() -> None:
    assert dt.time(8) <= AT.time() < dt.time(20)
