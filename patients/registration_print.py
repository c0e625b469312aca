"""A registration as it was sent, on paper and as data: both from the same kept words."""

import datetime as dt

from django.conf import settings

from homecare.core.clock import LONDON
from homecare.core.printing import typst_pdf
from patients.models import Registration
from patients.pathway.registration_data import canonical
from patients.registration_words import sections


def as_pdf(registration: Registration, *, printed_by: str, at: dt.datetime) -> bytes:
    """Return the form on one page of A4 (more where it is long), with its attempt and whom to call."""
    said = registration.as_sent.get("registration", {})
    call = [said.get("call", ""), said.get("email", "")]
    values = {
        "provider": registration.provider.name,
        "attempt": str(registration.attempt),
        "reference": str(registration.reference),
        "sent": _moment(registration.sent_at),
        "call": " or ".join(part for part in call if part) or settings.ORGANISATION_NAME,
        "sections": [
            {"title": one.title, "rows": [list(row) for row in one.rows]} for one in sections(registration.as_sent)
        ],
        "sha256": registration.sha256,
    }
    return typst_pdf("registration", values, title="Homecare registration", printed_by=printed_by, at=at)


def as_json(registration: Registration) -> bytes:
    """Return the data as it was sent, to the byte: its SHA-256 is the registration's."""
    return canonical(registration.as_sent)


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
