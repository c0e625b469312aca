"""What is tested to keep a medicine safe: tests, analytes, protocols as lists of phases, and thresholds.

Protocols come as drafts. Nothing reminds or holds anybody until a pharmacist has approved one.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from medicines.models.formulary import Approval, Medicine
from medicines.models.querysets import ReferenceQuerySet


class TestType(Tracked):
    """A test that is asked for as one: a full blood count, liver function."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["TestType"].as_manager()

    def __str__(self) -> str:
        return self.code


class Analyte(Tracked):
    """One figure of a test's result, with the unit it is read in here."""

    test_type = models.ForeignKey(TestType, on_delete=models.PROTECT, related_name="analytes")
    name = models.CharField(max_length=100, unique=True)
    unit = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["Analyte"].as_manager()

    def __str__(self) -> str:
        return self.name


class AnalyteName(Tracked):
    """One spelling, normalised, that laboratories use for an analyte."""

    spelling = models.CharField(max_length=100, unique=True)
    analyte = models.ForeignKey(Analyte, on_delete=models.PROTECT, related_name="names")

    objects = ReferenceQuerySet["AnalyteName"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(spelling=""), name="analyte_name_not_blank")]

    def __str__(self) -> str:
        return self.spelling


class MonitoringProtocolQuerySet(ReferenceQuerySet["MonitoringProtocol"]):
    """Protocols by how far they are agreed."""

    def approved(self) -> "MonitoringProtocolQuerySet":
        """Return those that somebody answers for."""
        return self.filter(status=Approval.APPROVED)

    def drafts(self) -> "MonitoringProtocolQuerySet":
        """Return those that wait for a pharmacist."""
        return self.filter(status=Approval.DRAFT)


class MonitoringProtocol(Tracked):
    """What is tested, how often, for one medicine; for one specialty where that specialty differs."""

    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="protocols")
    specialty_name = models.CharField(max_length=100, blank=True, help_text="Blank: every specialty without its own")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Approval.choices, default=Approval.DRAFT)
    baseline = models.TextField(blank=True, help_text="What is done before the first dose")
    action_points = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = MonitoringProtocolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["medicine", "specialty_name", "version"], name="protocol_unique_version"),
            models.UniqueConstraint(
                fields=["medicine", "specialty_name"], condition=Q(status="APPROVED"), name="protocol_one_approved"
            ),
            models.CheckConstraint(condition=Q(status__in=Approval.values), name="protocol_status"),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="protocol_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.medicine}{', ' + self.specialty_name if self.specialty_name else ''} (version {self.version})"


class ProtocolPhase(Tracked):
    """One stretch of a protocol: tests at an interval, for so long or until it is ended by a person."""

    protocol = models.ForeignKey(MonitoringProtocol, on_delete=models.PROTECT, related_name="phases")
    order = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    lasts_days = models.PositiveIntegerField(null=True, blank=True, help_text="Blank: for as long as it is taken")
    until = models.CharField(max_length=200, blank=True, help_text="In words, where the end is a clinical judgement")
    tests = models.ManyToManyField(TestType, through="ProtocolTest", related_name="+")

    objects = ReferenceQuerySet["ProtocolPhase"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "order"], name="phase_unique_order"),
            models.CheckConstraint(condition=Q(interval_days__gt=0), name="phase_interval_positive"),
            models.CheckConstraint(
                condition=Q(lasts_days__isnull=True) | Q(lasts_days__gt=0), name="phase_length_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"phase {self.order}: every {self.interval_days} days"


class ProtocolTest(Tracked):
    """One test that a phase asks for."""

    __test__ = False

    phase = models.ForeignKey(ProtocolPhase, on_delete=models.PROTECT, related_name="phase_tests")
    test_type = models.ForeignKey(TestType, on_delete=models.PROTECT, related_name="+")

    objects = ReferenceQuerySet["ProtocolTest"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["phase", "test_type"], name="protocol_test_unique")]

    def __str__(self) -> str:
        return f"{self.test_type_id} in phase {self.phase_id}"


class Threshold(Tracked):
    """A figure at which the protocol asks somebody to think; it advises, and never decides."""

    class Comparison(models.TextChoices):
        """How the result is held against the value."""

        BELOW = "BELOW", "below"
        ABOVE = "ABOVE", "above"
        TIMES_UPPER_LIMIT = "TIMES_UPPER_LIMIT", "times the upper limit of normal"
        RISE_PERCENT = "RISE_PERCENT", "per cent above baseline"
        FALL = "FALL", "below baseline by"

    class Advice(models.TextChoices):
        """What the protocol says to do."""

        DISCUSS = "DISCUSS", "Hold and discuss"
        INTERRUPT = "INTERRUPT", "Interrupt"
        STOP = "STOP", "Stop"

    protocol = models.ForeignKey(MonitoringProtocol, on_delete=models.PROTECT, related_name="thresholds")
    analyte = models.ForeignKey(Analyte, on_delete=models.PROTECT, related_name="thresholds")
    comparison = models.CharField(max_length=17, choices=Comparison.choices)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=40, blank=True)
    within_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="For a change: over how long")
    advice = models.CharField(max_length=9, choices=Advice.choices)
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["Threshold"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "analyte", "comparison", "advice"], name="threshold_unique"),
            models.CheckConstraint(
                condition=Q(comparison__in=["BELOW", "ABOVE", "TIMES_UPPER_LIMIT", "RISE_PERCENT", "FALL"]),
                name="threshold_comparison",
            ),
            models.CheckConstraint(condition=Q(advice__in=["DISCUSS", "INTERRUPT", "STOP"]), name="threshold_advice"),
        ]

    def __str__(self) -> str:
        return f"{self.analyte_id} {self.get_comparison_display()} {self.value}: {self.get_advice_display().lower()}"
