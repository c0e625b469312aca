"""How long a patient has waited, where they are now and whose move it is; and what the hospital bridged."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import Tracked
from homecare.core.rights import AppendOnly, Rights
from patients.models.visibility import staff_only


class Party(models.TextChoices):
    """Whose move it is."""

    CLINIC = "CLINIC", "Clinic"
    HOMECARE_TEAM = "HOMECARE_TEAM", "Homecare team"
    PHARMACY = "PHARMACY", "Clinical pharmacy"
    PROVIDER = "PROVIDER", "Provider"
    PATIENT = "PATIENT", "Patient"
    COMMISSIONER = "COMMISSIONER", "Commissioner"
    NOBODY = "NOBODY", "Nobody"


class PathwayClockQuerySet(WatchedQuerySet["PathwayClock"]):
    """Clocks, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        return staff_only(self, user)

    def running(self) -> Self:
        """Keep those whose patient has not yet taken the dose they wait for."""
        return self.filter(ended_on__isnull=True)


class PathwayClock(Tracked):
    """One journey of one enrolment to a dose, from the day it began to the day the dose was taken."""

    class Kind(models.TextChoices):
        """What began it."""

        START = "START", "Start"
        RESUMPTION = "RESUMPTION", "Resumption"
        TRANSFER = "TRANSFER", "Transfer"
        SWITCH = "SWITCH", "Switch"
        DOSE_CHANGE = "DOSE_CHANGE", "Dose change"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="clocks")
    # Copied from the enrolment, so that the board needs no join to filter and page.
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    began_on = models.DateField()
    stage = models.CharField(max_length=30)
    stage_since_on = models.DateField()
    whose = models.CharField(max_length=13, choices=Party.choices)
    is_stopped = models.BooleanField(default=False, help_text="A stop is open now")
    prescription = models.CharField(
        max_length=24, blank=True, db_default="", help_text="How far the prescription that is waited for has got"
    )
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)

    objects = PathwayClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_on__isnull=True), name="pathway_clock_one_running"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")), name="pathway_clock_ends_after"
            ),
        ]
        indexes = [
            models.Index(
                fields=["began_on", "id"], condition=Q(ended_on__isnull=True), name="pathway_clock_oldest_first"
            ),
            models.Index(
                fields=["stage", "whose"], condition=Q(ended_on__isnull=True), name="pathway_clock_stage_whose"
            ),
        ]

    def __str__(self) -> str:
        return f"clock {self.pk}"


class PathwayStep(models.Model):
    """One milestone that a journey reached, on a day. Never changed; a wrong one is answered by a later one."""

    audit: ClassVar[Rights] = AppendOnly("A milestone that was reported stays; a correction is a row of its own.")

    clock = models.ForeignKey(PathwayClock, on_delete=models.PROTECT, related_name="steps")
    milestone = models.CharField(max_length=30)
    stage = models.CharField(max_length=30, help_text="The stage that begins with it")
    whose = models.CharField(max_length=13, choices=Party.choices)
    reached_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["clock", "reached_on"], name="pathway_step_clock_day")]

    def __str__(self) -> str:
        return f"{self.milestone} on {self.reached_on}"


class ClockStop(Tracked):
    """A clock explicitly stopped, and why: gross days go on, net days do not."""

    class Reason(models.TextChoices):
        """Why."""

        PATIENT_ASKED = "PATIENT_ASKED", "Patient asked to wait"
        AWAITING_BLOODS = "AWAITING_BLOODS", "Awaiting blood tests"
        ADMITTED = "ADMITTED", "Patient admitted"
        INFECTION = "INFECTION", "Infection"
        CLINICAL = "CLINICAL", "Clinical decision to wait"
        OTHER = "OTHER", "Other"

    clock = models.ForeignKey(PathwayClock, on_delete=models.PROTECT, related_name="stops")
    from_on = models.DateField(help_text="The first day that does not count")
    to_on = models.DateField(null=True, blank=True, help_text="The last day that does not count")
    reason = models.CharField(max_length=15, choices=Reason.choices)
    note = models.TextField(blank=True)
    stopped_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="clock_stop_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="clock_stops_do_not_overlap",
                expressions=[
                    (Func("clock", "clock", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func("from_on", "to_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"stop of clock {self.clock_id}"


class ContactAttemptQuerySet(WatchedQuerySet["ContactAttempt"]):
    """Attempts, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        return staff_only(self, user)


class ContactAttempt(Tracked):
    """One attempt to speak with a patient before the first delivery: by whom, and whether they were reached."""

    class Outcome(models.TextChoices):
        """What came of it."""

        REACHED = "REACHED", "Spoke with the patient"
        MESSAGE_LEFT = "MESSAGE_LEFT", "Left a message"
        NO_ANSWER = "NO_ANSWER", "No answer"
        WRONG_NUMBER = "WRONG_NUMBER", "Wrong number"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="contact_attempts")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="contact_attempts")
    on = models.DateField()
    made_by = models.CharField(max_length=13, choices=Party.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ContactAttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(made_by__in=["PROVIDER", "HOMECARE_TEAM"]), name="contact_made_by"),
        ]
        indexes = [models.Index(fields=["enrolment", "on"], name="contact_attempt_day")]

    def __str__(self) -> str:
        return f"contact attempt {self.pk}"


class BridgingSupply(Tracked):
    """Medicine that the hospital gave until homecare begins or recovers, with what it cost and whose the cause was."""

    class Cause(models.TextChoices):
        """Why it was needed."""

        BEFORE_START = "BEFORE_START", "Until the first delivery"
        LATE_PRESCRIPTION = "LATE_PRESCRIPTION", "Prescription late"
        LATE_DELIVERY = "LATE_DELIVERY", "Delivery late or failed"
        SHORTAGE = "SHORTAGE", "Shortage"
        TRANSFER = "TRANSFER", "Transfer between providers"
        OTHER = "OTHER", "Other"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="bridging_supplies")
    supplied_on = models.DateField()
    units = models.PositiveIntegerField()
    covers_until_on = models.DateField(null=True, blank=True, help_text="The last day it is meant to cover")
    cost_pence = models.PositiveIntegerField(null=True, blank=True)
    minutes_spent = models.PositiveIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=17, choices=Cause.choices)
    cause_party = models.CharField(max_length=13, choices=Party.choices)
    batch_number = models.CharField(max_length=40, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="bridging_has_units")]
        indexes = [models.Index(fields=["enrolment", "supplied_on"], name="bridging_enrolment_day")]

    def __str__(self) -> str:
        return f"bridging supply {self.pk}"
