"""What the pages of a referral show: people on record beside the one asked for, and services with why one is closed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from homecare.accounts.models import User
from homecare.audit import access
from homecare.core import words
from homecare.desk.referral.models import ReferralDraft
from homecare.desk.referral.treatment_form import service_words
from medicines.models import Medicine
from patients.lookalikes import Found
from patients.matching import Agreement, Comparison, Identity
from patients.models import Enrolment, Patient
from providers.models import HomecareService
from providers.services import why_no_new_enrolment

LABELS = {
    "nhs_number": "NHS number",
    "hospital_number": "Hospital number",
    "family_name": "Family name",
    "given_name": "Given name",
    "date_of_birth": "Date of birth",
}
MARKS = {
    Agreement.SAME: ("Same", "green"),
    Agreement.CLOSE: ("Nearly", "amber"),
    Agreement.DIFFERENT: ("Differs", "red"),
    Agreement.UNKNOWN: ("", ""),
}


@dataclass(frozen=True)
class Side:
    """One field, as asked for and as on record, and how they agree."""

    label: str
    asked: str
    known: str
    mark: str
    colour: str
    words: str


@dataclass(frozen=True)
class Match:
    """Somebody on record beside the person asked for."""

    patient_id: int
    name: str
    verdict: str
    is_same_number: bool
    sides: tuple[Side, ...]
    notices: tuple[tuple[str, str], ...]
    treatments: tuple[str, ...]
    is_deceased: bool


def matches_of(user: User, asked: Identity, found: Sequence[Found]) -> list[Match]:
    """Return those found, side by side with the person asked for, in two queries however many there are."""
    people = Patient.objects.visible_to(user).in_bulk([one.patient_id for one in found])
    access.collect(people)
    treated = _treatments(list(people)) if people else {}
    return [
        _match(people[one.patient_id], asked, one.comparison, treated.get(one.patient_id, ()))
        for one in found
        if one.patient_id in people
    ]


def _match(patient: Patient, asked: Identity, comparison: Comparison, treatments: Sequence[str]) -> Match:
    is_same = Agreement.SAME in (comparison.nhs_number.agreement, comparison.hospital_number.agreement)
    return Match(
        patient_id=patient.pk,
        name=words.person(patient.family_name, patient.given_name),
        verdict=_verdict(comparison, is_same=is_same),
        is_same_number=is_same,
        sides=tuple(_side(name, asked, patient, comparison) for name in LABELS),
        notices=tuple(_notices(patient)),
        treatments=tuple(treatments),
        is_deceased=patient.deceased,
    )


def _verdict(comparison: Comparison, *, is_same: bool) -> str:
    differs = [LABELS[name].lower().replace("nhs", "NHS") for name in comparison.contradicts]
    if not is_same:
        return "Looks alike"
    number = "NHS number" if comparison.nhs_number.agreement is Agreement.SAME else "hospital number"
    return f"Same {number}" + (
        f", but {_listed(differs)} {'differs' if len(differs) == 1 else 'differ'}" if differs else ""
    )


def _listed(names: list[str]) -> str:
    """Say names in a row: "the family name, the given name and the date of birth"."""
    said = [f"the {name}" for name in names]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _side(name: str, asked: Identity, patient: Patient, comparison: Comparison) -> Side:
    compared = getattr(comparison, name)
    mark, colour = MARKS[compared.agreement]
    return Side(LABELS[name], said(name, getattr(asked, name)), said(name, getattr(patient, name)), mark, colour,
                compared.words)  # fmt: skip


def said(name: str, value: Any) -> str:
    """Say one value of an identity, or a dash."""
    if not value:
        return "–"
    if name == "nhs_number":
        return words.nhs_number(value)
    return words.birth_day(value) if name == "date_of_birth" else str(value)


def _notices(patient: Patient) -> list[tuple[str, str]]:
    found = []
    if patient.deceased:
        when = f" on {words.birth_day(patient.died_on)}" if patient.died_on else ""
        found.append(("red", f"Deceased{when}: cannot be referred"))
    if patient.restricted:
        found.append(("red", "Restricted record: look only if you care for this patient"))
    if patient.do_not_contact:
        found.append(("amber", "Do not contact"))
    return found


def _treatments(patient_ids: list[int]) -> dict[int, list[str]]:
    rows = Enrolment.objects.filter(patient__in=patient_ids).order_by("patient", "-pk")
    said_of: dict[int, list[str]] = defaultdict(list)
    for row in rows.select_related("medicine", "service__provider"):
        said_of[row.patient_id].append(f"{row.medicine}, {row.service.provider}: {row.get_status_display().lower()}")
    return said_of


@dataclass(frozen=True)
class Offered:
    """The services that supply a medicine: those that take new patients, and why each other one does not."""

    open: tuple[HomecareService, ...]
    closed: tuple[tuple[str, str], ...]


def services_of(user: User, medicine: Medicine) -> Offered:
    """Return the services that supply a medicine, in one query."""
    rows = HomecareService.objects.visible_to(user).filter(service_medicines__medicine=medicine)
    judged = [
        (row, why_no_new_enrolment(row)) for row in rows.select_related("provider").order_by("provider__name", "name")
    ]
    return Offered(
        tuple(row for row, why in judged if why is None),
        tuple((service_words(row), why) for row, why in judged if why is not None),
    )


@dataclass(frozen=True)
class DraftLine:
    """One draft in the list: whose, of what, until when it is kept, and where it goes on."""

    draft: ReferralDraft
    who: str
    what: str
    query: str


def draft_lines(user: User, drafts: Sequence[ReferralDraft]) -> list[DraftLine]:
    """Return the drafts as lines; the patients named are on record as shown."""
    access.collect(draft.patient_id for draft in drafts)
    return [_draft_line(draft) for draft in drafts]


def _draft_line(draft: ReferralDraft) -> DraftLine:
    line = DraftLine(draft, "", "New patient", f"draft={draft.pk}")
    if draft.patient is not None:
        who = words.person(draft.patient.family_name, draft.patient.given_name)
        return replace(line, who=who, what=str(draft.medicine), query=f"medicine={draft.medicine_id}&draft={draft.pk}")
    typed = draft.values()
    family, given = (typed.get(name, [""])[0] for name in ("family_name", "given_name"))
    return replace(line, who=words.person(family, given) or "No name yet")
