"""The pages about people: for system administrators, who see no patient."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from homecare.accounts import roles
from homecare.accounts.models import PharmacistSpecialty, User
from tests.desk.pages import browser, text, treated
from tests.desk.people.steps import (
    NEW,
    WHY,
    administrator,
    choose,
    link_in,
    may_sign_in,
    signed_in,
    somebody,
    unchanged,
)
from tests.factories import SpecialtyFactory

pytestmark = pytest.mark.django_db
DEEDS = ["person_role", "person_deactivate", "person_reactivate", "person_second_factor", "person_link"]
PAGES = ["people", "person_add", "person", *DEEDS, "person_specialty", "person_specialty_end"]


def where(name: str, person: User, held_id: int = 1) -> str:
    """Return the address of a page, about this person if it is about one."""
    values = {"people": [], "person_add": [], "person_specialty_end": [person.pk, held_id]}
    return reverse(name, args=values.get(name, [person.pk]))


@pytest.mark.parametrize("role", [role for role in roles.HUMAN_ROLES if role is not roles.SystemAdministrator])
@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_comes_in(name: str, role: type[roles.Role]) -> None:
    client, jo = browser(role.name), somebody()
    address = where(name, jo)
    with unchanged(jo):
        assert {client.get(address).status_code, client.post(address, NEW | WHY).status_code} <= {403, 405}
        assert client.get(address).status_code == 403
    assert not User.objects.filter(username="sobrien").exists()


def test_a_system_administrator_lands_there_after_signing_in() -> None:
    page = administrator().get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/people/"
    assert "People" in text(page)


def test_the_list_says_who_they_are_and_how_they_stand() -> None:
    somebody(roles.HomecareLead, username="gone", family_name="Gone")
    client, gone = administrator(), User.objects.get(username="gone")
    client.post(where("person_deactivate", gone), WHY)
    words = text(client.get("/people/"))
    assert "1 person can sign in" in words
    assert "Jo Weber admin System administrator active just now not set up" in words
    assert "Jo Gone gone Homecare lead deactivated never no password chosen yet not set up" in words


def test_the_list_says_which_roles_nobody_has() -> None:
    client = administrator()
    assert "No active person has this role: Homecare technician, Homecare lead," in text(client.get("/people/"))


def queries_of(client: Client, address: str) -> int:
    """Count the queries of a page that was looked at before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_the_list_takes_as_many_queries_for_many_as_for_few() -> None:
    client = administrator()
    somebody(roles.ClinicalPharmacist, username="first")
    few = queries_of(client, "/people/")
    for number in range(5):
        somebody(roles.ClinicalPharmacist, username=f"p{number}")
    assert queries_of(client, "/people/") == few


def test_a_person_is_added_and_chooses_a_password_by_the_link_shown_once() -> None:
    client = administrator()
    page = client.post("/people/add/", NEW)
    siobhan = User.objects.get(username="sobrien")
    link = link_in(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert "It works once, for 24 hours" in text(page)
    assert "/reset/key/" not in client.get(where("person", siobhan)).content.decode()
    choose(link)
    assert may_sign_in(siobhan)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "ADMIN"}, "There is a person called “admin” already."),
        ({"username": "s o'brien"}, "Username: Enter a valid username."),
        ({"email": "nowhere"}, "Email: Enter a valid email address."),
        ({"role": "SYSTEM_ACTOR"}, "Select a valid choice"),
        ({"role": "DEMONSTRATION"}, "Select a valid choice"),
        ({"given_name": ""}, "Enter the given name."),
        ({"family_name": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_added_is_said_and_what_was_typed_stays(wrong: dict[str, str], words: str) -> None:
    answer = administrator().post("/people/add/", NEW | wrong)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "s.obrien@example.com" in answer.content.decode() or "email" in wrong


def test_a_changed_role_ends_sessions_and_decides_from_then_on() -> None:
    admin, jo = administrator(), somebody()
    theirs = signed_in(jo)
    admin.post(where("person_role", jo), WHY | {"role": "AUDITOR"})
    jo.refresh_from_db()
    assert jo.role_class is roles.Auditor
    assert theirs.get("/account/roles/")["Location"].startswith("/accounts/login/")


def test_a_deactivated_persons_open_session_ends_at_its_next_request() -> None:
    admin, jo = administrator(), somebody()
    theirs = signed_in(jo)
    assert theirs.get("/account/roles/").status_code == 200
    admin.post(where("person_deactivate", jo), WHY)
    assert theirs.get("/account/roles/")["Location"].startswith("/accounts/login/")


def test_that_session_stays_ended_when_the_access_is_given_back() -> None:
    admin, jo = administrator(), somebody()
    theirs = signed_in(jo)
    admin.post(where("person_deactivate", jo), WHY)
    admin.post(where("person_reactivate", jo), WHY)
    jo.refresh_from_db()
    assert jo.is_active
    assert theirs.get("/account/roles/")["Location"].startswith("/accounts/login/")


def test_a_reset_second_factor_is_forgotten_and_sessions_end() -> None:
    admin, jo = administrator(), somebody()
    TOTP.activate(jo, generate_totp_secret())
    theirs = signed_in(jo)
    assert "Reset second factor" in text(admin.get(where("person", jo)))
    admin.post(where("person_second_factor", jo), WHY)
    assert not Authenticator.objects.filter(user=jo).exists()
    assert theirs.get("/account/roles/")["Location"].startswith("/accounts/login/")


def test_a_new_link_takes_the_old_password_away() -> None:
    admin, jo = administrator(), somebody()
    first = link_in(admin.post(where("person_link", jo), WHY).content.decode())
    choose(first)
    second = link_in(admin.post(where("person_link", jo), WHY).content.decode())
    assert not may_sign_in(jo)
    choose(second, "another three words")
    assert may_sign_in(jo, "another three words")


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_says_first_what_it_does_and_changes_nothing_by_looking(name: str) -> None:
    admin, jo = administrator(), somebody()
    with unchanged(jo):
        words = text(admin.get(where(name, jo)))
    assert "What this does" in words
    assert "open sessions end" in words or name == "person_reactivate"


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_needs_a_reason(name: str) -> None:
    admin, jo = administrator(), somebody()
    with unchanged(jo):
        answer = admin.post(where(name, jo), {"role": "AUDITOR", "reason": "  "})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", [*DEEDS, "person_specialty"])
def test_nobody_changes_their_own_account(name: str) -> None:
    me = somebody(roles.SystemAdministrator)
    client = signed_in(me)
    with unchanged(me):
        answers = [client.get(where(name, me)), client.post(where(name, me), WHY | {"role": "AUDITOR"})]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Nobody changes their own account here." in text(answers[1])


@pytest.mark.parametrize("name", ["person", *DEEDS, "person_specialty"])
def test_system_actors_are_no_people(name: str) -> None:
    assert administrator().get(where(name, User.objects.system("command"))).status_code == 404


def test_what_was_done_stands_on_the_persons_page_with_who_and_why() -> None:
    admin, jo = administrator(), somebody()
    admin.post(where("person_deactivate", jo), WHY)
    words = text(admin.get(where("person", jo)))
    assert "Account changed by Jo Weber Why: Asked for by the homecare lead" in words
    assert "Open sessions: going on → ended" in words


def test_a_pharmacist_gets_a_specialty_cover_and_loses_one() -> None:
    admin, priya = administrator(), somebody(roles.ClinicalPharmacist)
    skin, joints = SpecialtyFactory(name="Dermatology"), SpecialtyFactory(name="Rheumatology")
    admin.post(where("person_specialty", priya), {"specialty": joints.pk})
    cover = {"specialty": skin.pk, "covering_from": "2020-03-02", "covering_to": "2099-03-13"}
    admin.post(where("person_specialty", priya), cover)
    words = text(admin.get(where("person", priya)))
    assert "Dermatology Cover to Fri 13 Mar 2099" in words
    assert "Rheumatology Their own" in words
    assert "Dermatology (cover to Fri 13 Mar 2099); Rheumatology" in text(admin.get("/people/"))
    admin.post(where("person_specialty_end", priya, PharmacistSpecialty.objects.get(specialty=joints).pk), WHY)
    assert "Rheumatology nobody" in text(admin.get("/people/"))
    assert "Specialty deleted by Jo Weber" in text(admin.get(where("person", priya)))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"covering_to": "2026-03-13"}, "Cover ends on or after the day it begins"),
        ({"covering_from": "2026-03-13", "covering_to": "2026-03-12"}, "Cover ends on or after the day it begins"),
    ],
)
def test_cover_has_days_that_make_sense(days: dict[str, str], words: str) -> None:
    admin, priya = administrator(), somebody(roles.ClinicalPharmacist)
    answer = admin.post(where("person_specialty", priya), {"specialty": SpecialtyFactory().pk} | days)
    assert words in text(answer)
    assert not PharmacistSpecialty.objects.exists()


def test_only_clinical_pharmacists_screen() -> None:
    admin, jo = administrator(), somebody()
    answer = admin.post(where("person_specialty", jo), {"specialty": SpecialtyFactory().pk})
    assert "is no active clinical pharmacist" in text(answer)


def test_a_pharmacist_who_gets_another_role_screens_for_nothing() -> None:
    admin, priya = administrator(), somebody(roles.ClinicalPharmacist)
    admin.post(where("person_specialty", priya), {"specialty": SpecialtyFactory().pk})
    admin.post(where("person_role", priya), WHY | {"role": "AUDITOR"})
    assert not PharmacistSpecialty.objects.exists()


def test_a_specialty_of_somebody_else_is_not_taken_through_ones_page() -> None:
    admin, jo, priya = administrator(), somebody(), somebody(roles.ClinicalPharmacist, username="priya")
    admin.post(where("person_specialty", priya), {"specialty": SpecialtyFactory().pk})
    held = PharmacistSpecialty.objects.get()
    assert admin.post(where("person_specialty_end", jo, held.pk), WHY).status_code == 404


HOSTILE = "<script>alert(1)</script><b onmouseover=alert(2)>{{7*7}}"


@pytest.mark.parametrize(
    "name", ["people", *(page for page in PAGES if page.startswith("person") and "end" not in page)]
)
def test_a_name_with_markup_in_it_is_inert(name: str) -> None:
    admin, jo = administrator(), somebody(roles.ClinicalPharmacist, family_name=HOSTILE)
    html = admin.get(where(name, jo)).content.decode()
    assert "<script>alert" not in html
    assert "<b onmouseover" not in html
    assert name == "person_add" or "{{7*7}}" in unescape(html)


def test_the_link_of_somebody_with_markup_in_the_name_is_inert() -> None:
    page = administrator().post("/people/add/", NEW | {"family_name": HOSTILE}).content.decode()
    assert "<script>alert" not in page
    assert link_in(page)


def addresses(values: dict[str, Any], patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Return every address of the service, with these values in it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(values, pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "(?P" not in route:
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], 1)), route).replace("^.*$", "")


def test_a_system_administrator_sees_no_patient_anywhere() -> None:
    enrolment = treated("Featherstonehaugh")
    patient = enrolment.patient
    values = {
        "patient_id": patient.pk,
        "enrolment_id": enrolment.pk,
        "name": "prescriptions",
        "person_id": somebody().pk,
    }
    admin = administrator()
    looked = [address for address in addresses(values) if "logout" not in address]
    technician = text(browser().get(f"/patients/{patient.pk}/"))
    spellings = ["featherstonehaugh", patient.nhs_number, f"{patient.nhs_number[:3]} {patient.nhs_number[3:6]}"]
    assert spellings[0] in technician.lower()  # they are there to be seen
    for address in looked:
        page = admin.get(address).content.decode().lower()
        assert [spelling for spelling in spellings if spelling in page] == [], address
    assert len(looked) > 50
