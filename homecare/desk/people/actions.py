"""Deeds upon people: each ends the open sessions that no longer stand for what the person may do."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from homecare.accounts import roles
from homecare.accounts.demo import demo_sign_ins
from homecare.accounts.models import PharmacistSpecialty, Specialty, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused


@action
def add_person(
    *, username: str, given_name: str, family_name: str, email: str, role: type[roles.Role], by: User, at: dt.datetime
) -> User:
    """Add a person without a password: they choose one by a link (`homecare.desk.people.links`)."""
    require(by, Permission.USER_MANAGE)
    if role not in roles.HUMAN_ROLES:
        raise Refused("That role is not for people.", code="not_a_human_role")
    person = User(
        username=username.strip().lower(),
        first_name=given_name.strip(),
        last_name=family_name.strip(),
        email=email.strip(),
        role=role.name,
        date_joined=at,
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Refused(f"There is a person called “{person.username}” already.", code="username_taken") from None
    return person


@action
def change_role(*, person: User, role: type[roles.Role], by: User, at: dt.datetime, reason: str = "") -> None:
    """Give a person another role. Their open sessions end at their next request."""
    locked = _changeable(person, by=by)
    if role not in roles.HUMAN_ROLES:
        raise Refused("That role is not for people.", code="not_a_human_role")
    locked.role = role.name
    locked.save(update_fields=["role"])


@action
def deactivate(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Take away a person's access at once. People are never deleted: their deeds stay theirs."""
    locked = _changeable(person, by=by)
    locked.is_active = False
    locked.sessions_epoch += 1
    locked.save(update_fields=["is_active", "sessions_epoch"])


@action
def reactivate(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Give a person their access back."""
    locked = _changeable(person, by=by)
    locked.is_active = True
    locked.save(update_fields=["is_active"])


@action
def reset_second_factor(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Forget a person's second factor and end their sessions; they set one up when they next sign in."""
    locked = _changeable(person, by=by)
    Authenticator.objects.filter(user=locked).delete()
    User.objects.filter(pk=locked.pk).update(sessions_epoch=F("sessions_epoch") + 1)


@action
def cover_specialty(
    *,
    pharmacist: User,
    specialty: Specialty,
    covering_from: dt.date | None = None,
    covering_to: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> PharmacistSpecialty:
    """Say that a pharmacist screens for a specialty: their own, or between two days in cover for a colleague."""
    require(by, Permission.USER_MANAGE)
    if pharmacist.role_class is not roles.ClinicalPharmacist:
        raise Refused(f"{pharmacist} is no clinical pharmacist, and cannot screen.", code="not_a_pharmacist")
    held, _ = PharmacistSpecialty.objects.update_or_create(
        user=pharmacist, specialty=specialty, covering_from=covering_from, defaults={"covering_to": covering_to}
    )
    return held


@action
def add_demo_people(*, by: User, at: dt.datetime) -> list[User]:
    """Add the demonstration's people, one for each role, with the password that is printed. Refused outside DEMO=1."""
    if not settings.DEMO:
        raise Refused("The demonstration's people exist only in the demonstration.", code="not_a_demonstration")
    people = []
    for sign_in in demo_sign_ins():
        person, created = User.objects.get_or_create(
            username=sign_in.username,
            defaults={
                "first_name": sign_in.given_name,
                "last_name": sign_in.family_name,
                "email": f"{sign_in.username}@example.com",
                "role": sign_in.role.name,
                "date_joined": at,
            },
        )
        if created:
            person.set_password(sign_in.password)
            person.save(update_fields=["password"])
        people.append(person)
    return people


def _changeable(person: User, *, by: User) -> User:
    require(by, Permission.USER_MANAGE)
    if person.pk == by.pk:
        raise Refused("Nobody changes their own account here. Ask another system administrator.", code="own_account")
    locked: User = User.objects.select_for_update().get(pk=person.pk)
    if not locked.is_human:
        raise Refused("Only people are changed here.", code="not_a_person")
    return locked
