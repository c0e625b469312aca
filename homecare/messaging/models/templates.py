"""In which words: versions of a purpose's text for a channel, never changed once written."""

from typing import Self

from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from homecare.messaging.models.recipients import Channel


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    """Which words."""

    def newest_first(self) -> Self:
        """The version in use before those that it replaced."""
        return self.order_by("purpose", "channel", "-version")


class MessageTemplate(Tracked):
    """One version of the words. The newest version is used; a message keeps the version that it was sent in."""

    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(help_text="Plain text; {name} stands for a value. No medicine, condition or clinic.")
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "channel", "version"], name="template_version_unique"),
            models.CheckConstraint(condition=Q(channel__in=["SMS", "EMAIL"]), name="template_channel_known"),
            models.CheckConstraint(condition=~Q(body=""), name="template_has_a_body"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.version}"
