"""What the pages about people show. No patient is read here."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from homecare.accounts import roles
from homecare.accounts.models import PharmacistSpecialty, Specialty, User
from homecare.audit.policy import history_model
from homecare.audit.reading import Change, FieldChange, history_of
from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row

COLUMNS = (
    Column("Person", "Username"),
    Column("Role", "Screens for"),
    Column("Access"),
    Column("Last signed in"),
    Column("Second factor"),
)
HISTORY_SHOWN = 50


def people_seen_by(user: User) -> QuerySet[User]:
    """Return the people this user may administer, each with whether a second factor is set up (`has_second_factor`)."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    people: QuerySet[User] = User.objects.visible_to(user).human().annotate(has_second_factor=Exists(factors))
    return people


def rows_of(people: list[User], *, now: dt.datetime, today: dt.date) -> list[Row]:
    """Return a row for each person."""
    screens: dict[int, list[str]] = defaultdict(list)
    for held in PharmacistSpecialty.objects.in_force(today).select_related("specialty").order_by("specialty__name"):
        screens[held.user_id].append(_specialty_words(held, today=today))
    return [_row(person, "; ".join(screens[person.pk]), now=now) for person in people]


def _row(person: User, screens: str, *, now: dt.datetime) -> Row:
    return Row(
        (
            Cell(str(person), person.username, reverse("person", args=[person.pk])),
            Cell(person.role_name, screens if person.is_active else ""),
            Cell("active", tag="green") if person.is_active else Cell("deactivated", tag="grey"),
            Cell(words.ago(person.last_login, now=now) if person.last_login else "never", password_words(person)),
            Cell("set up" if person.has_second_factor else "not set up"),  # type: ignore[attr-defined]
        )
    )


def password_words(person: User) -> str:
    """Say so where somebody has no password."""
    return "" if person.has_usable_password() else "no password chosen yet"


def _specialty_words(held: PharmacistSpecialty, *, today: dt.date) -> str:
    return f"{held.specialty} ({cover_words(held, today=today)})" if held.is_cover else str(held.specialty)


def cover_words(held: PharmacistSpecialty, *, today: dt.date) -> str:
    """Say whether a specialty is a pharmacist's own, or since when and until when they cover it."""
    if held.covering_from is None:
        return "their own"
    until = f"to {words.day(held.covering_to, today=today)}" if held.covering_to else "until further notice"
    began = held.covering_from <= today
    return f"cover {until}" if began else f"cover from {words.day(held.covering_from, today=today)} {until}"


@dataclass(frozen=True)
class Held:
    """A specialty on a pharmacist's page."""

    pk: int
    name: str
    how: str
    is_over: bool


def specialties_of(person: User, *, today: dt.date) -> list[Held]:
    """Return what a pharmacist screens for, has covered, and will cover."""
    rows = person.pharmacist_specialties.select_related("specialty").order_by("specialty__name", "covering_from")
    return [
        Held(
            held.pk,
            str(held.specialty),
            cover_words(held, today=today),
            is_over=held.covering_to is not None and held.covering_to < today,
        )
        for held in rows
    ]


def who_screens(*, today: dt.date) -> list[tuple[str, str]]:
    """Return each specialty with who screens for it today."""
    names: dict[int, list[str]] = defaultdict(list)
    in_force = PharmacistSpecialty.objects.in_force(today).filter(user__is_active=True).select_related("user")
    for held in in_force.order_by("user__last_name"):
        names[held.specialty_id].append(f"{held.user} (cover)" if held.is_cover else str(held.user))
    return [(str(one), ", ".join(names[one.pk])) for one in Specialty.objects.order_by("name")]


def roles_without_anybody(people: list[User]) -> list[str]:
    """Return the roles that no active person holds."""
    held = {person.role for person in people if person.is_active}
    return [role.display_name for role in roles.HUMAN_ROLES if role.name not in held]


def changes_of(person: User) -> list[Change]:
    """Return what became of an account and its specialties, newest first."""
    past: QuerySet[Any] = history_model(PharmacistSpecialty).objects.filter(user_id=person.pk)
    held = [PharmacistSpecialty(pk=pk) for pk in past.values_list("id", flat=True).distinct()]
    return [
        replace(change, record=RECORDS.get(change.record, change.record), fields=_in_words(change))
        for change in history_of(person, held, limit=HISTORY_SHOWN)
    ]


def _in_words(change: Change) -> tuple[FieldChange, ...]:
    """Leave out what is the same for everybody, and say what a number means that nobody else would know."""
    return tuple(
        FieldChange("Open sessions", "going on", "ended") if field.label == "Sessions epoch" else field
        for field in change.fields
        if field.label not in NOT_TOLD and not (field.label == "Sessions epoch" and change.kind == "Created")
    )


RECORDS = {"User": "Account", "Pharmacist specialty": "Specialty"}
NOT_TOLD = {"Kind", "Superuser status", "Staff status", "Date joined", "User"}
