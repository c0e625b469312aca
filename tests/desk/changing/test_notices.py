"""Providers to tell, on screen: the list, the press for many at once, the acknowledgement, the queue, the page."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients import actions as patients
from patients.models import Enrolment, ProviderNotice
from tests.desk.pages import TODAY, browser, person, text, treated
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def raised(enrolment: Enrolment, detail: str = "Ring the new number.") -> ProviderNotice:
    notice = patients.raise_notice(
        enrolment=enrolment, kind="CONTACT", detail=detail, effective_on=TODAY, by=person("TECHNICIAN"), at=NOON
    )
    assert notice is not None
    return notice


def test_the_list_says_who_is_told_what() -> None:
    notice = raised(treated("Waiting"))
    page = text(browser().get("/notices/"))
    for words in (notice.provider.name, "WAITING", "Telephone or email", "Ring the new number."):
        assert words in page


def test_an_empty_list_says_so() -> None:
    page = text(browser().get("/notices/"))
    assert "Every provider was told of every change." in page
    assert "Every provider acknowledged what it was told." in page


def test_many_are_told_at_once_after_a_second_look() -> None:
    client, both = browser(), [raised(treated()), raised(treated())]
    chosen = {"notice": [notice.pk for notice in both], "how": "TELEPHONE"}
    asked = client.post("/notices/tell/", chosen)
    assert "You told 2 notices by telephone?" in text(asked)
    assert ProviderNotice.objects.untold().count() == 2
    answer = client.post("/notices/tell/", chosen | {"confirmed": "1"}, follow=True)
    assert "2 notices told by telephone." in text(answer)
    assert ProviderNotice.objects.unacknowledged().count() == 2


def test_nothing_ticked_is_said() -> None:
    answer = browser().post("/notices/tell/", {"how": "TELEPHONE"}, follow=True)
    assert "Choose at least one notice" in text(answer)


def test_whoever_comes_second_is_told_who_was_first() -> None:
    notice, client = raised(treated()), browser()
    patients.tell(notices=[notice.pk], how="EMAIL", by=person("HOMECARE_LEAD"), at=NOON)
    answer = client.post("/notices/tell/", {"notice": notice.pk, "how": "TELEPHONE", "confirmed": "1"}, follow=True)
    assert "told the provider of one of these already" in text(answer)


def test_an_acknowledgement_takes_it_off_the_list() -> None:
    notice, client = raised(treated("Waiting")), browser()
    client.post(f"/notices/{notice.pk}/acknowledge/", {"acknowledged_by": "Jo"})
    assert "WAITING" not in text(client.get("/notices/"))


def test_one_provider_may_be_chosen() -> None:
    mine, other = raised(treated("Mine")), raised(treated("Other"))
    page = text(browser().get(f"/notices/?provider={mine.provider_id}"))
    assert "MINE" in page
    assert "OTHER" not in page
    assert other.provider.name in page  # it can be chosen instead


def test_the_queue_of_today_leads_there() -> None:
    notice = raised(treated("Waiting"))
    page = browser().get("/today/providers_to_tell/?all=1")
    assert "WAITING" in text(page)
    assert f"/notices/?provider={notice.provider_id}" in page.content.decode()


def test_the_patient_page_shows_what_providers_were_told() -> None:
    enrolment = treated()
    raised(enrolment)
    page = text(browser().get(f"/patients/{enrolment.patient_id}/"))
    assert "What providers are told" in page
    assert "Ring the new number." in page


@pytest.mark.parametrize(("role", "status"), [("TECHNICIAN", 200), ("AUDITOR", 200), ("SYSTEM_ADMINISTRATOR", 403)])
def test_who_may_look(role: str, status: int) -> None:
    assert browser(role).get("/notices/").status_code == status


def test_who_may_only_look_is_offered_no_button() -> None:
    raised(treated())
    assert "just now" not in text(browser("AUDITOR").get("/notices/"))


def test_the_list_takes_as_many_queries_however_long_it_is() -> None:
    client = browser()
    raised(treated())
    client.get("/notices/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notices/")
    for _ in range(6):
        raised(treated())
    with CaptureQueriesContext(connection) as many:
        client.get("/notices/")
    assert len(many) == len(few)
