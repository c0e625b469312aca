"""Another dose, device or brand for somebody on treatment: the regimen and the product from a day on.

Part of `homecare.desk.deeds.change_dose`, which also cancels the old prescriptions and asks for a new one.
"""

import datetime as dt
from dataclasses import asdict

from homecare.core.errors import Refused
from medicines.models import Product
from patients.actions.regimen import Doses, check_doses, frequency_of
from patients.models import Enrolment, RegimenPhase

ONE_DAY = dt.timedelta(days=1)


def change_doses(enrolment: Enrolment, doses: Doses) -> RegimenPhase:
    """Let these doses hold from their first day on, in the place of whatever was to follow. Part of a deed.

    The stretch before ends the day before; one that had not begun by then is replaced. Refused: doses that are not
    whole, or two or more later stretches (a tapering plan, which a person must look at).
    """
    check_doses(doses)
    phases = list(RegimenPhase.objects.select_for_update().filter(enrolment=enrolment).order_by("starts_on"))
    following = [phase for phase in phases if phase.starts_on >= doses.starts_on]
    if len(following) > 1:
        raise Refused(
            f"The regimen has {len(following)} more parts from {following[0].starts_on:%-d %B %Y} on. "
            "Choose a first day after them, or ask for the plan to be written anew."
        )
    for phase in phases:
        if phase.starts_on < doses.starts_on and (phase.ends_on is None or phase.ends_on >= doses.starts_on):
            phase.ends_on = doses.starts_on - ONE_DAY
            phase.save(update_fields=["ends_on"])
    phase = following[0] if following else RegimenPhase(enrolment=enrolment)
    for name, value in asdict(doses).items():
        setattr(phase, name, value)
    phase.frequency_text = doses.frequency_text.strip() or frequency_of(doses)
    phase.weekdays, phase.doses_on = list(doses.weekdays) or None, sorted(doses.doses_on) or None
    phase.is_assumed = False
    phase.save()
    return phase


def change_product(enrolment: Enrolment, product: Product) -> None:
    """Let the treatment be with this product and its brand. Refused: one of another medicine."""
    if product.medicine_id != enrolment.medicine_id:
        raise Refused(
            f"{product} is another medicine. Stop this treatment and refer the patient for the other one.",
            code="another_medicine",
        )
    treatment = enrolment.treatment
    treatment.product, treatment.brand = product, product.brand
    treatment.save(update_fields=["product", "brand"])


def in_words(phase: RegimenPhase, *, what: str, product: Product | None) -> str:
    """Say to the provider what changes, and that the new prescription is to be waited for."""
    dose = " ".join(part for part in (phase.dose_text, phase.frequency_text) if part)
    now = f"{product}, {dose}" if product is not None else dose
    return (
        f"{what} changes from {phase.starts_on:%-d %B %Y}: {now}. Deliver nothing more of the old; "
        "a new prescription follows."
    )
