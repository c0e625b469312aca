"""Sessions end when idle, and the form that was being filled in is kept for the same person only."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from homecare.accounts import roles
from tests.accounts.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
PAGE = "/account/roles/"


def later(minutes: float) -> dt.datetime:
    return NINE + dt.timedelta(minutes=minutes)


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(client: Client, clock) -> Client:
    person(username="dilys")
    person(roles.Auditor, username="ines")
    client.post("/accounts/login/", {"login": "dilys", "password": PASSWORD})
    return client


def test_a_session_lives_for_less_than_fifteen_idle_minutes(signed_in: Client, clock) -> None:
    clock.move_to(later(14.9))
    assert signed_in.get(PAGE).status_code == 200


def test_a_session_ends_after_fifteen_idle_minutes(signed_in: Client, clock) -> None:
    clock.move_to(later(15))
    assert signed_in.get(PAGE)["Location"].startswith("/accounts/login/")


def test_an_ended_session_is_gone_from_the_database(signed_in: Client, clock) -> None:
    before = signed_in.session.session_key
    clock.move_to(later(15))
    signed_in.get(PAGE)
    assert not Session.objects.filter(session_key=before).exists()


def test_each_page_begins_the_minutes_anew(signed_in: Client, clock) -> None:
    for minutes in (10, 20, 30):
        clock.move_to(later(minutes))
        assert signed_in.get(PAGE).status_code == 200


def test_a_page_that_refreshes_itself_does_not(signed_in: Client, clock) -> None:
    clock.move_to(later(10))
    signed_in.get(PAGE, headers={"x-background": "true"})
    clock.move_to(later(16))
    assert signed_in.get(PAGE).status_code == 302


def test_the_sign_in_page_says_why(signed_in: Client, clock) -> None:
    clock.move_to(later(16))
    signed_in.get(PAGE)
    assert "nothing happened for 15 minutes" in signed_in.get("/accounts/login/").content.decode()


def test_somebody_says_they_are_here(signed_in: Client, clock) -> None:
    clock.move_to(later(10))
    signed_in.post("/account/session/")
    clock.move_to(later(20))
    assert signed_in.get("/account/session/", headers={"x-background": "1"}).json()["seconds_left"] == 300


def sign_in_again(client: Client, username: str):
    return client.post("/accounts/login/", {"login": username, "password": PASSWORD, "next": "/account/kept-form/"})


@pytest.fixture
def sent_too_late(signed_in: Client, clock) -> Client:
    clock.move_to(later(20))
    answer = signed_in.post("/?patient=7", {"note": "Wants evening deliveries", "csrfmiddlewaretoken": "x"})
    assert answer["Location"] == "/accounts/login/?next=%2Faccount%2Fkept-form%2F"
    return signed_in


def test_a_form_sent_too_late_is_offered_again(sent_too_late: Client) -> None:
    sign_in_again(sent_too_late, "dilys")
    page = sent_too_late.get("/account/kept-form/").content.decode()
    assert "Wants evening deliveries" in page
    assert 'action="/?patient=7"' in page


def test_a_kept_form_carries_no_old_token(sent_too_late: Client) -> None:
    assert [name for name, _ in sent_too_late.session["kept_form"]["fields"]] == ["note"]


def test_a_kept_form_is_not_shown_to_another_person(sent_too_late: Client) -> None:
    sign_in_again(sent_too_late, "ines")
    answer = sent_too_late.get("/account/kept-form/")
    assert (answer.status_code, "kept_form" in sent_too_late.session) == (302, False)


def test_a_kept_form_can_be_thrown_away(sent_too_late: Client) -> None:
    sign_in_again(sent_too_late, "dilys")
    sent_too_late.post("/account/kept-form/")
    assert "kept_form" not in sent_too_late.session


def test_a_password_is_never_kept(signed_in: Client, clock) -> None:
    clock.move_to(later(20))
    signed_in.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "x", "password2": "x"})
    assert "kept_form" not in signed_in.session


def test_a_forged_form_is_not_kept(clock) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(person(username="dilys"))
    session = careful.session
    session["active_at"] = later(-60).timestamp()
    session.save()
    assert careful.post("/?patient=7", {"note": "forged"}).status_code in {403, 404}
    assert "kept_form" not in careful.session


def test_what_was_typed_on_a_page_is_put_back_for_the_same_person(signed_in: Client) -> None:
    typed = {"page": PAGE, "action": PAGE, "fields": "note=Wants+%3Cevening%3E+deliveries"}
    assert signed_in.post("/account/time-out/", typed).status_code == 204
    sign_in_again(signed_in, "dilys")
    page = signed_in.get(PAGE).content.decode()
    assert '<script type="application/json" id="kept-draft">' in page
    assert "Wants \\u003Cevening\\u003E deliveries" in page


def test_what_was_typed_is_not_put_back_for_another(signed_in: Client) -> None:
    signed_in.post("/account/time-out/", {"page": PAGE, "action": PAGE, "fields": "note=Secret"})
    sign_in_again(signed_in, "ines")
    assert "Secret" not in signed_in.get(PAGE).content.decode()


def test_timing_out_signs_out(signed_in: Client) -> None:
    signed_in.post("/account/time-out/")
    assert signed_in.get(PAGE).status_code == 302
