"""What a patient wishes of deliveries: one set of wishes in force, sent to the provider, honoured or a reason given."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions.notices import raise_notice
from patients.models import DeliveryPreference, Enrolment
from patients.states import ENDED

DAYS = {1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday"}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the patient asks for. Weekdays are 1 Monday to 7 Sunday; none means any day. Away days are inclusive."""

    weekdays: Sequence[int] = ()
    slot: str = "ANY"
    place: str = "HOME"
    place_detail: str = ""
    away_from_on: dt.date | None = None
    away_to_on: dt.date | None = None


@action
def record_preference(
    *, enrolment: Enrolment, wishes: Wishes, by: User, at: dt.datetime, reason: str = ""
) -> DeliveryPreference:
    """Put these wishes in the place of those in force and send them to the provider, whose answer is awaited.

    Refused: an enrolment that ended, days that are none, another place without its address, a stay away that ends
    before it begins or is over.
    """
    require(by, Permission.PATIENT_EDIT)
    _check(wishes, today=local_day(at))
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("service").get(pk=enrolment.pk)
    if locked.status in ENDED:
        raise Refused("This enrolment has ended: there are no deliveries to wish for.", code="ended")
    end_preferences(locked, on=local_day(at))
    preference = DeliveryPreference.objects.create(
        enrolment=locked,
        weekdays=sorted(set(wishes.weekdays)),
        slot=wishes.slot,
        place=wishes.place,
        place_detail=wishes.place_detail.strip(),
        away_from_on=wishes.away_from_on,
        away_to_on=wishes.away_to_on,
        asked_on=local_day(at),
    )
    raise_notice(
        enrolment=locked,
        kind="PREFERENCE",
        detail=f"The patient asks: {in_words(preference)}. Please say whether you can.",
        effective_on=local_day(at),
        by=by,
        at=at,
    )
    return preference


def _check(wishes: Wishes, *, today: dt.date) -> None:
    if not set(wishes.weekdays) <= DAYS.keys():
        raise Refused("Choose days from Monday to Sunday.")
    if wishes.place != DeliveryPreference.Place.HOME and not wishes.place_detail.strip():
        raise Refused("Say where: the address, and whom to ask for.")
    if wishes.away_to_on is not None and wishes.away_from_on is None:
        raise Refused("Enter the first day away as well as the last.")
    if wishes.away_from_on is not None and wishes.away_to_on is None:
        raise Refused("Enter the last day away as well as the first.")
    if wishes.away_from_on and wishes.away_to_on and wishes.away_to_on < wishes.away_from_on:
        raise Refused("The last day away cannot be before the first.")
    if wishes.away_to_on is not None and wishes.away_to_on < today:
        raise Refused("The days away are over. Leave them empty.")


@action
def answer_preference(
    *,
    preference: DeliveryPreference,
    answer: str,
    answered_on: dt.date,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> DeliveryPreference:
    """Record whether the provider will do as the patient wishes. One that cannot says why. No day in the future."""
    require(by, Permission.PATIENT_EDIT)
    if answer not in {DeliveryPreference.Answer.HONOURED, DeliveryPreference.Answer.CANNOT}:
        raise Refused("Say whether the provider will do it or cannot.")
    if answer == DeliveryPreference.Answer.CANNOT and not reason.strip():
        raise Refused("Say why the provider cannot, so that the patient can be told.")
    if answered_on > local_day(at):
        raise Refused("The provider cannot have answered in the future.")
    locked = DeliveryPreference.objects.select_for_update().get(pk=preference.pk)
    if locked.ended_on is not None:
        raise Stale("These wishes are no longer in force: newer ones took their place.")
    locked.answer, locked.answer_reason, locked.answered_on = answer, reason.strip()[:300], answered_on
    locked.save(update_fields=["answer", "answer_reason", "answered_on"])
    return locked


def end_preferences(enrolment: Enrolment, *, on: dt.date) -> None:
    """End the wishes in force. Part of a deed."""
    for preference in DeliveryPreference.objects.select_for_update().filter(enrolment=enrolment, ended_on=None):
        preference.ended_on = on
        preference.save(update_fields=["ended_on"])


def in_words(preference: DeliveryPreference) -> str:
    """Say the wishes as the provider reads them: "Monday or Friday; morning; to a neighbour, 3 Mill Road"."""
    days = ", ".join(DAYS[day] for day in preference.weekdays) or "any day"
    parts = [days, preference.get_slot_display().lower()]
    if preference.place != DeliveryPreference.Place.HOME:
        parts.append(f"to {preference.get_place_display().lower()}: {preference.place_detail}")
    if preference.away_from_on and preference.away_to_on:
        parts.append(
            f"nothing from {preference.away_from_on:%-d %B %Y} to {preference.away_to_on:%-d %B %Y}, when they are away"
        )
    return "; ".join(parts)
