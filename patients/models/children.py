"""What is known of children besides: their weight, on which doses hang, and whether they can consent themselves."""

from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked


class WeightRecord(Tracked):
    """A patient's weight in kilograms on a day: doses of children hang on it."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="weights")
    weight_kg = models.DecimalField(max_digits=5, decimal_places=2)
    weighed_on = models.DateField()
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight_kg__gt=0) & Q(weight_kg__lte=400), name="weight_is_likely"),
            models.UniqueConstraint(fields=["patient", "weighed_on"], name="weight_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.weight_kg} kg"


class CompetenceAssessment(Tracked):
    """Whether a child under 16 understands enough to consent for themselves."""

    class Outcome(models.TextChoices):
        """What came of it."""

        COMPETENT = "COMPETENT", "Competent to consent"
        NOT_COMPETENT = "NOT_COMPETENT", "Not competent to consent"

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="competence_assessments")
    outcome = models.CharField(max_length=13, choices=Outcome.choices)
    assessed_on = models.DateField()
    assessed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"competence assessment {self.pk}"
