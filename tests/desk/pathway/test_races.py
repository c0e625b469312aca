"""Two people press at once on one enrolment: one wins, the other is told who it was and when (goal R12)."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.errors import IllegalMove
from patients import actions
from patients.actions.enrolment import move
from patients.models import ClockStop, Enrolment, EnrolmentStatusChange, PathwayClock, PathwayStep
from tests.desk.pages import browser, text
from tests.desk.pathway.journeys import TODAY, moved, referred
from tests.factories import NOON, UserFactory
from tests.patients.assessing import content

# The status, the moves that lead there, and two that people may press at once of which neither may follow the other.
RACES = [
    ("IDENTIFIED", (), ("find_suitable", "find_suitable")),
    ("IDENTIFIED", (), ("find_not_suitable", "decline")),
    ("SUITABLE", ("find_suitable",), ("consent", "consent")),
    ("SUITABLE", ("find_suitable",), ("consent", "decline")),
    ("CONSENTED", ("find_suitable", "consent"), ("send_registration", "send_registration")),
    (
        "REGISTRATION_SENT",
        ("find_suitable", "consent", "send_registration"),
        ("acknowledge_registration", "reject_registration"),
    ),
    (
        "REGISTRATION_SENT",
        ("find_suitable", "consent", "send_registration"),
        ("acknowledge_registration", "query_registration"),
    ),
]


def at_once(*deeds: Callable[[], Any]) -> list[BaseException | None]:
    """Do deeds in threads that start together; return for each what went wrong, if anything did."""
    start: threading.Barrier = threading.Barrier(len(deeds))
    errors: list[BaseException | None] = [None] * len(deeds)

    def run(number: int) -> None:
        start.wait()
        try:
            deeds[number]()
        except BaseException as error:
            errors[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@action
def press(*, enrolment: Enrolment, event: str, by: User, at: Any) -> Enrolment:
    """Move as the deeds do: one transaction, somebody who answers for it."""
    return move(enrolment=enrolment, event=event, by=by, at=at)


def race(before: tuple[str, ...], events: tuple[str, ...], people: list[User]) -> None:
    enrolment = moved(referred(), *before, days_ago=1)
    changes = EnrolmentStatusChange.objects.filter(enrolment=enrolment).count()
    deeds = [
        lambda by=by, event=event: press(enrolment=enrolment, event=event, by=by, at=NOON)
        for by, event in zip(people, events, strict=True)
    ]
    errors = at_once(*deeds)
    losers = [number for number, error in enumerate(errors) if error is not None]
    assert len(losers) == 1, errors
    refusal, winner = errors[losers[0]], people[1 - losers[0]]
    assert isinstance(refusal, IllegalMove)
    status = Enrolment.objects.get(pk=enrolment.pk).get_status_display().lower()
    assert str(refusal).startswith(f"{winner} recorded this as {status} at 12:00.")
    assert EnrolmentStatusChange.objects.filter(enrolment=enrolment).count() == changes + 1
    clock = PathwayClock.objects.get(enrolment=enrolment)
    milestones = [name for name in PathwayStep.objects.filter(clock=clock).values_list("milestone", flat=True) if name]
    assert len(milestones) == len(set(milestones))


@pytest.fixture
def people(transactional_db: None) -> list[User]:
    return [
        UserFactory(first_name=name, last_name="Lead", role="HOMECARE_LEAD", username=name.lower())
        for name in ("Grace", "Dilys")
    ]


@pytest.mark.parametrize(("status", "before", "events"), RACES, ids=[f"{r[0]}: {'/'.join(r[2])}" for r in RACES])
def test_one_wins_and_the_other_is_told_who_and_when(
    status: str, before: tuple[str, ...], events: tuple[str, ...], people: list[User]
) -> None:
    race(before, events, people)


@pytest.mark.assure
def test_two_hundred_races_have_one_winner_each(people: list[User]) -> None:
    for number in range(200):
        _, before, events = RACES[number % len(RACES)]
        race(before, events, people)


def test_a_clock_that_two_stop_at_once_is_stopped_once(people: list[User]) -> None:
    enrolment = referred()

    def stop(by: User) -> None:
        actions.stop_clock(enrolment=enrolment, from_on=TODAY, stop_reason="ADMITTED", by=by, at=NOON)

    errors = at_once(*(lambda by=by: stop(by) for by in people))
    assert sorted(type(error).__name__ for error in errors) == ["NoneType", "Refused"]
    assert ClockStop.objects.count() == 1


def test_five_deeds_at_once_reach_a_milestone_once(people: list[User]) -> None:
    enrolment = referred()

    def contact(by: User) -> None:
        actions.record_contact(enrolment=enrolment, on=TODAY, made_by="PROVIDER", outcome="REACHED", by=by, at=NOON)

    assert at_once(*(lambda: contact(people[0]) for _ in range(5))) == [None] * 5
    assert PathwayStep.objects.filter(milestone="FIRST_CONTACT").count() == 1


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None
    return found.group(1)


@pytest.mark.django_db
def test_a_form_that_somebody_overtook_says_who_and_when_and_goes_on_when_pressed_again() -> None:
    with time_machine.travel(NOON, tick=False):
        enrolment, grace = referred(), UserFactory(first_name="Grace", last_name="Lead", role="HOMECARE_LEAD")
        client, address = browser(), f"/enrolments/{enrolment.pk}/clock-stop/"
        given = {"from_on": "2026-03-02", "stop_reason": "OTHER", "reason": "On holiday"}
        given["as_of"] = hidden(client.get(address), "as_of")
        press(enrolment=enrolment, event="find_suitable", by=grace, at=NOON)
        refused = client.post(address, given)
        assert refused.status_code == 422
        assert "Grace Lead recorded this as suitable at 12:00, after you opened this page." in text(refused)
        assert "On holiday" in refused.content.decode()
        again = client.post(address, given | {"as_of": hidden(refused, "as_of")})
    assert again.status_code == 302
    assert ClockStop.objects.count() == 1


@pytest.mark.django_db
def test_ones_own_move_overtakes_nobody() -> None:
    with time_machine.travel(NOON, tick=False):
        enrolment, client = referred(), browser()
        address, me = f"/enrolments/{enrolment.pk}/clock-stop/", User.objects.latest("pk")
        given = {"from_on": "2026-03-02", "stop_reason": "ADMITTED", "as_of": hidden(client.get(address), "as_of")}
        press(enrolment=enrolment, event="find_suitable", by=me, at=NOON)
        assert client.post(address, given).status_code == 302


@pytest.mark.django_db
def test_another_treatment_is_named() -> None:
    with time_machine.travel(NOON, tick=False):
        enrolment, grace = referred(), UserFactory(first_name="Grace", last_name="Lead", role="HOMECARE_LEAD")
        other = referred(treatment__patient=enrolment.patient, treatment__medicine__name="Etanercept")
        client, address = browser(), f"/enrolments/{enrolment.pk}/clock-stop/"
        given = {"from_on": "2026-03-02", "stop_reason": "ADMITTED", "as_of": hidden(client.get(address), "as_of")}
        press(enrolment=other, event="find_suitable", by=grace, at=NOON)
        assert "Grace Lead recorded Etanercept as suitable at 12:00" in text(client.post(address, given))


@pytest.mark.django_db
def test_whoever_comes_second_on_screen_reads_who_was_first() -> None:
    """The form of somebody who opened it before another pressed says so, and loses nothing that was entered."""
    with time_machine.travel(NOON, tick=False):
        enrolment, grace = referred(), UserFactory(first_name="Grace", last_name="Lead", role="HOMECARE_LEAD")
        client = browser()
        assert client.get(f"/enrolments/{enrolment.pk}/clock-stop/").status_code == 200
        actions.stop_clock(enrolment=enrolment, from_on=TODAY, stop_reason="ADMITTED", by=grace, at=NOON)
        answer = client.post(
            f"/enrolments/{enrolment.pk}/clock-stop/",
            {"from_on": "2026-03-02", "stop_reason": "OTHER", "reason": "On holiday"},
        )
    assert answer.status_code == 422
    assert "Grace Lead stopped this clock from 2 March 2026" in text(answer)
    assert "On holiday" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["suitability", "choice", "consent", "clock-stop", "bridging"])
def test_the_forms_of_a_start_carry_what_their_reader_could_see(deed: str) -> None:
    content()
    enrolment = moved(referred(), "find_suitable")
    latest = EnrolmentStatusChange.objects.latest("pk")
    assert hidden(browser("HOMECARE_LEAD").get(f"/enrolments/{enrolment.pk}/{deed}/"), "as_of") == str(latest.pk)
