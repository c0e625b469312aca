"""Two providers, each with a client of its own and prescriptions that were sent to it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import local_day
from patients.models import AccessibleNeed, ContactPoint, PatientAddress
from prescriptions import actions
from prescriptions.actions.prescription import SignedPrescription
from prescriptions.models import Prescription
from providers.actions import add_client
from providers.models import HomecareService, ProviderClient
from tests.factories import HomecareServiceFactory, UserFactory, enrolment_with_cover

SCOPES = "prescriptions:read prescriptions:acknowledge deliveries:write registrations:read registrations:answer"


@dataclass
class Caller:
    """A provider's system, with a token."""

    service: HomecareService
    user: User
    token: str

    def _headers(self, key: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self._headers(None))

    def post(self, path: str, body: Any, *, key: str | None = "") -> Any:
        """Post a body (bytes as they are) with a key: a new one, a given one, or (None) none."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = self._headers(str(uuid.uuid4()) if key == "" else key)
        return Client().post(f"/api/v1/{path}", content, content_type="application/json", headers=headers)


def person(role: str) -> User:
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role)


def caller(*, scopes: str = SCOPES) -> Caller:
    administrator = person("SYSTEM_ADMINISTRATOR")
    with acting(by=administrator):
        service = HomecareServiceFactory()
    add_client(provider=service.provider, by=administrator, at=timezone.now())
    user = ProviderClient.objects.get(provider=service.provider).user
    return Caller(service=service, user=user, token=token_for(user, scopes=scopes))


def token_for(user: User, *, scopes: str = SCOPES, minutes: int = 10) -> str:
    token = uuid.uuid4().hex
    AccessToken.objects.create(
        token=token,
        application=Application.objects.get(user=user),
        scope=scopes,
        expires=timezone.now() + dt.timedelta(minutes=minutes),
    )
    return token


def sent_to(who: Caller, *, deliveries: int = 2) -> Prescription:
    """Return a prescription carried all the way to the provider."""
    at = timezone.now()
    technician, pharmacist = person("TECHNICIAN"), person("CLINICAL_PHARMACIST")
    enrolment = enrolment_with_cover(as_at=local_day(at) - dt.timedelta(days=1), service=who.service)
    with acting(by=technician):
        PatientAddress.objects.create(
            patient=enrolment.patient, line_1="1 Mill Road", town="Chatham", postcode="ME4 1AA"
        )
        ContactPoint.objects.create(patient=enrolment.patient, kind="MOBILE", value="+447700900123")
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="BRAILLE", shared_with_provider=True)
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="BSL")
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=technician, at=at)
    signed = SignedPrescription(
        signed_on=local_day(at),
        prescriber=None,
        prescribed_by=None,
        artefact="WET_INK_ORIGINAL",
        deliveries=deliveries,
        units_each=6,
        interval_days=84,
    )
    prescription = actions.record_signed(renewal=renewal, signed=signed, by=technician, at=at)
    actions.screen(prescription=prescription, outcome="APPROVED", by=pharmacist, at=at)
    return actions.send(prescription=prescription, by=technician, at=at)


@pytest.fixture
def mine(db: None) -> Caller:
    return caller()


@pytest.fixture
def theirs(db: None) -> Caller:
    return caller()


@pytest.fixture
def sent(mine: Caller) -> Prescription:
    return sent_to(mine)


def delivered(**changes: Any) -> dict[str, Any]:
    line = {"units": 6, "batch_number": "A123", "expires_on": "2099-01-31"}
    today = local_day(timezone.now()).isoformat()
    return {"outcome": "DELIVERED_FULL", "on": today, "lines": [line]} | changes
