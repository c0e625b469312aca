"""Somebody who may answers for a medicine of the formulary, or it stays a draft."""

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused
from medicines.actions import approve_medicines
from medicines.models import Medicine
from tests.medicines.conftest import AT


@pytest.fixture
def pharmacist(db: None) -> User:
    return User.objects.create(username="priya", role="CLINICAL_PHARMACIST")


def test_an_approved_medicine_says_who_and_when(formulary: object, pharmacist: User) -> None:
    approve_medicines(medicines=list(Medicine.objects.all()), by=pharmacist, at=AT)
    assert not Medicine.objects.exclude(status="APPROVED", approved_by=pharmacist, approved_at=AT).exists()


def test_approving_again_approves_none(formulary: object, pharmacist: User) -> None:
    approve_medicines(medicines=list(Medicine.objects.all()), by=pharmacist, at=AT)
    assert approve_medicines(medicines=list(Medicine.objects.all()), by=pharmacist, at=AT) == 0


def test_a_technician_approves_nothing(formulary: object) -> None:
    somebody = User.objects.create(username="somebody", role="TECHNICIAN")
    with pytest.raises(NotAllowed):
        approve_medicines(medicines=list(Medicine.objects.all()), by=somebody, at=AT)


def test_a_retired_medicine_is_refused(formulary: object, pharmacist: User) -> None:
    Medicine.objects.filter(name="Ibrutinib").update(status="RETIRED")
    with pytest.raises(Refused, match="Ibrutinib"):
        approve_medicines(medicines=list(Medicine.objects.all()), by=pharmacist, at=AT)


def test_the_command_approves_by_name(formulary: object, pharmacist: User) -> None:
    call_command("approve_medicines", "--by", "priya", "--medicine", "Ibrutinib", verbosity=0)
    assert Medicine.objects.get(status="APPROVED").name == "Ibrutinib"


def test_the_command_lists_the_drafts(formulary: object, pharmacist: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("approve_medicines", "--by", "priya")
    assert "Ibrutinib" in capsys.readouterr().out
