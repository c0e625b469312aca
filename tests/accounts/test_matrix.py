"""Who may come to which address, by which method: every address, every role, against a checked-in table (goal S1).

The table is matrix.txt beside this file: a line for each method and address, a column for each visitor. Write it anew
by running this test with UPDATE_MATRIX=1 in the environment, and look at what changed. An address that is not in the
table is a failure. Nobody's answer may hold the canary, a patient's name, unless they may see patients.
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.actions import acting
from homecare.desk.moving.planning import Whom, plan_bulk_transfer
from patients import actions as patients
from patients.actions.registration import query_registration
from patients.models import BulkTransfer, ConsentText, Enrolment, InformationLeaflet, SuitabilityChecklist
from tests.desk.pages import treated
from tests.factories import NOON, UserFactory
from tests.patients.assessing import content, speaks_for
from tests.patients.registrations import sent
from tests.patients.starts import one_of_everything
from tests.patients.transfers import live_service
from tests.prescriptions.test_actions import submitted

TABLE = Path(__file__).with_name("matrix.txt")
CANARY = "Canaryname"
SHORT = {
    "TECHNICIAN": "tech",
    "HOMECARE_LEAD": "lead",
    "CLINICAL_PHARMACIST": "phar",
    "ADMINISTRATIVE_SUPPORT": "admi",
    "PRESCRIBER": "pres",
    "SPECIALIST_NURSE": "nurs",
    "CHIEF_PHARMACIST": "chie",
    "FINANCE": "fina",
    "AUDITOR": "audi",
    "SYSTEM_ADMINISTRATOR": "sysa",
}
VISITORS = ["none", *SHORT.values(), "prov", "gone", "dead"]
# Answered by Django or allauth before any role is looked at, or different at every call.
LEFT_OUT = ("/api/", "/accounts/password/reset/key/", "/demo/")


def routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Return each route of the pages."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif not route.replace("/^", "/").startswith(LEFT_OUT):
            yield route


def address(route: str, ids: dict[str, str]) -> str:
    """Put the hospital's ids into a route."""
    for part, value in ids.items():
        route = route.replace(part, value)
    return route.replace("/^imports/(?P<pk>[0-9]+)/rejected-rows\\.(?P<kind>csv|xlsx)$", "/imports/1/rejected-rows.csv")


@pytest.fixture
def ids(db: None) -> dict[str, str]:
    """Have one patient with one of everything."""
    cache.clear()
    enrolment = treated(CANARY)
    with acting(by=User.objects.system("command")):
        technician = UserFactory(role="TECHNICIAN", username="somebody")
    prescription = submitted(enrolment, technician)
    notice = patients.raise_notice(
        enrolment=enrolment, kind="CONTACT", detail="A number", effective_on=NOON.date(), by=technician, at=NOON
    )
    assert notice is not None
    registration = sent(by=technician, family_name=CANARY)
    query = query_registration(registration=registration, question="Which pen?", by=technician, at=NOON)
    content()
    leaflet, speaker = InformationLeaflet.objects.earliest("pk"), speaks_for(enrolment.patient)
    return {
        "<int:checklist_id>": str(SuitabilityChecklist.objects.approved().get().pk),
        "<int:text_id>": str(ConsentText.objects.approved().get().pk),
        "<int:leaflet_id>": str(leaflet.pk),
        "<int:representative_id>": str(speaker.pk),
        "<int:registration_id>": str(registration.pk),
        "<int:query_id>": str(query.pk),
        "<slug:kind>": "json",
        "<int:patient_id>": str(enrolment.patient_id),
        "<int:enrolment_id>": str(enrolment.pk),
        "<int:service_id>": str(enrolment.service_id),
        "<int:provider_id>": str(enrolment.service.provider_id),
        "moves/<slug:name>": "moves/close-to-new",
        "<int:renewal_id>": str(prescription.renewal_id),
        "<int:prescription_id>": str(prescription.pk),
        "<int:person_id>": str(technician.pk),
        **one_of_everything(enrolment, by=technician),
        "<int:notice_id>": str(notice.pk),
        "<int:collection_id>": "1",
        "<int:bulk_id>": str(planned(enrolment).pk),
        "<int:held_id>": "1",
        "<int:item_id>": "1",
        "<int:draft_id>": "1",
        "<int:pk>": "1",
        "<uuid:pk>": str(uuid.UUID(int=1)),
        "overview/<slug:name>.svg": "overview/specialty.svg",
        "<slug:name>": "prescriptions_needed",
    }


def planned(enrolment: Enrolment) -> BulkTransfer:
    """Return a list, of one, that is to move off a provider."""
    with acting(by=User.objects.system("command")):
        lead, service = UserFactory(role="HOMECARE_LEAD"), live_service(enrolment.medicine)
    return plan_bulk_transfer(
        provider=enrolment.service.provider, whom=Whom(), to_services={enrolment.medicine_id: service.pk},
        old_provider_supplies=True, by=lead, at=NOON, reason="They closed",
    )  # fmt: skip


def visitors() -> dict[str, Client]:
    """Return a browser for each visitor: the roles, a provider's client, somebody deactivated, a session that ended."""
    found = {"none": Client()}
    with acting(by=User.objects.system("command")):
        for role in roles.HUMAN_ROLES:
            found[SHORT[role.name]] = signed_in(UserFactory(role=role.name))
        found["prov"] = signed_in(UserFactory(role="PROVIDER_CLIENT", kind="PROVIDER_CLIENT"))
        gone, dead = UserFactory(role="HOMECARE_LEAD"), UserFactory(role="HOMECARE_LEAD")
        found["gone"], found["dead"] = signed_in(gone), signed_in(dead)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        User.objects.filter(pk=dead.pk).update(sessions_epoch=1)
    return found


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def ask(client: Client, method: str, path: str) -> tuple[str, bytes]:
    """Ask, undo whatever it did, and return the status (">" for the way to sign in) and the answer's bytes."""
    with transaction.atomic():
        answer = getattr(client, method.lower())(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next=")
    return (">" if to_sign_in else str(answer.status_code)), body


def test_every_address_answers_every_visitor_as_written(ids: dict[str, str]) -> None:
    sees_nobody = {"none", "sysa", "prov", "gone", "dead"}
    lines, leaks = [f"{'':<70} " + " ".join(f"{name:<4}" for name in VISITORS)], []
    with time_machine.travel(NOON, tick=False):
        browsers = visitors()
        cookies = {name: dict(client.cookies.items()) for name, client in browsers.items()}
        for route in sorted(set(routes(get_resolver().url_patterns))):
            path = address(route, ids)
            assert "<" not in path, f"{route}: say in this test what to put into it"
            for method in ("GET", "POST"):
                answers = []
                for name in VISITORS:
                    browsers[name].cookies.load({key: morsel.value for key, morsel in cookies[name].items()})
                    status, body = ask(browsers[name], method, path)
                    answers.append(status)
                    if name in sees_nobody and CANARY.upper().encode() in body.upper():
                        leaks.append(f"{method} {path} as {name}")
                lines.append(f"{method:<4} {route:<65} " + " ".join(f"{status:<4}" for status in answers))
    found = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("UPDATE_MATRIX"):
        TABLE.write_text(found)
    assert leaks == []
    assert found == TABLE.read_text(), "Somebody may do more or less than before: see the words at the top of this file"


def test_nobody_who_is_not_signed_in_gets_a_page_of_work() -> None:
    for line in TABLE.read_text().splitlines()[1:]:
        _, route, *answers = line.split()
        by = dict(zip(VISITORS, answers, strict=True))
        open_to_all = route.startswith("/accounts/")
        assert open_to_all or {by["none"], by["gone"], by["dead"]} == {">"}, line
        assert open_to_all or by["prov"] == "403", line


def test_a_system_administrator_gets_no_page_about_patients() -> None:
    about_patients = (
        "/today",
        "/patients",
        "/renewals",
        "/prescriptions",
        "/enrolments",
        "/overview",
        "/imports",
        "/registration",
        "/services",
        "/providers",
        "/refer",
    )
    for line in TABLE.read_text().splitlines()[1:]:
        _, route, *answers = line.split()
        if route.replace("/^", "/").startswith(about_patients):
            by = dict(zip(VISITORS, answers, strict=True))
            assert by["sysa"] in {"403", "405"}, line


def test_every_role_of_people_is_a_visitor() -> None:
    assert {role.name for role in roles.HUMAN_ROLES} == set(SHORT)
    assert Permission.PATIENT_VIEW not in roles.SystemAdministrator.permissions
