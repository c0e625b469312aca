"""A link for choosing a password works once, for its holder, for a day."""

import datetime as dt

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.desk.people import actions
from tests.desk.pages import text
from tests.desk.people.steps import (
    PASSWORD,
    choose,
    follow,
    link_of,
    may_sign_in,
    signed_in,
    somebody,
    unchanged,
)

pytestmark = pytest.mark.django_db
DEAD = "This link no longer works"


def test_a_link_lets_its_holder_choose_a_password() -> None:
    jo = somebody()
    assert "Password saved" in text(choose(link_of(jo)))
    assert may_sign_in(jo)


def test_the_page_behind_a_link_says_for_which_username() -> None:
    _, page = follow(link_of(somebody(username="jpenn")))
    assert "For the username jpenn ." in text(page)


def test_a_link_works_once() -> None:
    link = link_of(somebody())
    choose(link)
    assert DEAD in text(choose(link, "another three words"))


def test_of_two_who_opened_a_link_the_second_is_refused() -> None:
    jo = somebody()
    link = link_of(jo)
    slow, page = follow(link)
    choose(link)
    answer = slow.post(page.redirect_chain[-1][0], {"password1": "x" * 14, "password2": "x" * 14})
    assert DEAD in text(answer)
    assert may_sign_in(jo)


def test_of_two_at_the_same_instant_the_second_is_refused() -> None:
    jo = somebody()
    key = link_of(jo).strip("/").rpartition("/")[2].partition("-")[2]
    given = {"person": jo, "key": key, "by": jo, "at": timezone.now()}
    actions.choose_password(password=PASSWORD, **given)
    with pytest.raises(Refused, match="used already"):
        actions.choose_password(password="another three words", **given)


def test_looking_at_a_link_changes_nothing() -> None:
    jo = somebody()
    with unchanged(jo):
        for _ in range(3):
            _, page = follow(link_of(jo))
            assert "Choose a password" in text(page)
    assert not EmailAddress.objects.exists()


def test_a_weak_password_is_refused_and_the_link_stays_good() -> None:
    jo = somebody()
    link = link_of(jo)
    assert "at least 12 characters" in text(choose(link, "short"))
    choose(link)
    assert may_sign_in(jo)


@pytest.mark.parametrize(("hours", "is_good"), [(23, True), (25, False)])
def test_a_link_is_good_for_a_day(hours: int, is_good: bool) -> None:
    link = link_of(somebody())
    with time_machine.travel(timezone.now() + dt.timedelta(hours=hours), tick=False):
        _, page = follow(link)
    assert (DEAD not in text(page)) is is_good


@pytest.mark.parametrize("deed", [actions.deactivate, actions.forget_password, actions.reset_second_factor])
def test_a_link_dies_with_the_deed(deed) -> None:
    jo = somebody()
    link = link_of(jo)
    deed(person=jo, by=User.objects.system("command"), at=timezone.now())
    assert DEAD in text(choose(link))


def test_a_link_stays_dead_after_the_access_is_given_back() -> None:
    jo = somebody()
    link, who = link_of(jo), {"by": User.objects.system("command"), "at": timezone.now()}
    actions.deactivate(person=jo, **who)
    actions.reactivate(person=jo, **who)
    assert DEAD in text(choose(link))


def test_a_link_of_one_person_opens_nobody_elses_account() -> None:
    jo, lou = somebody(), somebody(username="lou")
    mixed = link_of(lou).rpartition("/key/")[0] + "/key/" + link_of(lou).rpartition("/key/")[2].partition("-")[0]
    key = link_of(jo).rpartition("/key/")[2].partition("-")[2]
    assert DEAD in text(follow(f"{mixed}-{key}")[1])


def test_a_link_made_for_a_system_actor_is_none() -> None:
    assert DEAD in text(follow(link_of(User.objects.system("command")))[1])


def test_choosing_a_password_ends_the_sessions_that_were_open() -> None:
    jo = somebody()
    other = signed_in(jo)
    choose(link_of(jo))
    assert other.get("/account/roles/")["Location"].startswith("/accounts/login/")


def test_choosing_a_password_is_on_record() -> None:
    jo = somebody()
    choose(link_of(jo))
    row = jo.history.order_by("-history_id").first()
    assert (row.history_user_id, row.history_change_reason) == (jo.pk, "Chose a password by a link")


def test_a_link_does_not_get_past_the_second_factor(settings) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    settings.SECOND_FACTOR_REQUIRED = True
    jo = somebody(roles.HomecareLead)
    TOTP.activate(jo, generate_totp_secret())
    choose(link_of(jo))
    client = Client()
    answer = client.post("/accounts/login/", {"login": "jo", "password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
