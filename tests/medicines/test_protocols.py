"""Somebody who may answers for a protocol, or it stays a draft."""

import pytest
from django.core.management import CommandError, call_command

from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused
from medicines.actions import approve_protocols
from medicines.models import MonitoringProtocol
from tests.medicines.conftest import AT


@pytest.fixture
def pharmacist(db: None) -> User:
    return User.objects.create(username="priya", role="CLINICAL_PHARMACIST")


def drafts() -> list[MonitoringProtocol]:
    return list(MonitoringProtocol.objects.drafts())


def test_an_approved_protocol_says_who_and_when(formulary: object, pharmacist: User) -> None:
    number = approve_protocols(protocols=drafts(), by=pharmacist, at=AT)
    assert number == 33
    assert not MonitoringProtocol.objects.exclude(status="APPROVED", approved_by=pharmacist, approved_at=AT).exists()


def test_approving_again_approves_none(formulary: object, pharmacist: User) -> None:
    approve_protocols(protocols=drafts(), by=pharmacist, at=AT)
    assert approve_protocols(protocols=list(MonitoringProtocol.objects.all()), by=pharmacist, at=AT) == 0


@pytest.mark.parametrize("role", ["TECHNICIAN", "ADMINISTRATIVE_SUPPORT", "PRESCRIBER", "SYSTEM_ADMINISTRATOR"])
def test_a_role_without_the_permission_approves_nothing(formulary: object, role: str) -> None:
    somebody = User.objects.create(username="somebody", role=role)
    with pytest.raises(NotAllowed):
        approve_protocols(protocols=drafts(), by=somebody, at=AT)
    assert not MonitoringProtocol.objects.approved().exists()


def test_a_system_actor_never_approves(formulary: object, reference: User) -> None:
    with pytest.raises(NotAllowed):
        approve_protocols(protocols=drafts(), by=reference, at=AT)


def test_a_new_version_retires_the_one_before(formulary: object, pharmacist: User) -> None:
    approve_protocols(protocols=drafts(), by=pharmacist, at=AT)
    first = MonitoringProtocol.objects.get(medicine__name="Ibrutinib")
    second = MonitoringProtocol.objects.create(medicine=first.medicine, version=2, source="trust policy")
    approve_protocols(protocols=[second], by=pharmacist, at=AT)
    first.refresh_from_db()
    assert first.status == "RETIRED"


def test_two_drafts_for_one_medicine_are_not_both_approved(formulary: object, pharmacist: User) -> None:
    first = MonitoringProtocol.objects.get(medicine__name="Ibrutinib")
    second = MonitoringProtocol.objects.create(medicine=first.medicine, version=2, source="trust policy")
    with pytest.raises(Refused, match="choose one"):
        approve_protocols(protocols=[first, second], by=pharmacist, at=AT)


def test_a_retired_protocol_is_refused(formulary: object, pharmacist: User) -> None:
    protocol = MonitoringProtocol.objects.get(medicine__name="Ibrutinib")
    MonitoringProtocol.objects.filter(pk=protocol.pk).update(status="RETIRED")
    with pytest.raises(Refused, match="retired"):
        approve_protocols(protocols=[protocol], by=pharmacist, at=AT)


def test_the_command_approves_all_in_somebody_s_name(formulary: object, pharmacist: User, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("approve_protocols", "--by", "priya", "--all")
    assert "33 monitoring protocols approved by priya" in capsys.readouterr().out


def test_the_command_without_a_choice_only_lists(formulary: object, pharmacist: User, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("approve_protocols", "--by", "priya")
    assert "33 drafts" in capsys.readouterr().out
    assert not MonitoringProtocol.objects.approved().exists()


def test_the_command_refuses_an_unknown_name(formulary: object) -> None:
    with pytest.raises(CommandError, match="Nobody with the username nobody"):
        call_command("approve_protocols", "--by", "nobody", "--all")
