"""The pathway's content ships as drafts with a source; the trust's own stays when drafts are loaded again."""

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients.actions.content import add_leaflet, load_assessing, retire_leaflet
from patients.drafts import read_assessing
from patients.models import CharterPoint, ConsentText, InformationLeaflet, SuitabilityChecklist, SuitabilityQuestion
from tests.factories import NOON
from tests.patients.assessing import TODAY, person

pytestmark = pytest.mark.django_db
# Items of the checklist of domain.md 2.3, each under the code that asks it.
ITEMS = {
    "ADDRESS", "SOMEBODY_TO_SIGN", "TELEPHONE", "LANGUAGE", "STORAGE", "ADMINISTRATION", "UNDERSTANDS", "STABLE",
    "FIRST_DOSE", "ATTENDS", "TAKES", "SAFEGUARDING", "CAPACITY", "PARENTAL_RESPONSIBILITY", "TRAVEL", "ALLERGY",
    "NEEDLES", "WASTE",
}  # fmt: skip
# What the charter must inform of (domain.md 9).
HEADINGS = {
    "MEDICINE_INFORMATION", "PROFESSIONAL", "CONTACTS", "SERVICE_INFORMATION", "COMPLAINTS", "PERSONAL_DATA",
    "ALTERNATIVES", "BENEFITS_AND_RISKS", "EXPECTED_TREATMENT",
}  # fmt: skip


def load() -> dict[str, int]:
    return load_assessing(draft=read_assessing(), by=User.objects.system("reference"), at=NOON)


def test_everything_is_a_draft_with_a_source() -> None:
    assert all(load().values())
    assert set(SuitabilityChecklist.objects.values_list("status", flat=True)) == {"DRAFT"}
    assert set(ConsentText.objects.values_list("status", flat=True)) == {"DRAFT"}
    for model in (SuitabilityChecklist, ConsentText, CharterPoint, InformationLeaflet):
        assert not model.objects.filter(source="").exists()
        assert all("Draft" in source for source in model.objects.values_list("source", flat=True))


def test_nothing_of_the_checklist_and_the_charter_is_left_out() -> None:
    load()
    assert set(SuitabilityQuestion.objects.values_list("code", flat=True)) >= ITEMS
    assert set(CharterPoint.objects.filter(section="RIGHT").values_list("code", flat=True)) == HEADINGS
    assert not CharterPoint.objects.filter(plain_wording="").exists()


def test_loading_again_adds_nothing_and_changes_nothing() -> None:
    load()
    with acting(by=User.objects.system("reference")):
        SuitabilityQuestion.objects.filter(code="ADDRESS").update(wording="Ours")
    assert set(load().values()) == {0}
    assert SuitabilityQuestion.objects.get(code="ADDRESS").wording == "Ours"


def test_a_charter_of_the_trust_stays_the_current_one() -> None:
    with acting(by=User.objects.system("reference")):
        CharterPoint.objects.create(
            version="trust 1", code="A", order=1, wording="A", plain_wording="A", source="a test"
        )
    load()
    assert set(CharterPoint.objects.filter(is_current=True).values_list("version", flat=True)) == {"trust 1"}


def test_activities_that_are_asked_about_exist() -> None:
    from providers.drafts import read_providers

    load()
    known = {activity.bullet.code for activity in read_providers().activities}
    asked = set(SuitabilityQuestion.objects.exclude(activity="").values_list("activity", flat=True))
    assert asked <= known


def test_a_leaflet_is_added_once_and_retired() -> None:
    lead = person("HOMECARE_LEAD")
    given = {
        "code": "OURS",
        "title": "Ours",
        "version": "1",
        "leaflet_format": "BRAILLE",
        "language": "English",
        "source": "Printed by us",
    }
    made = add_leaflet(**given, by=lead, at=NOON)
    with pytest.raises(Refused, match="recorded already"):
        add_leaflet(**given, by=lead, at=NOON)
    assert retire_leaflet(leaflet=made, retired_on=TODAY, by=lead, at=NOON).retired_on == TODAY
    with pytest.raises(NotAllowed):
        add_leaflet(**given, by=person("TECHNICIAN"), at=NOON)
