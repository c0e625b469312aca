"""Providers on screen: their services, what they can do for people with needs, and whether they are used."""

import pytest

from providers.models import HomecareService, Provider, ProviderCapability
from tests.desk.pages import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(service: HomecareService) -> Provider:
    return service.provider


def record(provider: Provider, **given: str):  # type: ignore[no-untyped-def]
    answers = {"need": "BRAILLE", "offered": "no", "source": "Their email of 1 March 2026"} | given
    return browser("HOMECARE_LEAD").post(f"/providers/{provider.pk}/capabilities/", answers)


def test_the_list_names_each_with_services_and_patients(provider: Provider) -> None:
    page = text(browser().get("/providers/"))
    assert f"{provider.name}" in page
    assert "1 service" in page
    assert "1 on treatment" in page


def test_what_nobody_asked_is_not_known(provider: Provider) -> None:
    assert "Braille not known" in text(browser().get(f"/providers/{provider.pk}/"))


def test_what_it_cannot_do_is_recorded_with_who_said_so(provider: Provider) -> None:
    record(provider)
    assert "Braille no Their email of 1 March 2026" in text(browser().get(f"/providers/{provider.pk}/"))
    assert "Braille" in text(browser().get("/providers/"))


def test_the_last_word_counts(provider: Provider) -> None:
    record(provider)
    record(provider, offered="yes", source="Telephone, 2 March")
    assert ProviderCapability.objects.get().offered


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"need": "LANGUAGE"}, "Name the language"),
        ({"need": "BRAILLE", "language": "Urdu"}, "Name the language"),
        ({"source": ""}, ": fill it in."),
    ],
)
def test_half_a_record_is_refused(provider: Provider, given: dict[str, str], words: str) -> None:
    answer = record(provider, **given)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_language_has_a_row_of_its_own(provider: Provider) -> None:
    record(provider, need="LANGUAGE", language="Urdu", offered="yes")
    assert "Urdu yes" in text(browser().get(f"/providers/{provider.pk}/"))


def test_a_provider_out_of_use_takes_nobody_new(provider: Provider, service: HomecareService) -> None:
    lead = browser("HOMECARE_LEAD")
    lead.post(f"/providers/{provider.pk}/stop-using/", {"reason": "It has failed"})
    assert "is no longer active. Choose a service of another provider." in text(lead.get(f"/services/{service.pk}/"))
    again = lead.post(f"/providers/{provider.pk}/stop-using/", {"reason": "It has failed"})
    assert "out of use already" in text(again)
    lead.post(f"/providers/{provider.pk}/use-again/", {"reason": "Taken over"})
    assert Provider.objects.get(pk=provider.pk).active
