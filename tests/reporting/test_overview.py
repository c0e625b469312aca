"""The Chief Pharmacist's first counts."""

import pytest
import time_machine
from django.core.cache import cache

from homecare.accounts.models import User
from homecare.audit.actions import acting
from providers.models import HomecareService
from tests.desk.pages import browser, text, treated
from tests.desk.pathway.journeys import referred
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_chief_pharmacist_lands_on_the_overview() -> None:
    assert browser("CHIEF_PHARMACIST").get("/")["Location"] == "/overview/"


def test_the_counts_name_the_tiers_scheme() -> None:
    enrolment = treated()
    with acting(by=User.objects.system("command")):
        HomecareService.objects.filter(pk=enrolment.service_id).update(tier="MID")
    page = text(browser("CHIEF_PHARMACIST").get("/overview/"))
    assert "Mid tech (RPS/LPP) 1" in page


def test_every_dimension_adds_up_to_everybody() -> None:
    for name in ("One", "Two", "Three"):
        treated(name)
    page = text(browser("CHIEF_PHARMACIST").get("/overview/"))
    assert page.count("All 3 in all") == 4


def test_a_number_leads_to_the_records_behind_it() -> None:
    mine, _other = treated("Mine"), treated("Other")
    page = browser("CHIEF_PHARMACIST").get("/overview/").content.decode()
    address = f"/today/enrolments/?provider={mine.service.provider_id}"
    assert address in page
    listed = text(browser("CHIEF_PHARMACIST").get(address))
    assert "MINE, " in listed
    assert "OTHER, " not in listed


def test_a_chart_is_a_picture_that_says_its_numbers() -> None:
    treated()
    client = browser("CHIEF_PHARMACIST")
    svg = client.get("/overview/specialty.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    assert b"Rheumatology" in svg.content
    assert 'alt="Enrolments by specialty: Rheumatology 1."' in client.get("/overview/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("SYSTEM_ADMINISTRATOR", 403), ("FINANCE", 200), ("AUDITOR", 200)])
def test_who_sees_the_counts(role: str, status: int) -> None:
    client = browser(role)
    assert client.get("/overview/").status_code == status
    assert client.get("/overview/nothing.svg").status_code == (404 if status == 200 else 403)


def test_nobody_enrolled_is_said() -> None:
    assert "Nobody is enrolled yet." in text(browser("CHIEF_PHARMACIST").get("/overview/"))


def test_who_has_not_started_is_counted_and_leads_to_them() -> None:
    referred(days_ago=29, treatment__patient__family_name="Long")
    referred(days_ago=28, treatment__patient__family_name="Lately")
    client = browser("CHIEF_PHARMACIST")
    page = client.get("/overview/")
    assert "2 journeys not yet at a dose 1 of them referred over 28 days ago" in text(page)
    assert 'href="/today/waiting_long/?all=1"' in page.content.decode()
    listed = text(client.get("/today/waiting_long/?all=1"))
    assert "LONG, " in listed
    assert "LATELY, " not in listed
