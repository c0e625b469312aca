"""Switches that stop sending: everything, one channel or one purpose; and the mark that betrays a restored copy."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from homecare.core.rights import Rights, Untracked


class KillSwitchQuerySet(models.QuerySet["KillSwitch"]):
    """Which switches."""

    def off(self) -> Self:
        """Those that stop something now."""
        return self.filter(is_off=True)


class KillSwitch(Tracked):
    """A switch; where none is recorded, sending is on."""

    class Scope(models.TextChoices):
        """What it stops."""

        ALL = "ALL", "All messages"
        CHANNEL = "CHANNEL", "A channel"
        PURPOSE = "PURPOSE", "A purpose"

    scope = models.CharField(max_length=7, choices=Scope.choices)
    code = models.CharField(max_length=40, blank=True)
    is_off = models.BooleanField(default=False)
    reason = models.TextField()
    switched_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField()

    objects = KillSwitchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "code"], name="kill_switch_unique"),
            models.CheckConstraint(
                condition=Q(scope="ALL", code="") | (Q(scope__in=["CHANNEL", "PURPOSE"]) & ~Q(code="")),
                name="kill_switch_scope_and_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.code}: {'off' if self.is_off else 'on'}".replace(" :", ":")


class DatabaseMark(models.Model):
    """Which database this is. A copy made by a restore differs, and then the outbox starts paused (goal R13)."""

    audit: ClassVar[Rights] = Untracked("What the server says about itself; a switch and its history follow from it.")

    singleton = models.BooleanField(primary_key=True, default=True)
    system_identifier = models.CharField(max_length=40)
    timeline = models.CharField(max_length=20)
    database_oid = models.CharField(max_length=20)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="database_mark_is_one")]

    def __str__(self) -> str:
        return f"{self.system_identifier} {self.timeline} {self.database_oid}"
