"""Who may read what about providers: staff see all, a provider's client its own provider's rows only."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model, covariant=True)


class ProviderScopedQuerySet(models.QuerySet[M]):
    """Rows that belong to one provider, by the path named in `provider_path`."""

    provider_path: ClassVar[str] = "provider"

    def visible_to(self, user: Any) -> Self:
        """Return the rows this user may see."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.kind == "PROVIDER_CLIENT":
            return self.filter(**{f"{self.provider_path}__client__user": user})
        return self.all()


def scoped_by(path: str) -> type[ProviderScopedQuerySet[Any]]:
    """Return the queryset class whose rows reach their provider by this path."""
    return type("ScopedQuerySet", (ProviderScopedQuerySet,), {"provider_path": path})
