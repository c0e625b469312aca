"""Treatments and enrolments: a patient, a medicine, a homecare service, and where they have got to."""

import datetime as dt
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, Subquery, Value

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import StatusChange, Tracked
from patients.models.people import Patient
from patients.models.sharing import still_shared
from patients.models.visibility import scoped
from patients.states import ENDED, ON_TREATMENT, EnrolmentStatus


class Treatment(Tracked):
    """One patient's course of one medicine, and who is clinically responsible for it."""

    class SupplyRoute(models.TextChoices):
        """Where the medicine comes from."""

        HOMECARE = "HOMECARE", "Homecare"
        HOSPITAL = "HOSPITAL", "Hospital pharmacy"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatments")
    medicine = models.ForeignKey("medicines.Medicine", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("medicines.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.CharField(max_length=80, blank=True)
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    consultant = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    initiating_prescriber = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    indication = models.CharField(max_length=200, blank=True)
    indication_code = models.CharField(max_length=18, blank=True, help_text="SNOMED CT")
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    is_ended = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=40, blank=True)
    line_of_therapy = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 for the first")
    supply_route = models.CharField(
        max_length=8, choices=SupplyRoute.choices, default=SupplyRoute.HOMECARE, db_default=SupplyRoute.HOMECARE
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "medicine"], condition=Q(is_ended=False), name="treatment_one_open_for_a_medicine"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(is_ended=True), name="treatment_ended_on_means_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"treatment {self.pk}"


def on_day(day: dt.date) -> Q:
    """Match rows in force on a day, from `starts_on` to `ends_on`, both inclusive."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class EnrolmentQuerySet(WatchedQuerySet["Enrolment"]):
    """Enrolments, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the enrolments whose patients this user may see: a provider those still shared with it."""
        mine = scoped(self, user, provider_path="service__provider")
        if user.kind != User.Kind.PROVIDER_CLIENT:
            return mine
        return mine.filter(still_shared(enrolment="", provider="service__provider_id"))

    def on_treatment(self) -> Self:
        """Keep those that are active, suspended or being transferred."""
        return self.filter(status__in=ON_TREATMENT)

    def with_consent(self) -> Self:
        """Keep those whose patient consented and has not withdrawn."""
        return self.filter(Exists(Consent.objects.in_force().filter(enrolment=OuterRef("pk"))))

    def without_consent(self) -> Self:
        """Keep those that wait for consent."""
        return self.filter(~Exists(Consent.objects.in_force().filter(enrolment=OuterRef("pk"))))

    def needing_handover(self) -> Self:
        """Keep those on treatment whose consent was withdrawn, until it is settled how they are supplied safely."""
        withdrawn = Consent.objects.filter(enrolment=OuterRef("pk"), withdrawn_on__isnull=False)
        latest = Subquery(withdrawn.order_by("-withdrawn_on", "-pk").values("handover_plan")[:1])
        return self.on_treatment().without_consent().annotate(its_handover=latest).filter(its_handover="")

    def suspended_on(self, day: dt.date) -> Self:
        """Keep those with a suspension in force on that day."""
        return self.filter(Exists(Suspension.objects.filter(on_day(day), enrolment=OuterRef("pk"))))


class Enrolment(Tracked):
    """One treatment supplied through one homecare service."""

    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="enrolments")
    # Copied from the treatment by the action that writes both, so that lists need no further join.
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="enrolments")
    medicine = models.ForeignKey("medicines.Medicine", on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("providers.HomecareService", on_delete=models.PROTECT, related_name="enrolments")
    status = models.CharField(max_length=24, choices=EnrolmentStatus.choices, default=EnrolmentStatus.IDENTIFIED)
    referred_on = models.DateField(null=True, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    provider_reference = models.CharField(max_length=60, blank=True)
    notes = models.TextField(blank=True)
    is_assumed = models.BooleanField(default=False, help_text="Read from a register and not yet confirmed")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=EnrolmentStatus.values), name="enrolment_status_known"),
            models.UniqueConstraint(
                fields=["treatment"],
                condition=~Q(status__in=sorted(str(s) for s in ENDED)) & ~Q(status="TRANSFERRING"),
                name="enrolment_one_open_for_a_treatment",
            ),
        ]
        indexes = [
            models.Index(fields=["service", "status"], name="enrolment_service_status"),
            models.Index(fields=["clinic", "status"], name="enrolment_clinic_status"),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class EnrolmentStatusChange(StatusChange):
    """One move of an enrolment."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="status_changes")


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, asked for in words."""

    def in_force(self) -> Self:
        """Keep those not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)


class Consent(Tracked):
    """A patient's agreement to one enrolment and to sharing what the provider needs."""

    class Method(models.TextChoices):
        """How it was given."""

        SIGNED_FORM = "SIGNED_FORM", "Signed form"
        TELEPHONE = "TELEPHONE", "By telephone"
        IN_PERSON = "IN_PERSON", "In person"
        FROM_REGISTER = "FROM_REGISTER", "Read from a register"

    class GivenAs(models.TextChoices):
        """By what right it was given."""

        PATIENT = "PATIENT", "The patient"
        COMPETENT_CHILD = "COMPETENT_CHILD", "A child assessed as competent"
        PARENT = "PARENT", "Somebody with parental responsibility"
        REPRESENTATIVE = "REPRESENTATIVE", "A representative who may consent"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="consents")
    version = models.CharField(max_length=20)
    text = models.ForeignKey("patients.ConsentText", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_as = models.CharField(
        max_length=15, choices=GivenAs.choices, default=GivenAs.PATIENT, db_default=GivenAs.PATIENT
    )
    representative = models.ForeignKey(
        "patients.Representative", on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    sharing_with = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    interpreter_used = models.BooleanField(default=False, db_default=False)
    method = models.CharField(max_length=13, choices=Method.choices)
    given_on = models.DateField(null=True, blank=True)
    taken_by = models.CharField(max_length=120, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    # How the patient is supplied safely once nothing more is shared (domain.md 11.1).
    handover_plan = models.TextField(blank=True, default="", db_default="")
    handover_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handover_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(withdrawn_on__isnull=True), name="consent_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=False) | Q(method="FROM_REGISTER"), name="consent_has_its_date"
            ),
            models.CheckConstraint(
                condition=~Q(given_as__in=["PARENT", "REPRESENTATIVE"]) | Q(representative__isnull=False),
                name="consent_by_another_names_them",
            ),
            models.CheckConstraint(
                condition=Q(handover_plan="")
                | Q(withdrawn_on__isnull=False, handover_by__isnull=False, handover_at__isnull=False),
                name="consent_handover_follows_a_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Suspension(Tracked):
    """A pause in a patient's treatment: its days are no dose days (cover.md)."""

    class Reason(models.TextChoices):
        """Why."""

        INFECTION = "INFECTION", "Infection"
        SURGERY = "SURGERY", "Surgery"
        PREGNANCY = "PREGNANCY", "Pregnancy"
        HOLIDAY = "HOLIDAY", "Holiday"
        ADMISSION = "ADMISSION", "Admission"
        BLOOD_RESULT = "BLOOD_RESULT", "Blood result"
        OVERSTOCK = "OVERSTOCK", "Too much at home"
        PATIENT_REQUEST = "PATIENT_REQUEST", "Patient's request"
        NOT_RECORDED = "NOT_RECORDED", "Not recorded"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="suspensions")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    expected_restart_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=15, choices=Reason.choices)
    note = models.TextField(blank=True)
    is_assumed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="suspension_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="suspensions_do_not_overlap",
                # An enrolment's id as a range of one: equality in a GiST index without an extension.
                expressions=[
                    (Func("enrolment", "enrolment", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func("starts_on", "ends_on", Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk}"
