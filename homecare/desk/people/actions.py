"""Deeds upon people: each ends the open sessions that no longer stand for what the person may do."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from homecare.accounts import roles
from homecare.accounts.demo import demo_sign_ins
from homecare.accounts.models import PharmacistSpecialty, Specialty, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.desk.people import links


@action
def add_person(
    *, username: str, given_name: str, family_name: str, email: str, role: type[roles.Role], by: User, at: dt.datetime
) -> User:
    """Add a person without a password: they choose one by a link (`homecare.desk.people.links`)."""
    require(by, Permission.USER_MANAGE)
    _refuse_other_than_human(role)
    person = User(
        username=username.strip().lower(),
        first_name=given_name.strip(),
        last_name=family_name.strip(),
        email=email.strip(),
        role=role.name,
        date_joined=at,
    )
    person.set_unusable_password()
    _refuse_unlikely(person)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Refused(f"There is a person called “{person.username}” already.", code="username_taken") from None
    return person


@action
def change_role(*, person: User, role: type[roles.Role], by: User, at: dt.datetime, reason: str = "") -> None:
    """Give a person another role. Their open sessions end; somebody who no longer screens loses their specialties."""
    locked = _changeable(person, by=by)
    _refuse_other_than_human(role)
    if locked.role_class is role:
        raise Refused(f"{locked} is {role.display_name.lower()} already.", code="same_role")
    locked.role = role.name
    locked.sessions_epoch += 1
    locked.save(update_fields=["role", "sessions_epoch"])
    if role is not roles.ClinicalPharmacist:
        PharmacistSpecialty.objects.filter(user=locked).delete()


@action
def deactivate(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Take away a person's access at once. People are never deleted: their deeds stay theirs."""
    locked = _changeable(person, by=by)
    if not locked.is_active:
        raise Refused(f"{locked} is deactivated already.", code="not_active")
    locked.is_active = False
    locked.sessions_epoch += 1
    locked.save(update_fields=["is_active", "sessions_epoch"])


@action
def reactivate(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Give a person their access back."""
    locked = _changeable(person, by=by)
    if locked.is_active:
        raise Refused(f"{locked} is active already.", code="active")
    locked.is_active = True
    locked.save(update_fields=["is_active"])


@action
def reset_second_factor(*, person: User, by: User, at: dt.datetime, reason: str = "") -> None:
    """Forget a person's second factor and end their sessions; they set one up when they next sign in."""
    locked = _changeable(person, by=by)
    Authenticator.objects.filter(user=locked).delete()
    User.objects.filter(pk=locked.pk).update(sessions_epoch=F("sessions_epoch") + 1)


@action
def forget_password(*, person: User, by: User, at: dt.datetime, reason: str = "") -> User:
    """Make the password, open sessions and earlier links of a person useless; return them as a new link needs them."""
    locked = _changeable(person, by=by)
    if not locked.is_active:
        raise Refused(f"{locked} is deactivated. Give them their access back first.", code="not_active")
    locked.set_unusable_password()
    locked.sessions_epoch += 1
    locked.save(update_fields=["password", "sessions_epoch"])
    return locked


@action
def choose_password(*, person: User, password: str, key: str, by: User, at: dt.datetime, reason: str = "") -> None:
    """Take the password that somebody chose by a link. Of two who use the link at once, one is refused."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    if by.pk != locked.pk or not links.is_good(locked, key):
        raise Refused(
            "This link was used already, or is too old. Ask your system administrator for another.", code="dead_link"
        )
    locked.set_password(password)
    locked.sessions_epoch += 1  # history keeps no password, but that one was chosen
    locked.save(update_fields=["password", "sessions_epoch"])


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
    if pharmacist.role_class is not roles.ClinicalPharmacist or not pharmacist.is_active:
        raise Refused(f"{pharmacist} is no active clinical pharmacist, and cannot screen.", code="not_a_pharmacist")
    if covering_to is not None and (covering_from is None or covering_to < covering_from):
        raise Refused("Cover ends on or after the day it begins: give both days, or only the first.", code="cover_days")
    held, _ = PharmacistSpecialty.objects.update_or_create(
        user=pharmacist, specialty=specialty, covering_from=covering_from, defaults={"covering_to": covering_to}
    )
    return held


@action
def take_specialty(*, held: PharmacistSpecialty, by: User, at: dt.datetime, reason: str = "") -> None:
    """Say that a pharmacist no longer screens for a specialty. History keeps that they did."""
    require(by, Permission.USER_MANAGE)
    held.delete()


@action
def add_demo_people(*, by: User, at: dt.datetime) -> list[User]:
    """Add the demonstration's people, one for each role, with the password that is printed. Refused outside DEMO=1."""
    if not settings.DEMO:
        raise Refused("The demonstration's people exist only in the demonstration (DEMO=1).", code="not_demonstration")
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


def refuse_own(person: User, *, by: User) -> None:
    """Do nothing unless somebody would change their own account."""
    if person.pk == by.pk:
        raise Refused("Nobody changes their own account here. Ask another system administrator.", code="own_account")


def _changeable(person: User, *, by: User) -> User:
    """Lock the person and who acts: of two administrators who deactivate each other at once, one stays."""
    refuse_own(person, by=by)
    rows = User.objects.select_for_update().filter(pk__in=[person.pk, by.pk]).order_by("pk")
    locked: dict[int, User] = {row.pk: row for row in rows}
    require(locked[by.pk], Permission.USER_MANAGE)
    if not locked[person.pk].is_human:
        raise Refused("Only people are changed here.", code="not_a_person")
    return locked[person.pk]


def _refuse_other_than_human(role: type[roles.Role]) -> None:
    if role not in roles.HUMAN_ROLES:
        raise Refused("That role is not for people.", code="not_a_human_role")


def _refuse_unlikely(person: User) -> None:
    """Refuse what could not be typed at the sign-in, or would leave nobody to name in the record."""
    if not person.last_name:
        raise Refused("Give the person's name.", code="name_missing")
    if not person.email:
        raise Refused("Give the person's email address.", code="email_missing")
    try:
        ASCIIUsernameValidator()(person.username)
        person.clean_fields()
    except ValidationError as wrong:
        fields = wrong.message_dict if hasattr(wrong, "error_dict") else {"username": wrong.messages}
        field, messages = next(iter(fields.items()))
        raise Refused(f"{FIELD_WORDS.get(field, field)}: {messages[0]}", code="not_likely") from None


FIELD_WORDS = {"username": "Username", "email": "Email", "first_name": "Given name", "last_name": "Family name"}
