"""Read everything that a registration is made of, as it stands on a day. Reads only; nothing is judged here."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import F

from homecare.accounts.models import Practitioner
from medicines.models import Product
from patients.models import Consent, ContactPoint, Enrolment, Patient, PatientAddress
from patients.pathway import registration_form as form
from patients.pathway.facts import funding_for, requirements_for
from patients.pathway.requirements import Code, open_codes
from providers.models import ProviderCapability
from providers.services import why_no_new_enrolment

TELEPHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE)
READ_WITH = (
    "patient",
    "medicine",
    "clinic__specialty",
    "clinic__consultant",
    "service__provider",
    "treatment__product",
    "treatment__consultant",
    "treatment__initiating_prescriber",
    "transfer_in",
)


def form_of(enrolment: Enrolment, *, on: dt.date) -> form.RegistrationForm:
    """Return the registration form of an enrolment as it would be filled in on this day."""
    read = Enrolment.objects.select_related(*READ_WITH).get(pk=enrolment.pk)
    patient, treatment = read.patient, read.treatment
    capabilities = _capabilities(read)
    return form.RegistrationForm(
        on=on,
        **_identity(patient),
        **_addresses(patient, on=on),
        **_contacts(patient),
        representatives=_representatives(patient),
        needs=_needs(patient, capabilities),
        clinic=read.clinic.name,
        specialty=read.clinic.specialty.name,
        consultant=_professional(treatment.consultant or read.clinic.consultant),
        prescriber=_professional(treatment.initiating_prescriber),
        product=_product(read),
        indication=treatment.indication,
        regimen=_regimen(read, on=on),
        service=_service(read, capabilities, on=on),
        is_transfer=hasattr(read, "transfer_in"),
        suitability=_suitability(read),
        choice=_choice(read),
        consent=_consent(read),
        funding_in_force=funding_for([read.treatment_id], today=on)[read.treatment_id].allows,
        competent_child=_is_competent(patient),
        weight=_weight(patient, on=on),
        wishes=_wishes(read),
    )


def _identity(patient: Patient) -> dict[str, Any]:
    return {
        "nhs_number": patient.nhs_number or "",
        "nhs_number_status": patient.nhs_number_status,
        "hospital_number": patient.hospital_number,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "date_of_birth": patient.date_of_birth,
        "sex": patient.sex,
        "gp_practice": patient.gp_practice,
        "preferred_contact": patient.preferred_contact,
        "do_not_contact": patient.do_not_contact,
        "language": patient.language,
        "interpreter_needed": patient.interpreter_needed,
    }


def _addresses(patient: Patient, *, on: dt.date) -> dict[str, Any]:
    """Return the addresses in force: one that begins later is the provider's to know when it does."""
    rows = PatientAddress.objects.filter(patient=patient).on(on)
    found = {
        row.use: form.Address(line_1=row.line_1, line_2=row.line_2, town=row.town, postcode=row.postcode)
        for row in rows.order_by(F("starts_on").asc(nulls_first=True), "pk")
    }
    return {"home": found.get(PatientAddress.Use.HOME), "delivery": found.get(PatientAddress.Use.DELIVERY)}


def _contacts(patient: Patient) -> dict[str, Any]:
    usable = list(patient.contact_points.filter(ended_on__isnull=True, is_usable=True).order_by("-kind", "pk"))
    return {
        "telephones": tuple(point.value for point in usable if point.kind in TELEPHONES),
        "email": next((point.value for point in usable if point.kind == ContactPoint.Kind.EMAIL), ""),
    }


def _representatives(patient: Patient) -> tuple[form.Representative, ...]:
    return tuple(
        form.Representative(
            kind=who.kind,
            name=who.name,
            telephone=who.telephone,
            email=who.email,
            may_be_contacted=who.may_be_contacted,
            has_parental_responsibility=who.has_parental_responsibility,
        )
        for who in patient.representatives.filter(ended_on__isnull=True).order_by("pk")
    )


def _capabilities(enrolment: Enrolment) -> dict[tuple[str, str], bool]:
    rows = ProviderCapability.objects.filter(provider_id=enrolment.service.provider_id)
    return {(row.need, row.language): row.offered for row in rows}


def _needs(patient: Patient, capabilities: dict[tuple[str, str], bool]) -> tuple[form.Need, ...]:
    return tuple(
        form.Need(
            kind=need.kind,
            detail=need.detail,
            is_shared=need.shared_with_provider,
            is_met=capabilities.get((need.kind, "")) if not need.how_met else True,
        )
        for need in patient.accessible_needs.order_by("pk")
    )


def _professional(who: Practitioner | None) -> form.Professional | None:
    if who is None:
        return None
    return form.Professional(name=who.name, body=who.registration_body, number=who.registration_number)


def _product(enrolment: Enrolment) -> form.Product:
    medicine, treatment = enrolment.medicine, enrolment.treatment
    product: Product | None = treatment.product
    return form.Product(
        medicine=medicine.name,
        brand=treatment.brand or (product.brand if product else ""),
        form=product.get_form_display() if product else "",
        strength=f"{product.strength_value.normalize():f} {product.strength_unit}" if product else "",
        unit=product.unit_name if product else "",
        storage=medicine.get_storage_display(),
        is_cytotoxic=medicine.cytotoxic,
        by_brand=medicine.prescribed_by_brand or medicine.biologic,
    )


def _regimen(enrolment: Enrolment, *, on: dt.date) -> form.Regimen | None:
    """Return the phase in force, or the first to come."""
    phase = enrolment.phases.exclude(ends_on__lt=on).order_by("starts_on").first()
    if phase is None:
        return None
    return form.Regimen(dose=phase.dose_text, frequency=phase.frequency_text, starts_on=phase.starts_on)


def _service(enrolment: Enrolment, capabilities: dict[tuple[str, str], bool], *, on: dt.date) -> form.Service:
    service = enrolment.service
    offered = Counter(service.styles.values_list("kind", flat=True))
    required = requirements_for([enrolment.pk], today=on)[enrolment.pk]
    return form.Service(
        name=service.name,
        provider=service.provider.name,
        tier=f"{service.get_tier_display()} ({service.get_tier_scheme_display()})" if service.tier else "",
        why_closed=why_no_new_enrolment(service) or "",
        languages=frozenset(
            language for (need, language), is_so in capabilities.items() if need == "LANGUAGE" and is_so
        ),
        has_interpreter=capabilities.get(("INTERPRETER", ""), False),
        offers=frozenset(kind for kind, number in offered.items() if number > 1),
        needs_funding=service.needs_funding_approval,
        needs_training=Code.TRAINING in open_codes(required),
        needs_nurse=any(one.code == Code.NURSE_VISITS for one in required),
    )


def _suitability(enrolment: Enrolment) -> form.Suitability | None:
    last = enrolment.assessments.order_by("-assessed_on", "-pk").first()
    return form.Suitability(outcome=last.outcome, review_due_on=last.review_due_on) if last else None


def _choice(enrolment: Enrolment) -> form.Choice | None:
    last = enrolment.choices.order_by("-chosen_on", "-pk").first()
    if last is None:
        return None
    return form.Choice(
        chosen=last.chosen, administration=last.administration, device=last.device, place=last.place, slot=last.slot
    )


def _consent(enrolment: Enrolment) -> form.Consent | None:
    """Return the consent in force. One that names no provider was given for this enrolment, so for its provider."""
    consent = Consent.objects.in_force().filter(enrolment=enrolment).first()
    if consent is None:
        return None
    return form.Consent(
        version=consent.version,
        method=consent.method,
        given_on=consent.given_on,
        given_as=consent.given_as,
        is_for_this_provider=consent.sharing_with_id in (None, enrolment.service.provider_id),
    )


def _is_competent(patient: Patient) -> bool:
    last = patient.competence_assessments.order_by("-assessed_on", "-pk").first()
    return last is not None and last.outcome == "COMPETENT"


def _weight(patient: Patient, *, on: dt.date) -> form.Weight | None:
    last = patient.weights.filter(weighed_on__lte=on).order_by("-weighed_on").first()
    return form.Weight(kilograms=last.weight_kg, weighed_on=last.weighed_on) if last else None


def _wishes(enrolment: Enrolment) -> form.Wishes | None:
    last = enrolment.delivery_preferences.filter(ended_on__isnull=True).first()
    if last is None:
        return None
    return form.Wishes(
        weekdays=tuple(sorted(last.weekdays)),
        slot=last.slot,
        place=last.place,
        place_detail=last.place_detail,
        away_from_on=last.away_from_on,
        away_to_on=last.away_to_on,
    )
