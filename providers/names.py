"""From what people write for a provider to the provider: former names and abbreviations are spellings too."""

from medicines.names import normalise
from providers.models import ProviderName

__all__ = ["all_names", "normalise", "resolve"]


def all_names() -> dict[str, int]:
    """Return every known spelling, normalised, with its provider's id. One query, for bulk work."""
    return dict(ProviderName.objects.values_list("spelling", "provider_id"))


def resolve(text: str) -> int | None:
    """Return the id of the provider this spelling means, or None where nobody has recorded it."""
    return ProviderName.objects.filter(spelling=normalise(text)).values_list("provider_id", flat=True).first()
