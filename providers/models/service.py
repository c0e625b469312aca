"""Homecare services: one provider's offer for some medicines, with its parameters, activities and tier."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from homecare.core.models import StatusChange, Tracked
from homecare.core.rights import Deletable, Rights
from medicines.models import Medicine
from medicines.models.querysets import ReferenceQuerySet
from providers import states, tiers
from providers.models.provider import Contract, Provider
from providers.models.querysets import M, ProviderScopedQuerySet


class ServiceRowQuerySet(ProviderScopedQuerySet[M]):
    """Rows that belong to a provider through their service."""

    provider_path = "service__provider"


class Activity(Tracked):
    """One bullet of a tier scheme, word for word. The same activity may stand in two tiers of a scheme."""

    class Scheme(models.TextChoices):
        """Whose definitions."""

        RPS = tiers.Scheme.RPS.value, "RPS/LPP"
        NCHA = tiers.Scheme.NCHA.value, "NCHA (trade body)"

    class Tier(models.TextChoices):
        """How technical."""

        LOW = tiers.Tier.LOW.value, "Low tech"
        MID = tiers.Tier.MID.value, "Mid tech"
        HIGH = tiers.Tier.HIGH.value, "High tech"
        COMPLEX = tiers.Tier.COMPLEX.value, "Complex"

    scheme = models.CharField(max_length=4, choices=Scheme.choices)
    tier = models.CharField(max_length=7, choices=Tier.choices)
    code = models.CharField(max_length=40)
    wording = models.CharField(max_length=400)
    order = models.PositiveSmallIntegerField()
    source = models.TextField()

    objects = ReferenceQuerySet["Activity"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "tier", "code"], name="activity_unique"),
            models.CheckConstraint(condition=Q(scheme__in=["RPS", "NCHA"]), name="activity_scheme"),
            models.CheckConstraint(condition=Q(tier__in=["LOW", "MID", "HIGH", "COMPLEX"]), name="activity_tier"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.get_tier_display()}: {self.wording}"


class HomecareService(Tracked):
    """What one provider does for patients on some medicines, on agreed terms."""

    Status = states.ServiceStatus

    class ChargePolicy(models.TextChoices):
        """What a patient pays (domain.md 2.1): trusts' leaflets disagree, so it is a recorded fact."""

        FREE = "FREE", "Free to the patient"
        CHARGES_APPLY = "CHARGES_APPLY", "Prescription charges apply to those who pay them"
        NOT_RECORDED = "NOT_RECORDED", "Not recorded"

    name = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="services")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="services")
    status = models.CharField(
        max_length=13, choices=states.ServiceStatus.choices, default=states.ServiceStatus.PROPOSED
    )
    medicines: "models.ManyToManyField[Medicine, ServiceMedicine]" = models.ManyToManyField(
        Medicine, through="ServiceMedicine", related_name="services"
    )

    buffer_days = models.PositiveSmallIntegerField(help_text="Days of medicine to have at home when a delivery comes")
    lead_working_days = models.PositiveSmallIntegerField(help_text="The clinic's and the pharmacy's time together")
    provider_lead_working_days = models.PositiveSmallIntegerField(help_text="From prescription received to delivery")
    delivery_interval_days = models.PositiveSmallIntegerField()
    prescription_duration_months = models.PositiveSmallIntegerField(default=6)
    max_deliveries_per_prescription = models.PositiveSmallIntegerField(null=True, blank=True)
    max_stock_days = models.PositiveSmallIntegerField(null=True, blank=True)
    first_delivery_target_days = models.PositiveSmallIntegerField(null=True, blank=True)
    registration_answer_working_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="From a registration sent to its acknowledgement, as agreed"
    )
    signature_required = models.BooleanField(default=True)
    contact_attempts_before_escalation = models.PositiveSmallIntegerField(default=3)
    delivery_window_hours = models.PositiveSmallIntegerField(null=True, blank=True)

    needs_funding_approval = models.BooleanField(default=False)
    scheme_fixes_supplier = models.BooleanField(default=False, help_text="The manufacturer's scheme fixes the supplier")
    charge_policy = models.CharField(max_length=13, choices=ChargePolicy.choices, default=ChargePolicy.NOT_RECORDED)
    specification_reference = models.CharField(max_length=200, blank=True)

    # What a patient's printed charter of this service says (domain.md 9), beside what every charter says.
    about_the_service = models.TextField(blank=True)
    benefits_and_risks = models.TextField(blank=True)
    how_to_change = models.TextField(blank=True, help_text="The alternatives, and what a patient does who wants one")
    use_of_personal_data = models.TextField(blank=True)
    helpline_telephone = models.CharField(max_length=40, blank=True, help_text="The provider, in its hours")
    helpline_hours = models.CharField(max_length=100, blank=True)
    out_of_hours_telephone = models.CharField(max_length=40, blank=True, help_text="The provider, outside its hours")
    hospital_telephone = models.CharField(max_length=40, blank=True, help_text="The hospital, in its hours")
    hospital_hours = models.CharField(max_length=100, blank=True)
    hospital_out_of_hours_telephone = models.CharField(max_length=40, blank=True)
    complaints_contact = models.CharField(max_length=300, blank=True)

    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    assessed_on = models.DateField(null=True, blank=True)
    assessment = models.TextField(blank=True, help_text="What the assessment found")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True, blank=True, help_text="The day of the committee's decision")
    approval_paper = models.CharField(max_length=200, blank=True, help_text="Which paper of which committee")

    tier = models.CharField(max_length=7, choices=Activity.Tier.choices, blank=True)
    tier_alongside = models.CharField(
        max_length=7, choices=Activity.Tier.choices, blank=True, help_text="What the complex elements stand beside"
    )
    tier_scheme = models.CharField(max_length=4, choices=Activity.Scheme.choices, default=Activity.Scheme.RPS)
    tier_reasons = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=300)

    objects = ProviderScopedQuerySet["HomecareService"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="service_unique_name"),
            models.CheckConstraint(condition=Q(status__in=states.ServiceStatus.values), name="service_status"),
            models.CheckConstraint(condition=Q(tier__in=["", "LOW", "MID", "HIGH", "COMPLEX"]), name="service_tier"),
            models.CheckConstraint(
                condition=Q(tier_alongside="") | Q(tier="COMPLEX", tier_alongside__in=["LOW", "MID", "HIGH"]),
                name="service_tier_alongside",
            ),
            models.CheckConstraint(condition=Q(tier_scheme__in=["RPS", "NCHA"]), name="service_tier_scheme"),
            models.CheckConstraint(condition=Q(delivery_interval_days__gt=0), name="service_delivery_interval"),
            models.CheckConstraint(
                condition=Q(prescription_duration_months__gte=1, prescription_duration_months__lte=12),
                name="service_prescription_duration",
            ),
            models.CheckConstraint(
                condition=Q(max_stock_days__isnull=True) | Q(max_stock_days__gte=F("buffer_days")),
                name="service_max_stock_over_buffer",
            ),
            models.CheckConstraint(
                condition=Q(charge_policy__in=["FREE", "CHARGES_APPLY", "NOT_RECORDED"]), name="service_charge_policy"
            ),
            models.CheckConstraint(
                condition=Q(assessed_by__isnull=True, assessed_on__isnull=True)
                | Q(assessed_by__isnull=False, assessed_on__isnull=False),
                name="service_assessed_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True, approval_paper="")
                | (Q(approved_by__isnull=False, approved_on__isnull=False) & ~Q(approval_paper="")),
                name="service_approved_by_somebody_on_a_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.provider}"

    @property
    def has_complex_alongside(self) -> bool:
        """Say whether complex elements are provided alongside a low, mid or high tech service."""
        return bool(self.tier_alongside)

    @property
    def tier_words(self) -> str:
        """The tier as it is shown everywhere: "complex beside mid tech (RPS/LPP)"."""
        return tiers.said(self.tier, self.tier_alongside, self.tier_scheme)

    @property
    def deciding_reasons(self) -> tuple[str, ...]:
        """The activities that make the tier, and what it stands beside, as the scheme words them."""
        decide = {self.tier, self.tier_alongside} - {""}
        return tuple(reason["wording"] for reason in self.tier_reasons if reason["tier"] in decide)


class ServiceMedicine(Tracked):
    """One medicine that a service supplies."""

    audit: ClassVar[Rights] = Deletable("A service stops supplying a medicine; the history says that it did.")

    service = models.ForeignKey(HomecareService, on_delete=models.PROTECT, related_name="service_medicines")
    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="service_medicines")

    objects = ServiceRowQuerySet["ServiceMedicine"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "medicine"], name="service_medicine_unique")]

    def __str__(self) -> str:
        return f"{self.medicine_id} in service {self.service_id}"


class ServiceActivity(Tracked):
    """One activity that is part of a service, by its code (the same in every scheme)."""

    audit: ClassVar[Rights] = Deletable("An activity is taken out of a service; the history says it was part of it.")

    service = models.ForeignKey(HomecareService, on_delete=models.PROTECT, related_name="activities")
    activity = models.CharField(max_length=40)

    objects = ServiceRowQuerySet["ServiceActivity"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "activity"], name="service_activity_unique")]

    def __str__(self) -> str:
        return self.activity


class HomecareServiceStatusChange(StatusChange):
    """One move of a service."""

    service = models.ForeignKey(HomecareService, on_delete=models.PROTECT, related_name="status_changes")

    objects = ServiceRowQuerySet["HomecareServiceStatusChange"].as_manager()
