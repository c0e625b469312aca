"""What cover is computed from, as facts, and what was computed, as one row for each enrolment."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value

from homecare.core.models import Tracked
from homecare.core.rights import Deletable, Untracked


class RegimenPhase(Tracked):
    """A stretch of a regimen: on which days a dose is due, and of how many units."""

    class Pattern(models.TextChoices):
        """How dose days follow each other."""

        EVERY_DAYS = "EVERY_DAYS", "Every so many days"
        CYCLE = "CYCLE", "Days on, days off"
        WEEKDAYS = "WEEKDAYS", "Certain days of the week"
        DOSES_ON = "DOSES_ON", "Exactly these days"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="phases")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    units_per_dose = models.PositiveIntegerField()
    pattern = models.CharField(max_length=10, choices=Pattern.choices)
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    cycle_on = models.PositiveSmallIntegerField(null=True, blank=True)
    cycle_off = models.PositiveSmallIntegerField(null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    doses_on = ArrayField(models.DateField(), null=True, blank=True)
    dose_text = models.CharField(max_length=60, blank=True)
    frequency_text = models.CharField(max_length=60, blank=True)
    is_assumed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units_per_dose__gt=0), name="phase_dose_has_units"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="phase_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=(
                    Q(pattern="EVERY_DAYS", every_days__gt=0)
                    | Q(pattern="CYCLE", cycle_on__gt=0, cycle_off__isnull=False)
                    | Q(pattern="WEEKDAYS", weekdays__len__gt=0)
                    | Q(pattern="DOSES_ON", doses_on__len__gt=0)
                ),
                name="phase_pattern_is_whole",
            ),
            ExclusionConstraint(
                name="phases_do_not_overlap",
                expressions=[
                    (Func("enrolment", "enrolment", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func("starts_on", "ends_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dose_text} {self.frequency_text}".strip() or f"phase {self.pk}"


class SupplyFactQuerySet(models.QuerySet["SupplyFact"]):
    """Supply facts, asked for in words."""

    def standing(self) -> Self:
        """Keep those that were not withdrawn as entered in error."""
        return self.filter(withdrawn_at__isnull=True)


class SupplyFact(Tracked):
    """Something known of the medicine at one patient's home on one day. Never edited; withdrawn if wrong."""

    class Kind(models.TextChoices):
        """What happened, in the order in which facts of one day are taken."""

        DELIVERY = "DELIVERY", "Delivery received"
        COUNT = "COUNT", "Counted at home"
        MISSED = "MISSED", "Dose not taken"
        TAKEN = "TAKEN", "Taken besides the regimen"
        WRITE_OFF = "WRITE_OFF", "Written off"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="supply_facts")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    on = models.DateField()
    units = models.PositiveIntegerField(default=0)
    expires_on = models.DateField(null=True, blank=True)
    after_dose = models.BooleanField(default=False)
    method = models.CharField(max_length=40, blank=True)
    delivery_line = models.PositiveBigIntegerField(null=True, blank=True, help_text="the delivery line it comes from")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_assumed = models.BooleanField(default=False)

    objects = SupplyFactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "on"],
                condition=Q(kind="MISSED", withdrawn_at__isnull=True),
                name="supply_fact_missed_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["delivery_line"],
                condition=Q(withdrawn_at__isnull=True),
                name="supply_fact_once_a_delivery_line",
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "on"], name="supply_fact_enrolment_on")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.units} on {self.on}"


class RemainingSupply(Tracked):
    """What the prescriptions at the provider still give: written by the prescriptions app, read by cover."""

    enrolment = models.OneToOneField(
        "patients.Enrolment", on_delete=models.PROTECT, primary_key=True, related_name="remaining_supply"
    )
    remaining = models.PositiveSmallIntegerField()
    units_each = models.PositiveIntegerField()
    last_valid_on = models.DateField()
    is_assumed = models.BooleanField(default=False)

    audit = Deletable("gone when no prescription at the provider has deliveries left; its history says what it gave")

    def __str__(self) -> str:
        return f"{self.remaining} x {self.units_each} until {self.last_valid_on}"


class Cover(models.Model):
    """The dates of one enrolment as last computed (cover.md). Derived, so not tracked: its facts are."""

    enrolment = models.OneToOneField(
        "patients.Enrolment", on_delete=models.PROTECT, primary_key=True, related_name="cover"
    )
    computed_for = models.DateField(help_text="the as_at day it was computed for")
    recompute_on = models.DateField(null=True, blank=True, help_text="first day on which time alone may move a date")
    stock_known = models.BooleanField()
    first_uncovered_dose_on = models.DateField(null=True, blank=True)
    next_delivery_due_on = models.DateField(null=True, blank=True)
    planned_deliveries_on = ArrayField(models.DateField(), default=list, blank=True)
    script_cover_ends_on = models.DateField(null=True, blank=True)
    needs_prescription = models.BooleanField(default=False)
    prescription_needed_by_on = models.DateField(null=True, blank=True)
    prompt_due_on = models.DateField(null=True, blank=True)
    is_assumed = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True, help_text="whether the enrolment is on treatment")

    audit = Untracked("computed from facts that are tracked, and computed again at will")

    class Meta:
        indexes = [
            models.Index(fields=["prompt_due_on"], name="cover_prompt_due", condition=Q(is_live=True)),
            models.Index(
                fields=["first_uncovered_dose_on", "enrolment"], name="cover_first_uncovered", condition=Q(is_live=True)
            ),
            models.Index(fields=["recompute_on"], name="cover_recompute", condition=Q(is_live=True)),
        ]

    def __str__(self) -> str:
        return f"cover of enrolment {self.enrolment_id}"
