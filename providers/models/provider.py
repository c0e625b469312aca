"""Homecare providers: who they are, how people spell them, what was contracted, who calls our API for them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from homecare.core.models import Tracked
from medicines.models.querysets import ReferenceQuerySet
from providers.models.querysets import ProviderScopedQuerySet


class ProviderQuerySet(models.QuerySet["Provider"]):
    """Providers."""

    def visible_to(self, user: Any) -> "ProviderQuerySet":
        """Return the providers this user may see: staff all, a provider's client its own."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.kind == "PROVIDER_CLIENT":
            return self.filter(client__user=user)
        return self.all()


class Provider(Tracked):
    """A company that supplies homecare medicines."""

    name = models.CharField(max_length=200, unique=True)
    ods_code = models.CharField(max_length=10, blank=True)
    gphc_number = models.CharField(max_length=20, blank=True)
    cqc_number = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    active = models.BooleanField(default=True)
    source = models.CharField(max_length=300)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ods_code"], condition=~Q(ods_code=""), name="provider_unique_ods_code"),
            models.CheckConstraint(condition=~Q(name=""), name="provider_named"),
        ]

    def __str__(self) -> str:
        return self.name


class ProviderName(Tracked):
    """One spelling, normalised, that people use for a provider (former names too)."""

    spelling = models.CharField(max_length=200, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="names")
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["ProviderName"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(spelling=""), name="provider_name_not_blank")]

    def __str__(self) -> str:
        return self.spelling


class Contract(Tracked):
    """What was agreed with a provider. Sources disagree on who holds homecare contracts, so it is a recorded fact."""

    class FundingModel(models.TextChoices):
        """Who pays for the service."""

        MANUFACTURER = "MANUFACTURER", "Manufacturer funded"
        NHS = "NHS", "NHS funded"
        PRIVATE = "PRIVATE", "Private"

    class Holder(models.TextChoices):
        """Who holds the contract with the provider."""

        TRUST = "TRUST", "The trust"
        MANUFACTURER = "MANUFACTURER", "The manufacturer"
        REGION = "REGION", "A regional or national framework"
        NOT_RECORDED = "NOT_RECORDED", "Not recorded"

    class ServiceFee(models.TextChoices):
        """What the trust pays for besides the medicine."""

        NONE = "NONE", "None"
        PER_DELIVERY = "PER_DELIVERY", "Per delivery"
        PER_NURSE_VISIT = "PER_NURSE_VISIT", "Per nurse visit"
        PER_MONTH = "PER_MONTH", "Per month"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="contracts")
    reference = models.CharField(max_length=100)
    funding_model = models.CharField(max_length=12, choices=FundingModel.choices)
    contract_holder = models.CharField(max_length=12, choices=Holder.choices, default=Holder.NOT_RECORDED)
    service_fee = models.CharField(max_length=15, choices=ServiceFee.choices, default=ServiceFee.NONE)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = ProviderScopedQuerySet["Contract"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="contract_unique_reference"),
            models.CheckConstraint(
                condition=Q(funding_model__in=["MANUFACTURER", "NHS", "PRIVATE"]), name="contract_funding_model"
            ),
            models.CheckConstraint(
                condition=Q(contract_holder__in=["TRUST", "MANUFACTURER", "REGION", "NOT_RECORDED"]),
                name="contract_holder",
            ),
            models.CheckConstraint(
                condition=Q(service_fee__in=["NONE", "PER_DELIVERY", "PER_NURSE_VISIT", "PER_MONTH"]),
                name="contract_service_fee",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="contract_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class ProviderClient(Tracked):
    """The user that a provider's system acts as: one provider each, API only."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider_client")
    provider = models.OneToOneField(Provider, on_delete=models.PROTECT, related_name="client")

    objects = ProviderScopedQuerySet["ProviderClient"].as_manager()

    def __str__(self) -> str:
        return f"client of {self.provider}"
