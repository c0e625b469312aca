"""Referrals that somebody began and will finish later."""

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import WatchedQuerySet
from homecare.core.rights import Rights, Transient

KEPT_FOR = dt.timedelta(days=30)


class ReferralDraftQuerySet(WatchedQuerySet["ReferralDraft"]):
    """Drafts, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the user's own, and of those only what they may still do: a new patient's details need a permission."""
        if not user.may(Permission.ENROLMENT_EDIT):
            return self.none()
        mine = self.filter(user=user).watched()
        return mine if user.may(Permission.PATIENT_EDIT) else mine.exclude(page=ReferralDraft.Page.NEW_PATIENT)

    def in_time(self, at: dt.datetime) -> Self:
        """Keep those that are not yet forgotten."""
        return self.filter(saved_at__gt=at - KEPT_FOR)

    def too_old(self, at: dt.datetime) -> Self:
        """Keep those whose time is over."""
        return self.filter(saved_at__lte=at - KEPT_FOR)


class ReferralDraft(models.Model):
    """One page of a referral as it was typed so far, by one person, for thirty days."""

    audit: ClassVar[Rights] = Transient("Nobody acts on a draft; what comes of it has its own history.")

    class Page(models.TextChoices):
        """Which page it is of."""

        NEW_PATIENT = "NEW_PATIENT", "New patient"
        REFERRAL = "REFERRAL", "Referral"

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=11, choices=Page.choices)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    medicine = models.ForeignKey(
        "medicines.Medicine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fields = models.JSONField(help_text="What was typed, as [name, value]; never a password or a code")
    saved_at = models.DateTimeField()

    objects = ReferralDraftQuerySet.as_manager()

    class Meta:
        app_label = "desk"
        constraints = [
            models.CheckConstraint(
                condition=Q(page="NEW_PATIENT", patient__isnull=True)
                | Q(page="REFERRAL", patient__isnull=False, medicine__isnull=False),
                name="referral_draft_of_a_page",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "saved_at"], name="referral_draft_of_somebody"),
            models.Index(fields=["saved_at"], name="referral_draft_age"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def forgotten_on(self) -> dt.datetime:
        """Return when it is forgotten."""
        return self.saved_at + KEPT_FOR

    def values(self) -> dict[str, list[str]]:
        """Return what was typed, by the field's name."""
        typed: dict[str, list[str]] = {}
        for name, value in self.fields:
            typed.setdefault(name, []).append(value)
        return typed
