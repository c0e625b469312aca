"""What a provider's system sent before: the same key again gets the same answer, and nothing happens twice."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from homecare.core.rights import Rights, Transient


class ApiRequest(models.Model):
    """One request that changed something, by the key its sender chose, and the answer it got."""

    audit: ClassVar[Rights] = Transient("Only for repeats: what was done is in the records' own histories.")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, help_text="JSON as it was sent, so that a repeat gets the same to the byte")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="api_request_key_once_for_a_client"),
            models.CheckConstraint(
                condition=Q(status__isnull=True, body="") | (Q(status__isnull=False) & ~Q(body="")),
                name="api_request_answered_or_not",
            ),
        ]
        indexes = [models.Index(fields=["received_at"], name="api_request_age")]

    def __str__(self) -> str:
        return self.key
