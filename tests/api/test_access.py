"""Who gets in: a client of one provider with the right scope, and nobody else."""

import base64

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from homecare.accounts.models import User
from homecare.audit.models import PatientAccess
from prescriptions.models import Prescription
from providers.actions import add_client
from tests.api.conftest import Caller, caller, person, sent_to, token_for

pytestmark = pytest.mark.django_db


def ask_for_token(client_id: str, secret: str, **fields: str) -> object:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials"} | fields
    return Client(enforce_csrf_checks=True).post("/api/v1/token/", body, headers={"Authorization": f"Basic {basic}"})


def test_an_id_and_secret_give_a_token_that_works(mine: Caller, sent: Prescription) -> None:
    client_id, secret = add_client(provider=mine.service.provider, by=person("SYSTEM_ADMINISTRATOR"), at=timezone.now())
    given = ask_for_token(client_id, secret, scope="prescriptions:read").json()  # type: ignore[attr-defined]
    mine.token = given["access_token"]
    assert (given["expires_in"], given["scope"]) == (600, "prescriptions:read")
    assert [row["reference"] for row in mine.get("prescriptions/").json()["results"]] == [str(sent.reference)]


@pytest.mark.parametrize(
    "fields", [{"grant_type": "password", "username": "x", "password": "y"}, {"scope": "everything"}]
)
def test_no_other_grant_and_no_other_scope(mine: Caller, fields: dict[str, str]) -> None:
    client_id, secret = add_client(provider=mine.service.provider, by=person("SYSTEM_ADMINISTRATOR"), at=timezone.now())
    answer = ask_for_token(client_id, secret, **fields)
    assert answer.status_code in {400, 401}  # type: ignore[attr-defined]


def test_a_wrong_secret_gives_nothing(mine: Caller) -> None:
    client_id, _ = add_client(provider=mine.service.provider, by=person("SYSTEM_ADMINISTRATOR"), at=timezone.now())
    assert ask_for_token(client_id, "wrong").status_code == 401  # type: ignore[attr-defined]


def test_a_new_secret_ends_the_old_one_and_its_tokens(mine: Caller) -> None:
    administrator = person("SYSTEM_ADMINISTRATOR")
    client_id, old = add_client(provider=mine.service.provider, by=administrator, at=timezone.now())
    again, _ = add_client(provider=mine.service.provider, by=administrator, at=timezone.now())
    assert again == client_id
    assert ask_for_token(client_id, old).status_code == 401  # type: ignore[attr-defined]
    assert mine.get("prescriptions/").status_code == 401


def test_a_technician_gives_no_provider_access(mine: Caller) -> None:
    from homecare.core.errors import NotAllowed

    with pytest.raises(NotAllowed):
        add_client(provider=mine.service.provider, by=person("TECHNICIAN"), at=timezone.now())


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}])
def test_without_a_valid_token_the_answer_is_401_and_says_so(mine: Caller, header: dict[str, str]) -> None:
    answer = Client().get("/api/v1/prescriptions/", headers=header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_no_token(mine: Caller) -> None:
    mine.token = token_for(mine.user, minutes=-1)
    assert mine.get("prescriptions/").status_code == 401


@pytest.mark.parametrize("scope", ["deliveries:write", "prescriptions:acknowledge"])
def test_a_token_without_the_scope_is_refused_and_told_which(scope: str) -> None:
    answer = caller(scopes=scope).get("prescriptions/")
    assert answer.status_code == 403
    assert "prescriptions:read" in answer.json()["detail"]


def test_a_client_that_was_deactivated_is_refused(mine: Caller) -> None:
    User.objects.filter(pk=mine.user.pk).update(is_active=False)
    assert mine.get("prescriptions/").status_code == 401


def test_a_member_of_staff_cannot_use_the_api_even_with_a_token(mine: Caller) -> None:
    application = AccessToken.objects.get(token=mine.token).application
    application.user = person("CHIEF_PHARMACIST")
    application.save()
    assert mine.get("prescriptions/").status_code == 401


def test_a_session_is_no_way_in(mine: Caller) -> None:
    browser = Client()
    browser.force_login(person("CHIEF_PHARMACIST"))
    assert browser.get("/api/v1/prescriptions/").status_code == 401


def test_looking_is_on_record_with_the_patients_shown(mine: Caller) -> None:
    shown = {sent_to(mine).patient_id for _ in range(2)}
    mine.get("prescriptions/")
    entry = PatientAccess.objects.get(user=mine.user)
    assert (set(entry.patient_ids), entry.purpose) == (shown, "PROVIDER")


def test_an_address_that_does_not_exist_is_a_problem_too(mine: Caller) -> None:
    answer = mine.get("patients/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
