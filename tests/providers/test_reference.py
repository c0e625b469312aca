"""Providers and draft services that ship: enough for an import on the first day."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from medicines.models import Medicine
from providers import names
from providers.models import HomecareService, Provider
from providers.services import all_services, find_service

REGISTER = json.loads((Path(__file__).parent.parent / "data/reference/register_names.json").read_text())


def test_every_spelling_of_the_register_finds_its_provider(loaded: None) -> None:
    ids = dict(Provider.objects.values_list("name", "id"))
    for provider, spellings in REGISTER["provider_names"].items():
        for spelling in (provider, *spellings):
            assert names.resolve(spelling) == ids[provider], spelling


@pytest.mark.parametrize("written", ["sciensus ", "SCIENSUS", "Health  Net", " hah", "Alcura\u00a0Health"])
def test_case_and_blanks_do_not_matter(loaded: None, written: str) -> None:
    assert names.resolve(written) is not None


@pytest.mark.parametrize("written", ["tbc", "Acme Deliveries", ""])
def test_an_unknown_provider_stays_unknown(loaded: None, written: str) -> None:
    assert names.resolve(written) is None


def test_every_provider_has_a_service_for_every_medicine(loaded: None) -> None:
    services = all_services()
    pairs = {
        (p, m)
        for p in Provider.objects.values_list("id", flat=True)
        for m in Medicine.objects.values_list("id", flat=True)
    }
    assert services.keys() == pairs


@pytest.mark.parametrize(
    ("medicine", "tier"),
    [("Adalimumab", "MID"), ("Baricitinib", "LOW"), ("Capecitabine", "MID"), ("Octreotide", "HIGH")],
)
def test_a_draft_service_has_its_tier_scheme_and_reasons(loaded: None, medicine: str, tier: str) -> None:
    service = HomecareService.objects.filter(medicines__name=medicine).first()
    assert service is not None
    assert (service.tier, service.tier_scheme, service.status) == (tier, "RPS", "PROPOSED")
    assert service.tier_reasons[0]["tier"] == tier


def test_loading_twice_adds_nothing(loaded: None, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("load_reference")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 16
    assert all(line.endswith(": 0 added") for line in lines)


def test_the_live_service_is_chosen_before_a_draft(loaded: None) -> None:
    medicine = Medicine.objects.get(name="Adalimumab")
    draft = HomecareService.objects.filter(medicines=medicine).order_by("pk").first()
    assert draft is not None
    live = HomecareService.objects.create(
        provider_id=draft.provider_id,
        name="Live",
        status="LIVE",
        buffer_days=7,
        lead_working_days=10,
        provider_lead_working_days=5,
        delivery_interval_days=28,
        source="test",
    )
    live.service_medicines.create(medicine=medicine)
    assert find_service(provider_id=draft.provider_id, medicine_id=medicine.pk) == live.pk


def test_an_ended_service_is_never_chosen(loaded: None) -> None:
    HomecareService.objects.update(status="ENDED")
    assert all_services() == {}
