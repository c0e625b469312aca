"""Who may do what."""

import pytest

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.accounts.permissions import WORDS, Permission, require
from homecare.core.errors import NotAllowed


def user(role: type[roles.Role], **fields: object) -> User:
    return User(username=role.name.lower(), role=role.name, **fields)


@pytest.mark.parametrize(
    ("role", "permission", "may"),
    [
        (roles.Technician, Permission.PRESCRIPTION_SEND, True),
        (roles.Technician, Permission.PRESCRIPTION_SCREEN, False),
        (roles.Technician, Permission.BATCH_RELEASE, False),
        (roles.HomecareLead, Permission.PRESCRIPTION_SCREEN, False),
        (roles.HomecareLead, Permission.BATCH_RELEASE, True),
        (roles.ClinicalPharmacist, Permission.PRESCRIPTION_SCREEN, True),
        (roles.ClinicalPharmacist, Permission.PRESCRIPTION_SIGNED_RECORD, False),
        (roles.AdministrativeSupport, Permission.PATIENT_EDIT, True),
        (roles.AdministrativeSupport, Permission.STOCK_COUNT_RECORD, False),
        (roles.AdministrativeSupport, Permission.CONSENT_RECORD, False),
        (roles.Prescriber, Permission.PRESCRIPTION_SIGNED_RECORD, True),
        (roles.Prescriber, Permission.PRESCRIPTION_SCREEN, False),
        (roles.SpecialistNurse, Permission.RENEWAL_EDIT, True),
        (roles.SpecialistNurse, Permission.PRESCRIPTION_SIGNED_RECORD, False),
        (roles.ChiefPharmacist, Permission.SERVICE_APPROVE, True),
        (roles.ChiefPharmacist, Permission.PATIENT_EDIT, False),
        (roles.Finance, Permission.CLINICAL_VIEW, False),
        (roles.Finance, Permission.FINANCE_VIEW, True),
        (roles.Auditor, Permission.AUDIT_VIEW, True),
        (roles.SystemAdministrator, Permission.PATIENT_VIEW, False),
        (roles.SystemAdministrator, Permission.USER_MANAGE, True),
        (roles.ProviderClient, Permission.PRESCRIPTION_ACKNOWLEDGE, True),
        (roles.ProviderClient, Permission.PATIENT_EDIT, False),
        (roles.SystemActor, Permission.PROTOCOL_APPROVE, False),
    ],
)
def test_a_role_may(role: type[roles.Role], permission: Permission, may: bool) -> None:
    assert user(role).may(permission) is may


def test_an_auditor_holds_no_permission_to_write() -> None:
    looks = {"patient_view", "clinical_view", "message_view", "dashboard_view", "audit_view", "finance_view"}
    assert {str(p) for p in roles.Auditor.permissions} == looks


def test_nobody_but_the_system_administrator_adds_people() -> None:
    assert roles.holders(Permission.USER_MANAGE) == [roles.SystemAdministrator]


def test_no_role_both_screens_and_signs() -> None:
    both = {Permission.PRESCRIPTION_SCREEN, Permission.PRESCRIPTION_SIGNED_RECORD}
    assert not [role for role in roles.HUMAN_ROLES if both <= role.permissions]


def test_every_permission_has_words() -> None:
    assert set(WORDS) == set(Permission)


def test_every_permission_is_held_by_somebody() -> None:
    held = set().union(*(role.permissions for role in roles.HUMAN_ROLES))
    assert held == set(Permission)


def test_a_deactivated_user_may_do_nothing() -> None:
    assert not any(user(roles.HomecareLead, is_active=False).may(p) for p in Permission)


def test_a_user_without_a_role_may_do_nothing() -> None:
    assert not any(User(username="new").may(p) for p in Permission)


def test_the_demonstration_may_do_nothing_outside_the_demonstration(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    assert not user(roles.Demonstration).may(Permission.PATIENT_VIEW)


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(NotAllowed, match=r"homecare technician.*may not clinically screen.*clinical pharmacist"):
        require(user(roles.Technician), Permission.PRESCRIPTION_SCREEN)


def test_the_right_to_a_deed_covers_its_parts_and_nothing_else() -> None:
    nurse = user(roles.SpecialistNurse)
    doer = nurse.for_deed(Permission.DEATH_RECORD, Permission.PRESCRIPTION_CANCEL)
    assert doer.may(Permission.PRESCRIPTION_CANCEL)
    assert not doer.may(Permission.PRESCRIPTION_SEND)
    assert not nurse.may(Permission.PRESCRIPTION_CANCEL)


def test_without_the_right_to_a_deed_nothing_is_lent() -> None:
    with pytest.raises(NotAllowed, match="may not record a death"):
        user(roles.Finance).for_deed(Permission.DEATH_RECORD, Permission.PRESCRIPTION_CANCEL)


def test_somebody_deactivated_is_lent_nothing() -> None:
    doer = user(roles.Technician).for_deed(Permission.DEATH_RECORD, Permission.RESULT_REVIEW)
    doer.is_active = False
    assert not doer.may(Permission.RESULT_REVIEW)
