"""What each sweep did, a row a run that found something or finished a day."""

from django.db import models

from homecare.core.rights import AppendOnly


class SweepRun(models.Model):
    """One sweep for one local day."""

    day = models.DateField()
    ran_at = models.DateTimeField()
    ran_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    covers_recomputed = models.PositiveIntegerField()
    renewals_opened = models.PositiveIntegerField()
    messages_planned = models.PositiveIntegerField()
    messages_held = models.PositiveIntegerField()

    audit = AppendOnly("what the sweep did and when is evidence that it ran")

    class Meta:
        app_label = "desk"
        indexes = [models.Index(fields=["-day"], name="sweep_run_day")]

    def __str__(self) -> str:
        return f"sweep for {self.day}"
