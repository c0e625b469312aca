"""Is it safe to continue: a plan for each enrolment, its tests by date, and results as reported."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import StatusChange, Tracked
from monitoring.states import WAITING, ItemStatus
from patients.models.visibility import staff_only


class MonitoringPlan(Tracked):
    """The tests that one enrolment asks for, by an approved (or still draft) protocol."""

    enrolment = models.OneToOneField("patients.Enrolment", on_delete=models.PROTECT, related_name="monitoring_plan")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="monitoring_plans")
    protocol = models.ForeignKey("medicines.MonitoringProtocol", on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_assumed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="plan_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"monitoring plan {self.pk}"


class MonitoringItemQuerySet(WatchedQuerySet["MonitoringItem"]):
    """Items of monitoring, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the items whose patients this user may see."""
        return staff_only(self, user)

    def waiting(self) -> Self:
        """Keep those not yet taken."""
        return self.filter(status__in=sorted(str(s) for s in WAITING))

    def due_by(self, day: dt.date) -> Self:
        """Keep those not yet taken that are due on or before the day."""
        return self.waiting().filter(due_on__lte=day)


class MonitoringItem(Tracked):
    """One test, due on one day, for one plan."""

    plan = models.ForeignKey(MonitoringPlan, on_delete=models.PROTECT, related_name="items")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="monitoring_items")
    test_type = models.ForeignKey("medicines.TestType", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    status = models.CharField(max_length=14, choices=ItemStatus.choices, default=ItemStatus.PLANNED)
    done_on = models.DateField(null=True, blank=True)
    is_assumed = models.BooleanField(default=False)

    objects = MonitoringItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "test_type"],
                condition=Q(status__in=["PLANNED", "REQUESTED"]),
                name="item_one_waiting_for_a_test",
            ),
            models.CheckConstraint(condition=Q(status__in=ItemStatus.values), name="item_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "patient"], name="item_waiting_due", condition=Q(status__in=["PLANNED", "REQUESTED"])
            ),
        ]

    def __str__(self) -> str:
        return f"test {self.pk} due {self.due_on}"


class MonitoringItemStatusChange(StatusChange):
    """One move of an item of monitoring."""

    item = models.ForeignKey(MonitoringItem, on_delete=models.PROTECT, related_name="status_changes")


class LabResultQuerySet(WatchedQuerySet["LabResult"]):
    """Results, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the results whose patients this user may see."""
        return staff_only(self, user)


class LabResult(Tracked):
    """One measured value as the laboratory reported it. Only plain numbers are read as numbers."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="lab_results")
    test_type = models.ForeignKey("medicines.TestType", on_delete=models.PROTECT, related_name="+")
    analyte = models.ForeignKey("medicines.Analyte", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    value_text = models.CharField(max_length=60, blank=True, help_text="as reported, never changed")
    value_number = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    comparator = models.CharField(max_length=2, blank=True, help_text="< or > as reported")
    unit = models.CharField(max_length=30, blank=True)
    reference_low = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    reference_high = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = LabResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "analyte", "taken_at"], name="lab_result_once"),
            models.CheckConstraint(
                condition=Q(value_number__isnull=True) | Q(comparator=""), name="lab_result_bound_is_no_number"
            ),
        ]

    def __str__(self) -> str:
        return f"result {self.pk}"


class LabResultToReview(Tracked):
    """A row of a results file that could not be filed, kept whole until somebody deals with it."""

    class Reason(models.TextChoices):
        """Why it could not be filed."""

        PATIENT_UNKNOWN = "PATIENT_UNKNOWN", "No such patient"
        ANALYTE_UNKNOWN = "ANALYTE_UNKNOWN", "Unknown analyte"
        DATE_INVALID = "DATE_INVALID", "Date cannot be read"
        VALUE_TOO_LONG = "VALUE_TOO_LONG", "Longer than a result can be"
        VALUE_DIFFERS = "VALUE_DIFFERS", "Another value is on record for that sample"

    row_hash = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=200)
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=15, choices=Reason.choices)
    values = models.JSONField()
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="lab_review_open", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"row {self.row_number} of {self.file_name}"
