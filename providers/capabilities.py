"""What a provider cannot do for somebody with particular needs, in words, so that it is known before a choice is made.

The needs are those of the Accessible Information Standard as patients' records name them. What nobody has asked the
provider is said to be not known: silence is not a promise.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from providers.models import Provider, ProviderCapability

DOES: Final[Mapping[str, str]] = {
    "LARGE_PRINT": "send letters in large print",
    "BRAILLE": "send letters in braille",
    "EASY_READ": "send letters in easy read",
    "BSL": "speak with people in British Sign Language",
    "TEXT_RELAY": "take calls by text relay",
    "INTERPRETER": "arrange an interpreter",
}
ENGLISH: Final = frozenset({"", "english", "en"})
Offered = Mapping[tuple[str, str], bool]


def cannot_do(*, name: str, offered: Offered, needs: Iterable[str], language: str = "") -> list[str]:
    """Say what the provider of this name cannot do, of these needs and this language.

    `offered` maps (need, language in small letters) to whether the provider does it; a missing key is not known.
    """
    wanted = [(need, "", DOES[need]) for need in dict.fromkeys(needs) if need in DOES]
    spoken = language.strip()
    if spoken.lower() not in ENGLISH:
        wanted.append(("LANGUAGE", spoken.lower(), f"speak {spoken}"))
    said = (_said(name, offered.get((need, key)), what) for need, key, what in wanted)
    return [words for words in said if words]


def _said(name: str, offers: bool | None, what: str) -> str:
    if offers:
        return ""
    if offers is None:
        return f"It is not known whether {name} can {what}: ask them first"
    return f"{name} cannot {what}"


def what_provider_cannot_do(*, provider: Provider, needs: Iterable[str], language: str = "") -> list[str]:
    """Say what this provider cannot do, of these needs (ProviderCapability.Need) and this language. One query."""
    rows = ProviderCapability.objects.filter(provider=provider).values_list("need", "language", "offered")
    offered = {(need, spoken.lower()): does for need, spoken, does in rows}
    return cannot_do(name=provider.name, offered=offered, needs=needs, language=language)
