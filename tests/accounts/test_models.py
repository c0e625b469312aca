"""What the database refuses to believe about users, and who stands in for whom."""

import datetime as dt

import pytest
from django.db import IntegrityError

from homecare.accounts import roles
from homecare.accounts.models import PharmacistSpecialty, Specialty, User

pytestmark = pytest.mark.django_db


def test_a_system_actor_is_made_once() -> None:
    assert User.objects.system("sweep") == User.objects.system("sweep")


def test_an_unknown_system_actor_is_refused() -> None:
    with pytest.raises(KeyError):
        User.objects.system("nobody")


def test_a_system_actor_has_no_password_that_works() -> None:
    assert not User.objects.system("sweep").has_usable_password()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "SYSTEM", "role": "WIZARD", "username": "system:x"}, "user_role_known"),
        ({"role": "SYSTEM_ACTOR"}, "user_human_role_for_humans"),
        ({"kind": "PROVIDER_CLIENT", "role": "TECHNICIAN"}, "user_provider_client_role"),
        ({"kind": "SYSTEM", "role": "SYSTEM_ACTOR", "username": "sweep"}, "user_system_named"),
    ],
)
def test_the_database_refuses(fields: dict[str, str], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        User.objects.create(**{"username": "somebody", **fields})


@pytest.mark.parametrize(
    ("covering", "day", "holds"),
    [
        ((None, None), dt.date(2026, 11, 24), True),
        ((dt.date(2026, 11, 23), dt.date(2026, 11, 27)), dt.date(2026, 11, 22), False),
        ((dt.date(2026, 11, 23), dt.date(2026, 11, 27)), dt.date(2026, 11, 23), True),
        ((dt.date(2026, 11, 23), dt.date(2026, 11, 27)), dt.date(2026, 11, 27), True),
        ((dt.date(2026, 11, 23), dt.date(2026, 11, 27)), dt.date(2026, 11, 28), False),
        ((dt.date(2026, 11, 23), None), dt.date(2027, 11, 28), True),
    ],
)
def test_cover_holds_on_its_days(covering: tuple[dt.date | None, dt.date | None], day: dt.date, holds: bool) -> None:
    pharmacist = User.objects.create(username="priya", role=roles.ClinicalPharmacist.name)
    specialty = Specialty.objects.create(name="Rheumatology")
    PharmacistSpecialty.objects.create(
        user=pharmacist, specialty=specialty, covering_from=covering[0], covering_to=covering[1]
    )
    assert PharmacistSpecialty.objects.in_force(day).exists() is holds


def test_cover_cannot_end_before_it_begins() -> None:
    pharmacist = User.objects.create(username="priya", role=roles.ClinicalPharmacist.name)
    specialty = Specialty.objects.create(name="Rheumatology")
    with pytest.raises(IntegrityError, match="pharmacist_cover_ends_after_it_begins"):
        PharmacistSpecialty.objects.create(
            user=pharmacist, specialty=specialty, covering_from=dt.date(2026, 11, 2), covering_to=dt.date(2026, 11, 1)
        )
