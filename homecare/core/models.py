"""Abstract bases that every app may use."""

from typing import ClassVar

from django.db import models

from homecare.core.history import TrackedHistory
from homecare.core.rights import AppendOnly, Rights, Untracked


class Tracked(models.Model):
    """A record whose every change is kept, by whom and why."""

    history: ClassVar[TrackedHistory] = TrackedHistory(inherit=True)

    class Meta:
        abstract = True


class StatusChange(models.Model):
    """One move of one record, never changed: who, when, from what to what, and why."""

    audit: ClassVar[Rights] = AppendOnly("A move that was made stays made; the next one says otherwise.")

    event = models.CharField(max_length=40)
    from_status = models.CharField(max_length=40, blank=True)
    to_status = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_status or '-'} -> {self.to_status}"


class Heartbeat(models.Model):
    """When a part of the machine (worker, beat, sweep, outbox) was last seen alive. Not history: it is overwritten."""

    audit: ClassVar[Rights] = Untracked("A sign of life, overwritten by the next one.")

    name = models.CharField(max_length=40)
    beat_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="heartbeat_name_unique")]

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%H:%M:%S}"
