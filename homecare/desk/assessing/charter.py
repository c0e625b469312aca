"""The charter of a patient's own service, and the welcome letter: the same words for the screen and for paper.

What every charter says is data (CharterPoint), what this one says is of the service. Nothing is made up where the
service says nothing: the member of staff is told what is missing before anything is printed.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from homecare.core.printing import PrintStyle
from homecare.core.words import count
from homecare.desk.patient_page.presenter import title_of
from patients.actions.choice import charter_points
from patients.models import CharterPoint, Enrolment, Patient, PatientAddress, RegimenPhase
from providers.models import HomecareService

ASK = "Ask us"
MUST_SAY = {
    "helpline_telephone": "the provider’s telephone number",
    "out_of_hours_telephone": "the provider’s number outside its hours",
    "hospital_telephone": "the hospital’s telephone number",
    "hospital_out_of_hours_telephone": "the hospital’s number outside its hours",
    "complaints_contact": "whom to complain to",
    "how_to_change": "how to change or leave",
    "use_of_personal_data": "what personal data is used for",
    "benefits_and_risks": "benefits and risks",
    "about_the_service": "what the service does",
}


@dataclass(frozen=True)
class Section:
    """One part: its heading, its paragraphs, its facts and its points."""

    title: str
    picture: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """How it is printed for this patient: the size of its letters, and whether in easy read."""

    style: PrintStyle
    is_easy: bool

    @property
    def words(self) -> str:
        """Say it."""
        if self.is_easy:
            return "Easy read, large print" if self.style == PrintStyle.LARGE_PRINT else "Easy read"
        return "Large print" if self.style == PrintStyle.LARGE_PRINT else "Standard print"


def look_for(needs: Collection[str], *, asked: str = "") -> Look:
    """Return how it is printed: as asked for, else as the patient's needs say."""
    wanted = {asked} if asked in PrintStyle.__members__ else set(needs)
    is_easy = "EASY_READ" in wanted
    if "LARGE_PRINT" in wanted:
        return Look(PrintStyle.LARGE_PRINT, is_easy)
    return Look(PrintStyle.EASY_READ if is_easy else PrintStyle.STANDARD, is_easy)


def missing_of(service: HomecareService) -> list[str]:
    """Say what the service's charter cannot tell, because nobody has recorded it."""
    missing = [words for name, words in MUST_SAY.items() if not getattr(service, name).strip()]
    if settings.TEAM_TELEPHONE and MUST_SAY["hospital_telephone"] in missing:
        missing.remove(MUST_SAY["hospital_telephone"])
    if service.charge_policy == HomecareService.ChargePolicy.NOT_RECORDED:
        missing.append("whether prescription charges apply")
    return missing


def not_on_paper(needs: Collection[str]) -> list[str]:
    """Say which needs no print meets."""
    said = {
        "BRAILLE": "The patient reads braille: have the charter transcribed, a print is not enough.",
        "BSL": "The patient uses British Sign Language: go through the charter with an interpreter.",
    }
    return [words for need, words in said.items() if need in needs]


def charter_of(enrolment: Enrolment, *, is_easy: bool) -> list[Section]:
    """Return the parts of the charter of this enrolment's service."""
    points = charter_points()
    rights = [point for point in points if point.section == CharterPoint.Section.RIGHT]
    asked = [point for point in points if point.section == CharterPoint.Section.RESPONSIBILITY]
    service = enrolment.service
    sections = [
        Section("Whom to call", "telephone", facts=_contacts(service), paragraphs=_language(enrolment.patient)),
        Section(
            "Your treatment", "medicine", facts=_treatment(enrolment), paragraphs=_lines(service.about_the_service)
        ),
        Section("What you can expect", "tick", points=_wording(rights, is_easy)),
        Section("What we ask of you", "person", points=_wording(asked, is_easy)),
        Section("Benefits and risks", "scales", paragraphs=_lines(service.benefits_and_risks)),
        Section("If you want to change or leave", "arrows", paragraphs=_change(service)),
        Section("If something is wrong", "speech", paragraphs=_complaints(service)),
        Section("What is shared about you", "lock", paragraphs=_data(service)),
    ]
    return [section for section in sections if section.paragraphs or section.facts or section.points]


def _wording(points: Collection[CharterPoint], is_easy: bool) -> tuple[str, ...]:
    return tuple(point.plain_wording if is_easy else point.wording for point in points)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _contacts(service: HomecareService) -> tuple[tuple[str, str], ...]:
    hospital = service.hospital_telephone or settings.TEAM_TELEPHONE
    return (
        (str(service.provider), _number(service.helpline_telephone, service.helpline_hours)),
        (f"{service.provider}, outside these hours", service.out_of_hours_telephone or ASK),
        ("The hospital homecare team", _number(hospital, service.hospital_hours)),
        ("The hospital, outside these hours", service.hospital_out_of_hours_telephone or ASK),
        ("In an emergency", "999"),
    )


def _number(telephone: str, hours: str) -> str:
    return ", ".join(part for part in (telephone, hours) if part) if telephone else ASK


def _language(patient: Patient) -> tuple[str, ...]:
    if patient.interpreter_needed:
        return (
            f"You can have an interpreter{f' ({patient.language})' if patient.language else ''}. Tell us each time.",
        )
    if patient.language.strip().lower() in {"", "english"}:
        return ()
    return (f"You speak {patient.language}. Tell us if an interpreter would help.",)


def _treatment(enrolment: Enrolment) -> tuple[tuple[str, str], ...]:
    phase = RegimenPhase.objects.filter(enrolment=enrolment).order_by("-starts_on").first()
    dose = f"{phase.dose_text} {phase.frequency_text}".strip() if phase else ""
    service = enrolment.service
    rows = [
        ("Your medicine", title_of(enrolment)),
        ("How much and how often", dose),
        ("Brought by", str(service.provider)),
        ("A delivery comes every", count(service.delivery_interval_days, "day")),
        ("Prescription charges", _charges(service)),
        ("Looked after by", str(enrolment.clinic)),
    ]
    return tuple((name, value) for name, value in rows if value)


def _charges(service: HomecareService) -> str:
    policy = HomecareService.ChargePolicy
    return {
        policy.FREE.value: "You pay nothing.",
        policy.CHARGES_APPLY.value: "If you normally pay for prescriptions, you pay for this one.",
    }.get(service.charge_policy, "")


def _change(service: HomecareService) -> tuple[str, ...]:
    always = "You may have your medicine from the hospital instead, at any time. Tell the hospital homecare team."
    return (always, *_lines(service.how_to_change))


def _complaints(service: HomecareService) -> tuple[str, ...]:
    contact = service.complaints_contact.strip()
    return ("Tell us. Nobody treats you worse because you did.", *((f"To complain: {contact}",) if contact else ()))


def _data(service: HomecareService) -> tuple[str, ...]:
    always = (
        f"With your consent the hospital gives {service.provider} what it needs to supply you. You may withdraw your"
        " consent at any time."
    )
    return (always, *_lines(service.use_of_personal_data))


def printed_charter(enrolment: Enrolment, look: Look) -> dict[str, Any]:
    """Return what the template of the charter is given."""
    points = charter_points()
    return {
        "patient": f"{enrolment.patient.given_name} {enrolment.patient.family_name}",
        "sections": [asdict(section) for section in charter_of(enrolment, is_easy=look.is_easy)],
        "is_easy": look.is_easy,
        "version": points[0].version if points else "",
    }


def printed_welcome(enrolment: Enrolment, look: Look, *, today: dt.date) -> dict[str, Any]:
    """Return what the template of the welcome letter is given."""
    patient, service = enrolment.patient, enrolment.service
    address = PatientAddress.objects.filter(patient=patient).on(today).order_by("-use").first()
    lines = (address.line_1, address.line_2, address.town, address.postcode) if address else ()
    activities = set(service.activities.values_list("activity", flat=True))
    return {
        "name": f"{patient.given_name} {patient.family_name}",
        "address": [line for line in lines if line],
        "date": f"{today.day} {today:%B %Y}",
        "medicine": title_of(enrolment),
        "provider": str(service.provider),
        "is_easy": look.is_easy,
        "first_delivery_days": service.first_delivery_target_days or 0,
        "training": "TRAINING_AND_COMPETENCY" in activities,
        "nurse": "ADMINISTERED_BY_PROFESSIONAL" in activities,
        "equipment": bool(activities & {"REFRIGERATION_PROVIDED", "EQUIPMENT_INSTALLED"}),
        "signature": service.signature_required,
        "contacts": [list(row) for row in _contacts(service)],
        "language": list(_language(patient)),
    }
