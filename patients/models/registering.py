"""Registering a patient with a provider: what was sent, what they asked, what they answered."""

from typing import Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import Tracked
from patients.models.sharing import still_shared
from patients.models.visibility import scoped
from patients.states import EnrolmentStatus


class RegistrationQuerySet(WatchedQuerySet["Registration"]):
    """Registrations, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: a provider those sent to it, while the patient is shared with it.

        Once nothing more is shared, it keeps those it acknowledged: it has that data, word for word.
        """
        mine = scoped(self, user, provider_path="provider")
        if user.kind != User.Kind.PROVIDER_CLIENT:
            return mine
        return mine.filter(still_shared() | Q(outcome="ACKNOWLEDGED"))

    def waiting(self) -> Self:
        """Keep those that the provider has and has not answered."""
        return self.filter(outcome="WAITING", enrolment__status=EnrolmentStatus.REGISTRATION_SENT)

    def to_mend(self) -> Self:
        """Keep those that the provider queried or rejected, and that were not sent again."""
        mended = {EnrolmentStatus.REGISTRATION_QUERIED, EnrolmentStatus.REGISTRATION_REJECTED}
        last = self.judged().filter(has_later=False)
        return last.filter(outcome__in=["QUERIED", "REJECTED"], enrolment__status__in=mended)

    def judged(self) -> Self:
        """Say of each whether its patient is still shared with the provider, and whether a later attempt was sent."""
        later = Registration.objects.filter(enrolment=OuterRef("enrolment"), attempt__gt=OuterRef("attempt"))
        shared = Case(When(still_shared(), then=Value(True)), default=Value(False))
        return self.annotate(is_shared=shared, has_later=Exists(later))


class Registration(Tracked):
    """One attempt to register a patient with a provider; a later attempt follows a query or a rejection."""

    class Channel(models.TextChoices):
        """How it went."""

        EMAIL = "EMAIL", "Secure email"
        PORTAL = "PORTAL", "The provider's portal"
        API = "API", "The provider's system reads it here"
        POST = "POST", "Post"

    class Outcome(models.TextChoices):
        """What the provider said."""

        WAITING = "WAITING", "Waiting"
        ACKNOWLEDGED = "ACKNOWLEDGED", "Acknowledged"
        QUERIED = "QUERIED", "Queried"
        REJECTED = "REJECTED", "Rejected"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="registrations")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="registrations")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="registrations")
    reference = models.UUIDField(unique=True)
    attempt = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=6, choices=Channel.choices)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    as_sent = models.JSONField(help_text="The form's data word for word as it was sent")
    sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was rejected")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "attempt"], name="registration_attempt_once"),
            models.CheckConstraint(
                condition=~Q(outcome="REJECTED") | ~Q(reason=""), name="registration_rejected_has_its_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "sent_at"], name="registration_provider_sent"),
            models.Index(fields=["sent_at"], condition=Q(outcome="WAITING"), name="registration_waiting"),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"


class RegistrationQuery(Tracked):
    """What a provider asked about a registration, and the answer."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="queries")
    question = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"query on registration {self.registration_id}"
