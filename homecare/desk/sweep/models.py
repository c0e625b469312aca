"""What each sweep did, and which batches must wait because a register came in before them."""

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


class ImportMark(models.Model):
    """A register came in: the first batch of each rule after it is held for a second person.

    "After" is by the batches' own numbers, so that no clock decides it.
    """

    last_batch = models.PositiveBigIntegerField(help_text="the newest message batch when the register was committed")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    audit = AppendOnly("it decides which messages wait for a second person")

    class Meta:
        app_label = "desk"

    def __str__(self) -> str:
        return f"import at {self.at}"
