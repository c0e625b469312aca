"""The list to work from when nothing else works: who runs out or is due a delivery soon, encrypted for one person.

A workbook of the fewest fields that keep people supplied, every cell text, encrypted with a passphrase made here and
shown once (ECMA-376 agile: AES-256). Neither the file nor the passphrase is kept or logged; who took it, of which
patients, and the file's fingerprint are on record.
"""

import datetime as dt
import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, Q
from msoffcrypto.format.ooxml import OOXMLFile

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.core import words
from homecare.core.errors import Refused
from homecare.desk.register.exports import to_xlsx
from homecare.desk.today.enrolments import doses
from patients.models import ContactPoint, Cover, PatientAddress
from providers.models import Provider

DAYS: Final = 14
MOST_ROWS: Final = 5_000
"""More is no list to work from by hand, and would take more than some seconds: then one specialty at a time."""
HEADINGS: Final = (
    "Family name", "Given name", "Date of birth", "NHS number", "Telephone", "Address", "Medicine", "Dose",
    "First dose without medicine", "Next delivery", "Clinic",
)  # fmt: skip
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another, and easy to say on the telephone
_GROUPS: Final = 5
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Handout:
    """The encrypted file, its passphrase, and whom it shows."""

    content: bytes
    passphrase: str
    patient_ids: tuple[int, ...]
    rows: int


def new_passphrase() -> str:
    """Return a passphrase that nobody can guess (99 bits) and everybody can say: "k7mq-3xwp-…"."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS))


def make_handout(*, provider: Provider, by: User, today: dt.date, specialty_id: int | None = None) -> Handout:
    """Make the list of a provider's patients who need something within 14 days. Refused: nobody, or far too many."""
    require(by, Permission.TRANSFER_IN_BULK)
    covers = due_soon(provider, today=today)
    if specialty_id is not None:
        covers = covers.filter(enrolment__clinic__specialty=specialty_id)
    number = covers.count()
    if not number:
        raise Refused("Nobody with this provider runs out, or is due a delivery, in the next 14 days.", code="nobody")
    if number > MOST_ROWS:
        raise Refused(
            f"{number:,} patients are more than one list holds ({MOST_ROWS:,}). Make one for each specialty.",
            code="too_many",
        )
    rows = list(_rows(covers, today=today))
    title = f"{provider} {today:%-d %b %Y}"
    passphrase = new_passphrase()
    content = encrypted(to_xlsx(HEADINGS, (cells for _, cells in rows), title=title), passphrase)
    return Handout(content, passphrase, tuple(sorted({patient_id for patient_id, _ in rows})), len(rows))


def encrypted(workbook: bytes, passphrase: str) -> bytes:
    """Return a workbook encrypted so that Excel and LibreOffice ask for the passphrase."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(passphrase, out)
    return out.getvalue()


def due_soon(provider: Provider, *, today: dt.date) -> Any:
    """Return the covers of those who run out or are due a delivery within 14 days, or of whom nobody knows."""
    last = today + dt.timedelta(days=DAYS)
    expected = Delivery.objects.expected().filter(enrolment=OuterRef("pk"))
    soon = Exists(expected.filter(Q(booked_on__lte=last) | Q(booked_on__isnull=True, planned_on__lte=last)))
    covers = Cover.objects.filter(is_live=True, enrolment__service__provider=provider)
    return covers.filter(
        Q(first_uncovered_dose_on__lte=last) | Q(next_delivery_due_on__lte=last) | Q(stock_known=False) | soon
    )


def _rows(covers: Any, *, today: dt.date) -> Iterator[tuple[int, list[str]]]:
    """Return a line for each, the first to run out on top, those of whom nobody knows last."""
    ordered = covers.order_by("first_uncovered_dose_on", "enrolment_id").select_related(
        "enrolment__patient", "enrolment__medicine", "enrolment__treatment", "enrolment__clinic"
    )
    joined = ordered.prefetch_related(
        Prefetch("enrolment__patient__addresses", PatientAddress.objects.on(today).order_by("pk")),
        Prefetch("enrolment__patient__contact_points", ContactPoint.objects.filter(ended_on__isnull=True)),
    )
    ids = list(ordered.values_list("pk", flat=True))
    for first in range(0, len(ids), _BATCH):
        batch = ids[first : first + _BATCH]
        said, deliveries = doses(batch, today=today), _deliveries(batch)
        for cover in joined.filter(pk__in=batch):
            yield cover.enrolment.patient_id, _line(cover, said.get(cover.pk, ""), deliveries.get(cover.pk))


def _deliveries(enrolment_ids: list[int]) -> dict[int, Delivery]:
    rows = Delivery.objects.expected().filter(enrolment__in=enrolment_ids).order_by("-sequence")
    return {row.enrolment_id: row for row in rows}


def _line(cover: Any, dose: str, delivery: Delivery | None) -> list[str]:
    enrolment = cover.enrolment
    patient, brand = enrolment.patient, enrolment.treatment.brand
    medicine = f"{enrolment.medicine} ({brand})" if brand and brand != str(enrolment.medicine) else enrolment.medicine
    return [
        patient.family_name,
        patient.given_name,
        words.birth_day(patient.date_of_birth),
        words.nhs_number(patient.nhs_number),
        _telephones(patient.contact_points.all()),
        _address(patient.addresses.all()),
        str(medicine),
        dose,
        _said(cover.first_uncovered_dose_on, "none in sight" if cover.stock_known else "not known: count the stock"),
        _delivery(delivery, cover.next_delivery_due_on),
        str(enrolment.clinic),
    ]


def _delivery(delivery: Delivery | None, due_on: dt.date | None) -> str:
    """Say when a delivery comes and where it is; where none is under way, when one is due."""
    if delivery is not None:
        return f"{_said(delivery.booked_on or delivery.planned_on, 'no day')} ({delivery.get_status_display().lower()})"
    return f"due {words.day(due_on)}, none under way" if due_on else "none"


def _said(day: dt.date | None, otherwise: str) -> str:
    return words.day(day) if day else otherwise


def _telephones(points: Iterable[ContactPoint]) -> str:
    wanted = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE)
    return ", ".join(point.value for kind in wanted for point in points if point.kind == kind)


def _address(addresses: Iterable[PatientAddress]) -> str:
    """Return where the medicine goes: the delivery address, else the home."""
    found = {address.use: address for address in addresses}
    return str(found.get(PatientAddress.Use.DELIVERY) or found.get(PatientAddress.Use.HOME) or "")
