"""A session that ends: warned of, kept going, and the form that was being filled in is there again."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page, expect

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment
from tests.factories import EnrolmentFactory
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VERSION = "Version of an earlier form, if that is what they signed"


@pytest.fixture
def enrolment(people: None) -> Enrolment:
    with acting(by=User.objects.system("command")):
        return EnrolmentFactory()


@pytest.fixture
def form(page: Page, enrolment: Enrolment) -> Page:
    """Be in the middle of a form, in a window whose clock can be put forward."""
    sign_in(page, "dilys")
    page.clock.install()
    page.goto(f"/enrolments/{enrolment.pk}/consent/")
    page.get_by_label("By telephone").check()
    page.get_by_label(VERSION).fill("7b")
    return page


def idle(page: Page, context: BrowserContext, *, minutes: int) -> None:
    """Let minutes pass in which nothing happens, for the service and for the window."""
    key = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    session = SessionStore(session_key=key)
    session["active_at"] -= minutes * 60
    session.save()
    page.clock.fast_forward(minutes * 60 * 1000)


def dialog(page: Page):
    return page.get_by_role("dialog", name="You will be signed out soon")


def test_two_minutes_before_its_end_a_session_is_warned_of(form: Page, context: BrowserContext) -> None:
    idle(form, context, minutes=10)
    expect(dialog(form)).to_be_hidden()
    idle(form, context, minutes=3)
    expect(dialog(form)).to_be_visible()


def test_somebody_who_is_there_stays(form: Page, context: BrowserContext) -> None:
    idle(form, context, minutes=13)
    form.get_by_role("button", name="Stay signed in").click()
    expect(dialog(form)).to_be_hidden()
    idle(form, context, minutes=12)
    form.get_by_role("button", name="Record consent").click()
    expect(form.get_by_role("status")).to_contain_text("Consent recorded")


def test_another_window_keeps_this_one_going(form: Page, context: BrowserContext) -> None:
    form.clock.fast_forward(13 * 60 * 1000)  # this window saw nothing; the service heard from another
    form.clock.run_for(2000)
    expect(dialog(form)).to_be_hidden()


def test_what_was_typed_is_there_again_for_the_same_person(form: Page, context: BrowserContext) -> None:
    idle(form, context, minutes=13)
    form.get_by_role("button", name="Sign out now").click()
    form.wait_for_url("**/accounts/login/**")
    expect(form.get_by_text("What you had typed is kept")).to_be_visible()
    form.get_by_label("Username").fill("dilys")
    form.get_by_label("Password", exact=True).fill("homecare-demo")
    form.locator("main").get_by_role("button", name="Sign in").click()
    expect(form.get_by_label(VERSION)).to_have_value("7b")
    expect(form.get_by_label("By telephone")).to_be_checked()
    expect(form.get_by_text("It has not been saved yet")).to_be_visible()


def test_another_person_finds_nothing(form: Page, context: BrowserContext) -> None:
    idle(form, context, minutes=13)
    form.get_by_role("button", name="Sign out now").click()
    form.wait_for_url("**/accounts/login/**")
    form.get_by_label("Username").fill("grace")
    form.get_by_label("Password", exact=True).fill("homecare-demo")
    form.locator("main").get_by_role("button", name="Sign in").click()
    expect(form.get_by_label(VERSION)).to_have_value("")


def test_a_form_sent_too_late_is_sent_again_with_one_press(form: Page, context: BrowserContext) -> None:
    key = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    session = SessionStore(session_key=key)
    session["active_at"] -= 16 * 60
    session.save()
    form.get_by_role("button", name="Record consent").click()
    form.wait_for_url("**/accounts/login/**")
    form.get_by_label("Username").fill("dilys")
    form.get_by_label("Password", exact=True).fill("homecare-demo")
    form.locator("main").get_by_role("button", name="Sign in").click()
    expect(form.get_by_text("nothing has been saved yet")).to_be_visible()
    form.get_by_role("button", name="Send it now").click()
    expect(form.get_by_role("status")).to_contain_text("Consent recorded")
