"""An assault on the sign-in page (goal S8), and sessions that must not outlive a change (goal S9)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from homecare.accounts.models import SignInAttempt, User
from homecare.desk.people import actions
from tests.accounts.factories import PASSWORD, person
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


def assault(*, guesses: int, accounts: int, forged: int) -> dict[str, int]:
    """Guess passwords within an hour, round the accounts, with forged addresses; count the tries judged for each."""
    client, step = Client(), dt.timedelta(hours=1) / guesses
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(guesses):
            clock.move_to(NOON + number * step)
            client.post(
                "/accounts/login/",
                {"login": f"account{number % accounts}", "password": f"guess{number}"},
                headers={"x-forwarded-for": f"198.51.100.{number % forged}"},
            )
    return {attempt.account_key: attempt.failures for attempt in SignInAttempt.objects.all()}


def test_an_assault_gets_ten_tries_an_hour_for_an_account() -> None:
    tries = assault(guesses=400, accounts=4, forged=250)
    assert len(tries) == 4
    assert max(tries.values()) <= 10


@pytest.mark.assure
def test_an_assault_at_full_size() -> None:
    tries = assault(guesses=100_000, accounts=1_000, forged=250)
    assert len(tries) == 1_000
    assert max(tries.values()) <= 10


def test_somebody_assaulted_from_elsewhere_still_signs_in() -> None:
    person(username="account0")
    assault(guesses=60, accounts=1, forged=250)
    own = Client(REMOTE_ADDR="192.0.2.77")
    assert own.post("/accounts/login/", {"login": "account0", "password": PASSWORD}).status_code == 302


DEEDS = {
    "role": lambda someone, by: actions.change_role(person=someone, role=_auditor(), by=by, at=NOON),
    "deactivated": lambda someone, by: actions.deactivate(person=someone, by=by, at=NOON),
    "second factor": lambda someone, by: actions.reset_second_factor(person=someone, by=by, at=NOON),
}


def _auditor():
    from homecare.accounts.roles import Auditor

    return Auditor


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("sessions", [3])
def test_every_open_session_ends_with_the_change(deed: str, sessions: int) -> None:
    someone, administrator = person(username="dilys"), UserFactory(role="SYSTEM_ADMINISTRATOR")
    browsers = [Client() for _ in range(sessions)]
    for browser in browsers:
        browser.force_login(someone)
        assert browser.get("/account/roles/").status_code == 200
    DEEDS[deed](someone, administrator)
    assert [browser.get("/account/roles/").status_code for browser in browsers] == [302] * sessions


def test_a_changed_password_ends_the_other_sessions_only() -> None:
    someone = person(username="dilys")
    here, elsewhere = Client(), Client()
    here.post("/accounts/login/", {"login": "dilys", "password": PASSWORD})
    elsewhere.force_login(User.objects.get(pk=someone.pk))
    new = "a battery of three horses"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/account/roles/").status_code == 200
    assert elsewhere.get("/account/roles/").status_code == 302
