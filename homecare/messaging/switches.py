"""What is switched off now."""

from dataclasses import dataclass

from homecare.messaging.models import Channel, KillSwitch

OFF_SQL = """EXISTS (
    SELECT 1 FROM messaging_killswitch k WHERE k.is_off AND (
        k.scope = 'ALL' OR (k.scope = 'CHANNEL' AND k.code = m.channel) OR (k.scope = 'PURPOSE' AND k.code = m.purpose)
    ))"""
"""For a WHERE over the alias m: this message may not go now."""


@dataclass(frozen=True)
class Off:
    """What is switched off."""

    everything: bool
    channels: frozenset[str]
    purposes: frozenset[str]

    def open_channels(self) -> list[str]:
        """Return the channels that may be used."""
        return [] if self.everything else [channel for channel in Channel.values if channel not in self.channels]


def off_now() -> Off:
    """Return what is switched off at this moment."""
    rows = list(KillSwitch.objects.off().values_list("scope", "code"))
    return Off(
        everything=any(scope == KillSwitch.Scope.ALL for scope, _ in rows),
        channels=frozenset(code for scope, code in rows if scope == KillSwitch.Scope.CHANNEL),
        purposes=frozenset(code for scope, code in rows if scope == KillSwitch.Scope.PURPOSE),
    )
