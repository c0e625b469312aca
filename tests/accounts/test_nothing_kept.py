"""Pages name patients: nobody's browser keeps them, and nobody sends more than is asked for."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.accounts.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(person())
    return client


@pytest.mark.parametrize("path", ["/patients/", "/account/roles/", "/today/enrolments/export/", "/no-such-page/"])
def test_no_page_is_kept_by_a_browser(signed_in: Client, path: str) -> None:
    assert "no-store" in signed_in.get(path)["Cache-Control"]


def test_no_answer_of_the_api_is_kept(client: Client) -> None:
    assert "no-store" in client.get("/api/v1/prescriptions/")["Cache-Control"]


def test_an_upload_too_large_is_refused_before_it_is_read(signed_in: Client, settings) -> None:
    settings.LARGEST_UPLOAD_BYTES = 1000
    answer = signed_in.post("/imports/", {"file": SimpleUploadedFile("a.csv", b"x" * 2000)})
    assert (answer.status_code, b"at most 50 MB" in answer.content) == (400, True)


def test_a_stranger_uploads_nothing_large() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"].value
    form = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.csv", b"x" * 100_000)}
    assert client.post("/accounts/login/", form).status_code == 400
