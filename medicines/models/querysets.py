"""Who may read reference data: everybody who is signed in (it names no patient)."""

from typing import Any, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model, covariant=True)


class ReferenceQuerySet(models.QuerySet[M]):
    """Rows that name no patient."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows this user may see: all of them, or none for somebody who is not signed in."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.all()
