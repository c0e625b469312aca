"""Start the clock of everybody who is on the way to a first dose and has none: `start_clocks`. Can be stopped."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from homecare.accounts.models import User
from patients.actions.missing_clocks import start_missing_clocks


class Command(BaseCommand):
    """Start missing clocks in batches, each committed by itself."""

    help = "Start the clock of everybody before their first dose who has none, from the moves that are on record."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go on until everybody has one; where everybody has, say nothing."""
        by, started = User.objects.system("command"), 0
        while number := start_missing_clocks(by=by, at=timezone.now()):
            started += number
        if started:
            self.stdout.write(f"{started:,} clocks started.")
