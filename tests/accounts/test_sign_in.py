"""Signing in, and staying out."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from homecare.accounts import roles
from homecare.accounts.models import SignInAttempt, User
from tests.accounts.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **query: str):
    return client.post(SIGN_IN, {"login": username, "password": password, **query})


def without_token(html: bytes) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value|data-csrf|nonce)="[^"]*"', "", html.decode())
    return re.sub(r'value="[^"]*"', "", text)


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/account/roles/?x=1")
    assert answer["Location"] == "/accounts/login/?next=%2Faccount%2Froles%2F%3Fx%3D1"


def test_a_person_signs_in(client: Client) -> None:
    person()
    assert sign_in(client, "technician").status_code == 302
    assert client.get("/account/roles/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    person()
    assert sign_in(client, "technician", next=elsewhere)["Location"] == "/"


def test_unknown_known_and_deactivated_accounts_answer_alike(client: Client) -> None:
    person(username="dilys")
    person(roles.HomecareLead, username="gone1", is_active=False)
    answers = {without_token(sign_in(client, name, "wrong password").content) for name in ("dilys", "nobod", "gone1")}
    right = without_token(sign_in(client, "gone1", PASSWORD).content)
    assert answers == {right}


def test_waiting_accounts_answer_alike_whether_known_or_not(client: Client) -> None:
    person(username="dilys")
    for name in ("dilys", "nobod"):
        for _ in range(6):
            sign_in(client, name, "wrong password")
    held_up = [without_token(sign_in(client, name, PASSWORD).content) for name in ("dilys", "nobod")]
    assert "Too many tries. Wait 1 minute" in held_up[0]
    assert held_up[0] == held_up[1]


def test_the_right_password_takes_the_failures_back(client: Client) -> None:
    person()
    sign_in(client, "technician", "wrong password")
    sign_in(client, "technician")
    assert not SignInAttempt.objects.exists()


def test_a_forged_address_gains_no_tries(client: Client) -> None:
    person(username="dilys")
    for number in range(6):
        client.post(
            SIGN_IN, {"login": "dilys", "password": "wrong"}, headers={"x-forwarded-for": f"198.51.100.{number}"}
        )
    assert SignInAttempt.objects.get().failures == 5


@pytest.mark.parametrize("kind", ["SYSTEM", "PROVIDER_CLIENT"])
def test_only_people_sign_in(client: Client, kind: str) -> None:
    role = roles.SystemActor if kind == "SYSTEM" else roles.ProviderClient
    person(role, username="system:x", kind=kind)
    assert sign_in(client, "system:x").status_code == 200


@pytest.mark.parametrize("kind", ["SYSTEM", "PROVIDER_CLIENT"])
def test_a_client_with_a_browser_session_is_refused(client: Client, kind: str) -> None:
    role = roles.SystemActor if kind == "SYSTEM" else roles.ProviderClient
    client.force_login(person(role, username="system:x", kind=kind))
    assert client.get("/account/roles/").status_code == 403


def test_there_is_no_signing_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"role": "AUDITOR"},
        {"is_active": False},
        {"sessions_epoch": 1},
        {"password": "changed"},
    ],
)
def test_a_changed_account_is_refused_at_its_next_request(client: Client, change: dict[str, object]) -> None:
    dilys = person()
    sign_in(client, "technician")
    User.objects.filter(pk=dilys.pk).update(**change)
    assert client.get("/account/roles/")["Location"].startswith(SIGN_IN)


def test_an_htmx_request_of_a_stranger_is_told_where_to_sign_in(client: Client) -> None:
    answer = client.get("/account/roles/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/?next=%2Faccount%2Froles%2F")


class TestSecondFactor:
    """Needed for every person outside the demonstration."""

    @pytest.fixture(autouse=True)
    def needed(self, settings) -> None:
        settings.SECOND_FACTOR_REQUIRED = True

    def set_up(self, user: User) -> str:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        return secret

    def code(self, secret: str) -> str:
        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    def test_somebody_without_one_is_sent_to_set_it_up(self, client: Client) -> None:
        person()
        sign_in(client, "technician")
        assert client.get("/account/roles/")["Location"] == reverse("mfa_activate_totp")

    def test_the_page_to_set_it_up_is_shown(self, client: Client) -> None:
        person()
        sign_in(client, "technician")
        assert b"data:image/svg+xml" in client.get(reverse("mfa_activate_totp")).content

    def test_the_password_alone_does_not_let_in(self, client: Client) -> None:
        self.set_up(person())
        assert sign_in(client, "technician")["Location"].startswith("/accounts/2fa/authenticate/")
        assert client.get("/account/roles/")["Location"].startswith(SIGN_IN)

    def test_the_code_lets_in(self, client: Client) -> None:
        secret = self.set_up(person())
        sign_in(client, "technician")
        client.post("/accounts/2fa/authenticate/", {"code": self.code(secret)})
        assert client.get("/account/roles/").status_code == 200

    def test_a_code_works_once(self, client: Client) -> None:
        secret = self.set_up(person())
        code = self.code(secret)
        for one in (client, Client()):
            sign_in(one, "technician")
            answer = one.post("/accounts/2fa/authenticate/", {"code": code})
        assert "was used already" in answer.content.decode()

    def test_guessing_codes_is_held_up(self, client: Client) -> None:
        self.set_up(person())
        sign_in(client, "technician")
        for _ in range(6):
            answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "Too many tries" in answer.content.decode()

    def test_setting_it_up_by_code_opens_the_door(self, client: Client) -> None:
        person()
        sign_in(client, "technician")
        client.get(reverse("mfa_activate_totp"))
        secret = client.session["mfa.totp.secret"]
        answer = client.post(reverse("mfa_activate_totp"), {"code": self.code(secret)})
        assert answer["Location"] == reverse("mfa_view_recovery_codes")
        assert client.get("/account/roles/").status_code == 200

    def test_it_cannot_be_dropped(self, client: Client) -> None:
        secret = self.set_up(person())
        sign_in(client, "technician")
        client.post("/accounts/2fa/authenticate/", {"code": self.code(secret)})
        assert "needs a second factor" in client.get(reverse("mfa_deactivate_totp")).content.decode()
