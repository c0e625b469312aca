"""What the stand-in was asked to send. It is another party's memory: nothing of ours reads it but its own page."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from homecare.core.rights import Rights, Transient


class StandInMessage(models.Model):
    """A message that the stand-in accepted, in made-up hospitals only."""

    audit: ClassVar[Rights] = Transient("The demonstration's stand-in for an outside service; made-up people only.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reference = models.CharField(max_length=100, blank=True, db_index=True)
    kind = models.CharField(max_length=5)
    sent_to = models.CharField(max_length=254)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    template_id = models.CharField(max_length=100)
    status = models.CharField(max_length=30, default="delivered")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["sms", "email"]), name="stand_in_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
