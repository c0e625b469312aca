"""What a provider cannot do is said in words; what nobody asked is said to be not known."""

import pytest
from django.db import IntegrityError, transaction

from providers.capabilities import cannot_do, what_provider_cannot_do
from providers.models import Provider, ProviderCapability
from tests.factories import ProviderFactory

OFFERED = {("BRAILLE", ""): False, ("LARGE_PRINT", ""): True, ("LANGUAGE", "urdu"): False, ("LANGUAGE", "welsh"): True}


@pytest.mark.parametrize(
    ("needs", "language", "says"),
    [
        ([], "", []),
        (["LARGE_PRINT"], "", []),
        (["BRAILLE"], "", ["HealthNet cannot send letters in braille"]),
        (["BRAILLE", "BRAILLE"], "", ["HealthNet cannot send letters in braille"]),
        (
            ["BSL"],
            "",
            ["It is not known whether HealthNet can speak with people in British Sign Language: ask them first"],
        ),
        (["OTHER"], "", []),
        ([], "English", []),
        ([], "Welsh", []),
        ([], "Urdu", ["HealthNet cannot speak Urdu"]),
        ([], "Polish", ["It is not known whether HealthNet can speak Polish: ask them first"]),
        (["BRAILLE"], " urdu ", ["HealthNet cannot send letters in braille", "HealthNet cannot speak urdu"]),
    ],
)
def test_what_is_said(needs: list[str], language: str, says: list[str]) -> None:
    assert cannot_do(name="HealthNet", offered=OFFERED, needs=needs, language=language) == says


@pytest.fixture
def provider(db: None) -> Provider:
    return ProviderFactory.create(name="HealthNet")


def test_it_is_read_from_what_was_recorded(provider: Provider) -> None:
    ProviderCapability.objects.create(
        provider=provider, need="LANGUAGE", language="Urdu", offered=False, source="email"
    )
    assert what_provider_cannot_do(provider=provider, needs=[], language="urdu") == ["HealthNet cannot speak urdu"]


@pytest.mark.parametrize(("need", "language"), [("LANGUAGE", ""), ("BRAILLE", "Urdu"), ("TELEPATHY", "")])
def test_a_capability_is_whole(provider: Provider, need: str, language: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderCapability.objects.create(provider=provider, need=need, language=language, offered=True, source="x")
