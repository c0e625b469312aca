"""Patients: who they are, how they may be reached, and what must never be overlooked about them."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import Tracked
from homecare.core.rights import Deletable, Rights
from patients.models.visibility import staff_only


class PatientQuerySet(WatchedQuerySet["Patient"]):
    """Patients, asked for in words."""

    patient_attribute = "pk"

    def visible_to(self, user: User) -> Self:
        """Keep the patients whom this user may see: a provider reaches its own through its prescriptions only."""
        return staff_only(self, user)


class Patient(Tracked):
    """A person who has, had or may have homecare medicines from this hospital."""

    class NhsNumberStatus(models.TextChoices):
        """What is known of the NHS number."""

        VERIFIED = "VERIFIED", "Verified"
        UNVERIFIED = "UNVERIFIED", "Present, not verified"
        MISSING = "MISSING", "Missing"

    class Sex(models.TextChoices):
        """As recorded by the hospital."""

        FEMALE = "FEMALE", "Female"
        MALE = "MALE", "Male"
        INDETERMINATE = "INDETERMINATE", "Indeterminate"
        UNKNOWN = "UNKNOWN", "Not known"

    class PreferredContact(models.TextChoices):
        """How the patient wishes to be contacted."""

        SMS = "SMS", "Text message"
        EMAIL = "EMAIL", "Email"
        PHONE = "PHONE", "Telephone"
        LETTER = "LETTER", "Letter"
        NONE = "NONE", "Not recorded"

    nhs_number = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001  null keeps it unique
    nhs_number_status = models.CharField(
        max_length=10, choices=NhsNumberStatus.choices, default=NhsNumberStatus.UNVERIFIED
    )
    hospital_number = models.CharField(max_length=20)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=13, choices=Sex.choices, default=Sex.UNKNOWN)
    ethnicity = models.CharField(max_length=40, blank=True)
    gp_practice = models.CharField(max_length=120, blank=True)
    preferred_contact = models.CharField(max_length=6, choices=PreferredContact.choices, default=PreferredContact.NONE)
    language = models.CharField(max_length=40, blank=True)
    interpreter_needed = models.BooleanField(default=False)
    moves_to_adult_service_on = models.DateField(null=True, blank=True)
    deceased = models.BooleanField(default=False)
    died_on = models.DateField(null=True, blank=True)
    restricted = models.BooleanField(default=False)
    do_not_contact = models.BooleanField(default=False)
    recipient = models.OneToOneField("messaging.Recipient", on_delete=models.PROTECT, related_name="patient")

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nhs_number"], name="patient_nhs_number_unique"),
            models.UniqueConstraint(fields=["hospital_number"], name="patient_hospital_number_unique"),
            models.CheckConstraint(
                condition=Q(nhs_number__isnull=True) | Q(nhs_number__regex=r"^[0-9]{10}$"),
                name="patient_nhs_number_ten_digits",
            ),
            models.CheckConstraint(
                condition=Q(nhs_number__isnull=False) | Q(nhs_number_status="MISSING"),
                name="patient_nhs_number_status_agrees",
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(deceased=True), name="patient_died_on_means_deceased"
            ),
        ]
        indexes = [
            models.Index(
                OpClass(Upper("family_name"), name="varchar_pattern_ops"),
                OpClass(Upper("given_name"), name="varchar_pattern_ops"),
                name="patient_name",
            ),
            models.Index(fields=["date_of_birth"], name="patient_date_of_birth"),
            models.Index(
                fields=["moves_to_adult_service_on"],
                condition=Q(moves_to_adult_service_on__isnull=False),
                name="patient_moves_to_adult_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}"


class ContactPoint(Tracked):
    """A way to reach a patient, and whether it is safe to write to it."""

    class Kind(models.TextChoices):
        """What it is."""

        MOBILE = "MOBILE", "Mobile"
        LANDLINE = "LANDLINE", "Landline"
        EMAIL = "EMAIL", "Email"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=254)
    is_usable = models.BooleanField(default=True)
    safe_to_message = models.BooleanField(default=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(ended_on__isnull=True),
                name="contact_point_one_current_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class PatientAddressQuerySet(models.QuerySet["PatientAddress"]):
    """Addresses, asked for in words."""

    def on(self, day: dt.date) -> Self:
        """Keep those that hold on a day: one that begins later becomes current on its day by itself."""
        return self.from_day(day).filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day))

    def from_day(self, day: dt.date) -> Self:
        """Keep those that hold on a day or will after it."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class PatientAddress(Tracked):
    """Where a patient lives, or where the medicine goes, from a day on."""

    class Use(models.TextChoices):
        """What the address is for."""

        HOME = "HOME", "Home"
        DELIVERY = "DELIVERY", "Delivery"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="addresses")
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.DELIVERY)
    line_1 = models.CharField(max_length=120)
    line_2 = models.CharField(max_length=120, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = PatientAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "use"], condition=Q(ends_on__isnull=True), name="address_one_current_of_a_use"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line_1, self.line_2, self.town, self.postcode) if part)


class Representative(Tracked):
    """Somebody who speaks, or decides, for a patient."""

    class Kind(models.TextChoices):
        """What authority they have."""

        DESIGNATED = "DESIGNATED", "Designated representative"
        CARER = "CARER", "Carer"
        PARENT = "PARENT", "Parent or guardian"
        ATTORNEY = "ATTORNEY", "Lasting power of attorney"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="representatives")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    may_consent = models.BooleanField(default=False)
    has_parental_responsibility = models.BooleanField(default=False, db_default=False)
    may_be_contacted = models.BooleanField(default=True)
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AccessibleNeed(Tracked):
    """What a patient needs in order to read, hear and understand us (Accessible Information Standard)."""

    audit: ClassVar[Rights] = Deletable("A need that is there no more; the history says that it was.")

    class Kind(models.TextChoices):
        """The kind of need."""

        LARGE_PRINT = "LARGE_PRINT", "Large print"
        BRAILLE = "BRAILLE", "Braille"
        EASY_READ = "EASY_READ", "Easy read"
        BSL = "BSL", "British Sign Language"
        TEXT_RELAY = "TEXT_RELAY", "Text relay"
        OTHER = "OTHER", "Other"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accessible_needs")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    detail = models.CharField(max_length=200, blank=True)
    identified_on = models.DateField(null=True, blank=True)
    shared_with_provider = models.BooleanField(default=False)
    how_met = models.CharField(max_length=200, blank=True, default="", db_default="")
    reviewed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True, help_text="When it is next asked about")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "kind"], name="accessible_need_once_of_a_kind"),
        ]
        indexes = [
            models.Index(fields=["review_on"], condition=Q(review_on__isnull=False), name="accessible_need_review")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
