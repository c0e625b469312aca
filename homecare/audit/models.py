"""Who looked: one unchanging entry for each answer that showed a patient."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from homecare.core.rights import AppendOnly, Rights


class PatientAccessQuerySet(models.QuerySet["PatientAccess"]):
    """Questions about who looked."""

    def of_patient(self, patient_id: int) -> Self:
        """Return the entries in which this patient was shown, newest first."""
        return self.filter(patient_ids__contains=[patient_id]).order_by("-at", "-pk")

    def by_user(self, user_id: int) -> Self:
        """Return what this user looked at, newest first."""
        return self.filter(user_id=user_id).order_by("-at", "-pk")


class PatientAccess(models.Model):
    """One answer that showed one patient or more: who saw whom, through what, and what for."""

    class Purpose(models.TextChoices):
        """Why it was looked at."""

        DIRECT_CARE = "DIRECT_CARE", "Direct care"
        ADMINISTRATION = "ADMINISTRATION", "Administration"
        AUDIT = "AUDIT", "Audit"
        PROVIDER = "PROVIDER", "Homecare provider's service"
        EXPORT = "EXPORT", "Export"

    audit: ClassVar[Rights] = AppendOnly("Who looked stays on record.")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField(db_default=Now())
    patient_ids = ArrayField(models.BigIntegerField())
    purpose = models.CharField(max_length=15, choices=Purpose.choices, default=Purpose.DIRECT_CARE)
    view = models.CharField(max_length=200)
    request_id = models.CharField(max_length=64, blank=True)
    ip_address = models.GenericIPAddressField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_rows = models.PositiveIntegerField(null=True)

    objects = PatientAccessQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["patient_ids"], name="patient_access_patients"),
            models.Index(fields=["user", "at"], name="patient_access_user_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(patient_ids__len__gt=0),
                name="patient_access_of_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=["DIRECT_CARE", "ADMINISTRATION", "AUDIT", "PROVIDER", "EXPORT"]),
                name="patient_access_purpose_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view} at {self.at:%Y-%m-%d %H:%M}"
