"""What there is to choose within a service, and what a provider can do for people with particular needs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from homecare.core.rights import Deletable, Rights
from providers import styles
from providers.models.provider import Provider
from providers.models.querysets import ProviderScopedQuerySet
from providers.models.service import HomecareService, ServiceRowQuerySet


class ServiceStyle(Tracked):
    """One thing a patient of a service may choose."""

    audit: ClassVar[Rights] = Deletable("A service stops offering a choice; the history says that it was offered.")
    Kind = styles.StyleKind

    service = models.ForeignKey(HomecareService, on_delete=models.PROTECT, related_name="styles")
    kind = models.CharField(max_length=14, choices=styles.StyleKind.choices)
    value = models.CharField(max_length=20)

    objects = ServiceRowQuerySet["ServiceStyle"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "kind", "value"], name="service_style_unique"),
            models.CheckConstraint(
                condition=Q(kind="ADMINISTRATION", value__in=sorted(styles.ADMINISTRATION))
                | Q(kind="DEVICE", value__in=sorted(styles.DEVICE))
                | Q(kind="PLACE", value__in=sorted(styles.PLACE))
                | Q(kind="SLOT", value__in=sorted(styles.SLOT)),
                name="service_style_known",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """How the choice is put to a patient."""
        return styles.words(self.kind, self.value)


class ProviderCapability(Tracked):
    """Whether a provider can meet one need, and who says so. No row: nobody has asked yet."""

    class Need(models.TextChoices):
        """What some people need in order to read, hear and understand (as patients' needs are recorded)."""

        LARGE_PRINT = "LARGE_PRINT", "Large print"
        BRAILLE = "BRAILLE", "Braille"
        EASY_READ = "EASY_READ", "Easy read"
        BSL = "BSL", "British Sign Language"
        TEXT_RELAY = "TEXT_RELAY", "Text relay"
        INTERPRETER = "INTERPRETER", "Interpreter"
        LANGUAGE = "LANGUAGE", "Speaks a language"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="capabilities")
    need = models.CharField(max_length=11, choices=Need.choices)
    language = models.CharField(max_length=40, blank=True, help_text="Which, where the need is a language")
    offered = models.BooleanField()
    source = models.CharField(max_length=300, help_text="Who said so, and where it is written")

    objects = ProviderScopedQuerySet["ProviderCapability"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "need", "language"], name="provider_capability_unique"),
            models.CheckConstraint(
                condition=Q(
                    need__in=["LARGE_PRINT", "BRAILLE", "EASY_READ", "BSL", "TEXT_RELAY", "INTERPRETER", "LANGUAGE"]
                ),
                name="provider_capability_need",
            ),
            models.CheckConstraint(
                condition=(Q(need="LANGUAGE") & ~Q(language="")) | (~Q(need="LANGUAGE") & Q(language="")),
                name="provider_capability_names_its_language",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="provider_capability_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.language or self.get_need_display()}"
