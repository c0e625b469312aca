"""Registrations on Today: those that wait for the provider, oldest first, and those to be put right."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import withdraw_consent
from patients.actions.registration import (
    acknowledge_registration,
    answer_registration_query,
    query_registration,
    reject_registration,
    send_registration,
)
from patients.models import Registration
from providers.models import HomecareService
from tests.desk.pages import browser, text
from tests.factories import NOON
from tests.patients.registrations import live_service, person, sent

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON + WEEK, tick=False):  # Monday 9 March 2026
        yield


def queue(name: str) -> str:
    return text(browser().get(f"/today/{name}/?all=1"))


def waiting() -> str:
    return queue("registrations_waiting")


def to_mend() -> str:
    return queue("registrations_to_mend")


def test_nothing_sent_is_good_news() -> None:
    assert "Every registration that was sent is answered." in waiting()
    assert "No registration is queried or rejected." in to_mend()


def test_the_longest_waiting_stands_on_top_with_its_working_days() -> None:
    by = person()
    sent(by=by, at=NOON + 4 * DAY, family_name="Later")
    sent(by=by, at=NOON, family_name="Earlier")
    words = waiting()
    assert words.index("EARLIER") < words.index("LATER")
    assert "Mon 2 Mar 5 working days" in words


@pytest.mark.parametrize(("agreed", "is_late"), [(4, True), (5, False), (6, False)])
def test_it_is_late_once_longer_than_agreed(agreed: int, is_late: bool) -> None:
    service = live_service(registration_answer_working_days=agreed)
    sent(by=person(), at=NOON, service=service)
    words = waiting()
    assert f"5 working days, {agreed} days agreed" in words
    assert ("Late: Mon 2 Mar" in words) is is_late


def test_without_a_target_nothing_is_late() -> None:
    sent(by=person(), at=NOON)
    assert HomecareService.objects.get().registration_answer_working_days is None
    assert "Late:" not in waiting()


def test_what_was_answered_waits_no_more() -> None:
    by = person()
    acknowledge_registration(registration=sent(by=by, at=NOON), by=by, at=NOON)
    assert "Every registration that was sent is answered." in waiting()


def test_a_query_and_a_rejection_are_put_right_by_the_team() -> None:
    by = person()
    query_registration(registration=sent(by=by, at=NOON), question="Which pen?", by=by, at=NOON + DAY)
    reject_registration(registration=sent(by=by, at=NOON), reason="No", by=by, at=NOON + 2 * DAY)
    words = to_mend()
    assert "Tue 3 Mar queried, 4 working days Homecare team answer it and send again" in words
    assert "Wed 4 Mar rejected, 3 working days Homecare team put it right" in words


def test_what_was_sent_again_waits_for_the_provider_once() -> None:
    by = person()
    first = sent(by=by, at=NOON)
    query = query_registration(registration=first, question="Which pen?", by=by, at=NOON)
    answer_registration_query(query=query, answer="Blue", by=by, at=NOON)
    send_registration(enrolment=first.enrolment, channel="EMAIL", by=by, at=NOON + DAY)
    assert "No registration is queried or rejected." in to_mend()
    assert "attempt 2" in waiting()
    assert "attempt 1" not in waiting()


def test_an_earlier_rejection_is_not_listed_beside_the_last() -> None:
    by = person()
    first = reject_registration(registration=sent(by=by, at=NOON), reason="No", by=by, at=NOON)
    second = send_registration(enrolment=first.enrolment, channel="EMAIL", by=by, at=NOON + DAY)
    query_registration(registration=second, question="Which pen?", by=by, at=NOON + DAY)
    assert list(Registration.objects.to_mend()) == [second]


def test_one_who_withdrew_waits_for_nobody() -> None:
    by, registration = person(), sent(by=person(), at=NOON)
    withdraw_consent(enrolment=registration.enrolment, withdrawn_on=NOON.date(), by=by, at=NOON, reason="No")
    assert "Every registration that was sent is answered." in waiting()


def test_a_filter_keeps_one_provider_s() -> None:
    by = person()
    one, _ = (sent(by=by, at=NOON, family_name=name) for name in ("First", "Second"))
    words = text(browser().get(f"/today/registrations_waiting/?provider={one.provider_id}"))
    assert "FIRST" in words
    assert "SECOND" not in words


def test_pages_go_on_where_the_last_one_ended() -> None:
    from homecare.desk.today import registrations
    from homecare.desk.today.filters import Filters
    from homecare.desk.today.paging import Key
    from homecare.desk.today.queues import Asked

    by = person()
    made = [sent(by=by, at=NOON + number * DAY).patient_id for number in (0, 0, 1)]
    asked = Asked(by, NOON + WEEK, Filters())
    seen, after = [], None
    for _ in range(3):
        page = registrations.page_waiting(asked, after, 1)
        seen += [row.patient_id for row in page.rows]
        after = Key.read(page.next_key)
    assert seen == made


def test_the_target_is_set_on_the_service_s_terms() -> None:
    with acting(by=User.objects.system("command")):
        service = live_service()
    assert "Working days to answer a registration" in text(
        browser("HOMECARE_LEAD").get(f"/services/{service.pk}/terms/")
    )
