"""Where a patient lives and where medicine goes: from a day on, told to the provider, never changed behind a delivery.

An address that begins in the future becomes current on its day by itself: whoever asks says for which day
(`PatientAddress.objects.on`). What a delivery under way was booked to is kept with the delivery.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.actions.notices import one_for_each_provider, raise_notice
from patients.models import DeliveryPreference, Patient, PatientAddress

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """An address as somebody reads it out."""

    line_1: str
    line_2: str = ""
    town: str = ""
    postcode: str = ""


@action
def change_address(
    *,
    patient: Patient,
    use: str,
    place: Place,
    starts_on: dt.date,
    by: User,
    at: dt.datetime,
    under_way: Mapping[int, str] | None = None,
    reason: str = "",
) -> PatientAddress:
    """Record the address that holds from a day on, today or later or some days ago, and tell the providers.

    `under_way` says for a provider (by id) what it must hear of deliveries under way. One that has not begun yet is
    replaced; one that began that same day is corrected. Refused: a day before the one on which the present address
    began, an address without its first line.
    """
    require(by, Permission.PATIENT_EDIT)
    if not place.line_1.strip():
        raise Refused("Enter the first line of the address.")
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    _check_alive(locked)
    last = PatientAddress.objects.filter(patient=locked, use=use, ends_on__isnull=True).first()
    if last is not None and last.starts_on is not None and starts_on <= last.starts_on:
        address = _put_in_place_of(last, place, starts_on=starts_on, today=local_day(at))
    else:
        if last is not None:
            _end(last, starts_on - ONE_DAY)
        address = PatientAddress.objects.create(patient=locked, use=use, starts_on=starts_on, **asdict(place))
    _tell_providers(locked, effective_on=starts_on, under_way=under_way or {}, by=by, at=at)
    pathway.refresh_waiting(locked, by=by, at=at)
    return address


def _put_in_place_of(last: PatientAddress, place: Place, *, starts_on: dt.date, today: dt.date) -> PatientAddress:
    """Correct an address on the day on which it began, or change one that has not begun yet."""
    assert last.starts_on is not None
    before = PatientAddress.objects.filter(patient=last.patient, use=last.use, ends_on__isnull=False)
    earlier = before.exclude(pk=last.pk).order_by("-ends_on", "-pk").first()
    has_begun = last.starts_on <= today and last.starts_on != starts_on
    if has_begun or (earlier is not None and earlier.starts_on is not None and starts_on <= earlier.starts_on):
        begun = last.starts_on if has_begun or earlier is None else earlier.starts_on
        raise Refused(
            f"The address on record began on {begun:%-d %B %Y}. A new one begins after that: enter a later day."
        )
    if earlier is not None and earlier.ends_on == last.starts_on - ONE_DAY:
        _end(earlier, starts_on - ONE_DAY)
    for name, value in asdict(place).items():
        setattr(last, name, value)
    last.starts_on = starts_on
    last.save(update_fields=[*asdict(place), "starts_on"])
    return last


def _end(address: PatientAddress, on: dt.date) -> None:
    address.ends_on = on
    address.save(update_fields=["ends_on"])


@action
def end_delivery_address(
    *,
    patient: Patient,
    ends_on: dt.date,
    by: User,
    at: dt.datetime,
    under_way: Mapping[int, str] | None = None,
    reason: str = "",
) -> PatientAddress:
    """Record the last day on which medicine goes to the delivery address; then it goes to the home. Providers hear.

    Refused: there is none, there is no home address to deliver to, or it would end before it began.
    """
    require(by, Permission.PATIENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    _check_alive(locked)
    current = PatientAddress.objects.filter(patient=locked, use="DELIVERY", ends_on__isnull=True).first()
    if current is None:
        raise Refused("There is no delivery address: medicine goes to the home.")
    if not PatientAddress.objects.filter(patient=locked, use="HOME", ends_on__isnull=True).exists():
        raise Refused("There is no home address to deliver to. Record the home address first.")
    if current.starts_on is not None and ends_on < current.starts_on:
        raise Refused(f"The delivery address began on {current.starts_on:%-d %B %Y}. It cannot end before that.")
    _end(current, ends_on)
    _tell_providers(locked, effective_on=ends_on + ONE_DAY, under_way=under_way or {}, by=by, at=at)
    return current


def _check_alive(patient: Patient) -> None:
    if patient.deceased:
        raise Refused("This patient has died. Nothing is changed or sent any more.", code="deceased")


def _tell_providers(
    patient: Patient, *, effective_on: dt.date, under_way: Mapping[int, str], by: User, at: dt.datetime
) -> None:
    """Tell each provider of all addresses that hold or will hold, so that the last notice says the whole."""
    detail = addresses_in_words(patient, today=local_day(at))
    for enrolment in one_for_each_provider(patient):
        more = under_way.get(enrolment.service.provider_id, "")
        raise_notice(
            enrolment=enrolment,
            kind="ADDRESS",
            detail=" ".join(part for part in (detail, more) if part),
            effective_on=effective_on,
            by=by,
            at=at,
        )


def addresses_in_words(patient: Patient, *, today: dt.date) -> str:
    """Say each address that holds today or will: "Delivery address from 12 March 2026: 1 High Street, Sandwell."."""
    rows = PatientAddress.objects.filter(patient=patient).from_day(today).order_by("use", "ends_on", "pk")
    return " ".join(_in_words(row, today=today) for row in rows)


def _in_words(address: PatientAddress, *, today: dt.date) -> str:
    since = address.starts_on
    begins = f" from {since:%-d %B %Y}" if since is not None and since > today else ""
    ends = f" until {address.ends_on:%-d %B %Y}" if address.ends_on is not None else ""
    return f"{address.get_use_display()} address{begins}{ends}: {address}."


def delivered_to(patient_id: int, *, on: dt.date, enrolment_id: int | None = None) -> str:
    """Return where medicine goes on a day: the place the provider agreed to, the delivery address, else the home."""
    agreed = DeliveryPreference.objects.filter(enrolment=enrolment_id, ended_on__isnull=True, answer="HONOURED")
    place = agreed.exclude(place="HOME").first() if enrolment_id is not None else None
    if place is not None:
        return f"{place.get_place_display()}: {place.place_detail}"
    rows = PatientAddress.objects.filter(patient=patient_id).on(on)
    chosen = sorted(rows, key=lambda row: (row.use != PatientAddress.Use.DELIVERY, -row.pk))
    return str(chosen[0]) if chosen else ""
