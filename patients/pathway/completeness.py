"""What a registration still lacks before it is sent: right first time, so that the provider has nothing to ask.

One table of items. What `BLOCKS` must be there; what `WARNS` should be, and it may be sent without: which is which
stands in the table's last column. Sources: domain.md 2.1 (a telephone that the company can use; a representative who
speaks English where it offers English only), 2.2 (consent before any data goes to a provider; funding before most
high-cost medicines), 2.3 and 4.3. Which items a provider refuses to be without is published nowhere: this is a draft
for a pharmacist to agree.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from patients.pathway.registration_form import RegistrationForm

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|GIR ?0AA", re.IGNORECASE)
SUITABLE = {"SUITABLE", "SUITABLE_WITH_ADJUSTMENTS"}


class Severity(StrEnum):
    """Whether a registration may be sent without."""

    BLOCKS = "BLOCKS"
    WARNS = "WARNS"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing or wrong, what to do about it, and the name of the page on which it is mended."""

    field: str
    words: str
    where: str
    severity: Severity = Severity.BLOCKS

    @property
    def is_blocking(self) -> bool:
        """Say whether nothing is sent without it."""
        return self.severity is Severity.BLOCKS


F = RegistrationForm
B, W = Severity.BLOCKS, Severity.WARNS
DETAILS, TREATMENT, PATIENT = "registration_details", "registration_treatment", "patient"
ADDRESS, CONTACT, SPEAKER = "patient_address", "patient_contact", "patient_representative"
NEEDS, YOUNG = "accessible_needs", "young_person"
OF_PATIENT = frozenset({PATIENT, ADDRESS, CONTACT, SPEAKER, NEEDS, YOUNG})
"""The pages that take the patient's id; the others take the enrolment's."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a registration must have: its name, where it is mended, whether it lacks, and what is said."""

    field: str
    where: str
    is_missing: Callable[[F], bool]
    words: Callable[[F], str] | str
    severity: Severity = B

    def of(self, form: F) -> Missing:
        """Return what is said of a form that lacks it."""
        said = self.words if isinstance(self.words, str) else self.words(form)
        return Missing(self.field, said, self.where, self.severity)


def _blank(text: str) -> bool:
    return not text.strip()


def _number_missing(form: F) -> bool:
    return form.prescriber is not None and _blank(form.prescriber.number)


def _can_be_rung(form: F) -> bool:
    own = not form.do_not_contact and any(not _blank(number) for number in form.telephones)
    return own or any(who.can_be_rung for who in form.representatives)


def _not_in_english(form: F) -> bool:
    """Say whether nobody could talk with this patient: no English, no offer of theirs, nobody to speak for them."""
    if form.speaks_english:
        return False
    spoken = {language.casefold() for language in form.service.languages}
    is_offered = form.service.has_interpreter or form.language.strip().casefold() in spoken
    return not is_offered and not any(who.kind == "DESIGNATED" and who.can_be_rung for who in form.representatives)


def _no_parent(form: F) -> bool:
    has_parent = any(who.has_parental_responsibility for who in form.representatives)
    return form.is_child and not has_parent and not form.competent_child


def _consent_not_by_right(form: F) -> bool:
    """Say whether a child's consent was given by nobody who may."""
    if not form.is_child or form.consent is None:
        return False
    return not (
        form.consent.given_as == "PARENT" or (form.consent.given_as == "COMPETENT_CHILD" and form.competent_child)
    )


def _no_administration(form: F) -> bool:
    """Say whether there is a choice of who gives it, and none was made. The device is the product's own."""
    is_open = "ADMINISTRATION" in form.service.offers and _chose_homecare(form)
    return is_open and form.choice is not None and _blank(form.choice.administration)


def _suitable(form: F) -> bool:
    return form.suitability is not None and form.suitability.outcome in SUITABLE


def _chose_homecare(form: F) -> bool:
    return form.choice is not None and form.choice.chosen == "HOMECARE"


def _no_wishes(form: F) -> bool:
    """Say whether there is a choice of place or time, and nobody asked for the patient's."""
    if not _chose_homecare(form) or form.wishes is not None or not form.service.offers & {"PLACE", "SLOT"}:
        return False
    return form.choice is not None and _blank(form.choice.place) and _blank(form.choice.slot)


def _nearby(form: F) -> bool:
    """Say whether deliveries go to a place that is not described."""
    return form.wishes is not None and form.wishes.place != "HOME" and _blank(form.wishes.place_detail)


ITEMS: tuple[Item, ...] = (
    # Who it is
    Item("nhs_number", PATIENT, lambda f: _blank(f.nhs_number),
         "There is no NHS number: the provider will know the patient by the hospital number alone.", W),
    Item("nhs_number_status", DETAILS, lambda f: not _blank(f.nhs_number) and f.nhs_number_status != "VERIFIED",
         "The NHS number is not verified. Check it with the patient and the national record.", W),
    Item("hospital_number", PATIENT, lambda f: _blank(f.hospital_number), "Enter the hospital number."),
    Item("family_name", PATIENT, lambda f: _blank(f.family_name), "Enter the family name."),
    Item("given_name", PATIENT, lambda f: _blank(f.given_name), "Enter the given name."),
    Item("date_of_birth", PATIENT, lambda f: f.date_of_birth > f.on, "The date of birth is in the future. Correct it."),
    Item("sex", DETAILS, lambda f: f.sex == "UNKNOWN", "Sex is not recorded.", W),
    Item("gp_practice", DETAILS, lambda f: _blank(f.gp_practice),
         "Enter the GP practice, or write that the patient has none."),
    # Where, and how to reach them
    Item("address", ADDRESS, lambda f: f.deliver_to is None or _blank(f.deliver_to.line_1),
         "Enter the address to which the medicine goes."),
    Item("postcode", ADDRESS, lambda f: f.deliver_to is not None and _blank(f.deliver_to.postcode),
         "Enter the postcode of the address."),
    Item("postcode_wrong", ADDRESS,
         lambda f: f.deliver_to is not None and not _blank(f.deliver_to.postcode)
         and not POSTCODE.fullmatch(f.deliver_to.postcode.strip()),
         lambda f: f"“{f.deliver_to.postcode if f.deliver_to else ''}” is no UK postcode. Correct it."),
    Item("telephone", CONTACT, lambda f: not f.do_not_contact and not _can_be_rung(f),
         lambda f: f"Enter a mobile or landline that {f.service.provider} can ring: it calls before it delivers."),
    Item("do_not_contact", SPEAKER, lambda f: f.do_not_contact and not _can_be_rung(f),
         "The patient is not to be contacted. Name a representative, with a telephone number, whom the provider may"
         " ring."),
    Item("preferred_contact", DETAILS, lambda f: f.preferred_contact == "NONE",
         "Ask how the patient wishes to be contacted.", W),
    Item("email", CONTACT, lambda f: f.preferred_contact == "EMAIL" and _blank(f.email),
         "The patient prefers email, and no usable address is recorded.", W),
    Item("language", NEEDS, lambda f: f.interpreter_needed and _blank(f.language),
         "An interpreter is needed. Enter the language."),
    Item("representative", SPEAKER, _not_in_english,
         lambda f: f"{f.service.provider} offers no {f.language.strip() or 'other language'}. Name a designated"
                   " representative who speaks English, with a telephone number."),
    Item("needs", NEEDS, lambda f: any(not need.is_shared for need in f.needs),
         "A need for accessible information is recorded and not shared with the provider. Ask the patient, and share"
         " it.", W),
    Item("needs_met", NEEDS, lambda f: any(need.is_met is False for need in f.needs),
         lambda f: f"{f.service.provider} says that it cannot meet every need of this patient. Agree how it is met"
                   " instead.", W),
    # A child
    Item("parent", SPEAKER, _no_parent,
         "The patient is under 16. Name who has parental responsibility, or record that the child was assessed as"
         " competent."),
    Item("weight", YOUNG, lambda f: f.is_child and f.weight is None,
         "The patient is under 16. Record a weight, with its date."),
    # The treatment
    Item("consultant", TREATMENT, lambda f: f.consultant is None, "The consultant is not recorded.", W),
    Item("prescriber", TREATMENT, lambda f: f.prescriber is None, "Name the prescriber."),
    Item("prescriber_number", TREATMENT, _number_missing,
         lambda f: f"Enter the professional registration number of {f.prescriber.name if f.prescriber else ''}."),
    Item("product", TREATMENT, lambda f: _blank(f.product.form), "Choose the product: its form, device and strength."),
    Item("brand", TREATMENT, lambda f: f.product.by_brand and _blank(f.product.brand),
         lambda f: f"Choose the brand: {f.product.medicine} is prescribed by brand."),
    Item("indication", TREATMENT, lambda f: _blank(f.indication), "Enter the indication."),
    Item("regimen", "regimen", lambda f: f.regimen is None,
         "The dose is not recorded: the provider plans from the prescription alone.", W),
    # What must come first
    Item("service", "enrolment", lambda f: bool(f.service.why_closed), lambda f: f.service.why_closed),
    Item("suitability", "suitability", lambda f: not f.is_transfer and not _suitable(f),
         "Assess whether homecare is suitable."),
    Item("suitability_known", "suitability", lambda f: f.is_transfer and not _suitable(f),
         "No assessment of suitability is on record. The patient is on homecare already: assess it when you can.", W),
    Item("suitability_review", "suitability",
         lambda f: f.suitability is not None and f.suitability.review_due_on is not None
         and f.suitability.review_due_on < f.on,
         "The suitability assessment was due for review.", W),
    Item("choice", "choice", lambda f: not f.is_transfer and not _chose_homecare(f),
         "Record that the patient was offered homecare or hospital, and chose homecare."),
    Item("choice_known", "choice", lambda f: f.is_transfer and not _chose_homecare(f),
         "No choice is on record. The patient is on homecare already: offer it when you next speak.", W),
    Item("administration", "choice", _no_administration, "Record who gives the medicine."),
    Item("delivery", "choice", _no_wishes, "Ask which place and part of the day suit the patient.", W),
    Item("consent", "consent", lambda f: f.consent is None,
         "Record consent: nothing about a patient goes to a provider without it."),
    Item("consent_date", "consent", lambda f: f.consent is not None and f.consent.given_on is None,
         "The day on which consent was given is not known. Ask the patient, and record it."),
    Item("consent_provider", "consent", lambda f: f.consent is not None and not f.consent.is_for_this_provider,
         lambda f: f"The patient consented to sharing with another provider. Ask about {f.service.provider}."),
    Item("consent_right", "consent", _consent_not_by_right,
         "The patient is under 16: consent is given by somebody with parental responsibility, or by a child assessed as"
         " competent."),
    Item("consent_of_age", "consent",
         lambda f: not f.is_child and f.consent is not None and f.consent.given_as == "PARENT",
         "A parent consented, and the patient is 16 or over now. Ask the patient."),
    Item("funding", "funding", lambda f: f.service.needs_funding and not f.funding_in_force,
         "Record the funding approval: this service needs one in force before registration."),
    Item("wishes", "preferences", _nearby, "Say where deliveries go, and to whom."),
)  # fmt: skip


def missing(form: RegistrationForm) -> list[Missing]:
    """Return what the form lacks: first what stops it from being sent, each group in the order of the form."""
    found = [item.of(form) for item in ITEMS if item.is_missing(form)]
    return sorted(found, key=lambda one: not one.is_blocking)


def blocking(found: list[Missing]) -> list[Missing]:
    """Return those without which nothing is sent."""
    return [one for one in found if one.is_blocking]
