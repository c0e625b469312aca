"""A dose, device or brand changed: what is asked, what would follow, then done."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.core import words
from homecare.desk import deeds
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from homecare.desk.deeds import under_way
from homecare.desk.deeds.dosing import (
    LIVE,
    OLD_STOCK_WORDS,
    WHAT_WORDS,
    DoseChange,
    OldStock,
    What,
    is_new_product,
    needs_new_training,
)
from homecare.desk.patient_page.presenter import unit_of
from medicines.models import Product
from patients.actions.preferences import DAYS
from patients.actions.regimen import Doses
from patients.models import Enrolment, RegimenPhase
from prescriptions.models import Prescription

PATTERNS = [(code, label) for code, label in RegimenPhase.Pattern.choices if code != "DOSES_ON"]


class DoseForm(Deed):
    """What changes, and what is left of the old."""

    today_in = "starts_on"
    what = forms.ChoiceField(label="What changes", choices=list(WHAT_WORDS.items()), widget=forms.RadioSelect)
    product = forms.ModelChoiceField(
        label="New product",
        queryset=Product.objects.none(),
        required=False,
        empty_label="The same as now",
        help_text="Strength, device and brand.",
    )
    starts_on = day_field("First day of the new dose")
    units_per_dose = forms.IntegerField(label="Units in each dose", min_value=1, max_value=1_000)
    dose_text = forms.CharField(label="Dose, as written", max_length=60, widget=forms.TextInput(attrs={"size": "20"}))
    pattern = forms.ChoiceField(label="How dose days follow each other", choices=PATTERNS, widget=forms.RadioSelect)
    every_days = forms.IntegerField(
        label="Every so many days", min_value=1, max_value=365, required=False, help_text="For the first kind."
    )
    cycle_on = forms.IntegerField(
        label="Days on", min_value=1, max_value=365, required=False, help_text="For days on and off."
    )
    cycle_off = forms.IntegerField(label="Days off", min_value=0, max_value=365, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week",
        choices=[(day - 1, name) for day, name in DAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For certain days of the week.",
    )
    units_left = forms.IntegerField(
        label="How many of the old are left at home",
        min_value=0,
        max_value=100_000,
        required=False,
        help_text="Ask the patient. Needed where the product changes.",
    )
    old_stock = forms.ChoiceField(
        label="What is done with them",
        choices=list(OLD_STOCK_WORDS.items()),
        required=False,
        widget=forms.RadioSelect,
    )
    reason = words_field("Why", required=False)

    def offer(self, enrolment: Enrolment) -> None:
        """Offer the products of this medicine."""
        products = Product.objects.filter(medicine=enrolment.medicine_id).select_related("medicine")
        self.fields["product"].queryset = products.order_by("brand", "form", "strength_value")  # type: ignore[attr-defined]

    def change(self, given: dict[str, Any]) -> DoseChange:
        """Return what was entered as the deed asks for it."""
        doses = Doses(
            starts_on=given["starts_on"],
            units_per_dose=given["units_per_dose"],
            pattern=given["pattern"],
            every_days=given["every_days"] if given["pattern"] == "EVERY_DAYS" else None,
            cycle_on=given["cycle_on"] if given["pattern"] == "CYCLE" else None,
            cycle_off=given["cycle_off"] if given["pattern"] == "CYCLE" else None,
            weekdays=tuple(given["weekdays"]) if given["pattern"] == "WEEKDAYS" else (),
            dose_text=given["dose_text"],
        )
        return DoseChange(
            what=What(given["what"]),
            doses=doses,
            product=given["product"],
            units_left=given["units_left"],
            old_stock=OldStock(given["old_stock"]) if given["old_stock"] else None,
        )


@require_http_methods(["GET", "POST"])
def dose_change(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Change a dose, a device or a brand, after a look at what follows."""
    who = doing(request, Permission.REGIMEN_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    phase = _phase(enrolment, who.today)

    class Form(DoseForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.offer(enrolment)

    reader = Form(today=who.today)
    return deed_page(
        request,
        form_class=Form,
        page=Page(
            "Change dose or device",
            "Change it",
            "Changed. The old prescriptions are cancelled: the provider must be told and confirm.",
            back_to(enrolment),
            is_dangerous=True,
        ),
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), ("Dose now", str(phase) if phase else "not recorded")],
        initial=_initial(phase),
        preview=lambda given: follows(enrolment, reader.change(given), who.by, today=who.today),
        act=lambda given: deeds.change_dose(
            enrolment=enrolment, change=reader.change(given), by=who.by, at=who.at, reason=given["reason"]
        ),
    )


def _phase(enrolment: Enrolment, today: dt.date) -> RegimenPhase | None:
    phases = RegimenPhase.objects.filter(enrolment=enrolment)
    return phases.filter(starts_on__lte=today).order_by("-starts_on").first() or phases.order_by("starts_on").first()


def _initial(phase: RegimenPhase | None) -> dict[str, Any]:
    if phase is None:
        return {"pattern": "EVERY_DAYS"}
    names = ("units_per_dose", "pattern", "every_days", "cycle_on", "cycle_off", "weekdays")
    return {name: getattr(phase, name) for name in names}


def follows(enrolment: Enrolment, change: DoseChange, user: Any, *, today: dt.date) -> list[str]:
    """Say what would follow from a change, from what is on record."""
    live = Prescription.objects.visible_to(user).filter(enrolment=enrolment, status__in=LIVE).count()
    lines = [_cancelled(live, enrolment)] if live else []
    for delivery in under_way.of_enrolments([enrolment.pk], user):
        said = under_way.in_words(delivery)
        what = "only a telephone call stops it" if under_way.is_on_the_road(delivery) else "it is cancelled"
        lines.append(f"There is {said}: {what}.")
    if enrolment.status != "SUSPENDED":
        lines.append("A prescription for the new dose is asked for now.")
    lines += _of_old_stock(enrolment, change)
    if change.what is What.SWITCH:
        lines.append("Tell the patient about the new brand, give the leaflet, and make sure that they agree.")
    if needs_new_training(enrolment, change.what):
        lines.append("A training visit is planned: the device in the hand is another one.")
    lines.append("A clock runs until the next dose is taken.")
    lines.append("Look at the blood tests: some protocols ask for more of them after a change.")
    return lines


def _cancelled(live: int, enrolment: Enrolment) -> str:
    number = words.count(live, "prescription")
    return f"{number} for the old dose cancelled. {enrolment.service.provider} must confirm that it delivers no more."


def _of_old_stock(enrolment: Enrolment, change: DoseChange) -> list[str]:
    left = change.units_left
    if not left or change.old_stock is None:
        return []
    number = unit_of(enrolment).count(left)
    lines = [
        {
            OldStock.USE_UP: f"{number} of the old are used up first. They count as medicine at home.",
            OldStock.WRITE_OFF: f"{number} of the old are written off and fetched.",
            OldStock.KEEP_APART: f"{number} of the old are kept apart and no longer count as medicine at home.",
        }[change.old_stock]
    ]
    if is_new_product(enrolment, change.product):
        lines.append(
            f"Two kinds will be in the home: {enrolment.treatment.product or 'the old'} beside {change.product}."
            " Tell the patient which is which, and to keep them apart."
        )
    return lines
