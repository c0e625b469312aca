"""Who signs in, and the named system actors that work when nobody is there."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class User(AbstractUser):
    """A person, a provider's client, or a named system actor. Users are deactivated, never deleted."""

    class Kind(models.TextChoices):
        """What acts."""

        HUMAN = "HUMAN", "Person"
        PROVIDER_CLIENT = "PROVIDER_CLIENT", "Provider client"
        SYSTEM = "SYSTEM", "System actor"

    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.HUMAN)
    role = models.CharField(max_length=30, blank=True)

    objects = UserManager()  # type: ignore[misc]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
