"""Draws docs/states/ from the tables of moves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from homecare.core import diagrams


class Command(BaseCommand):
    """Draw what may follow what."""

    help = "Draw docs/states/ anew from the tables of moves in each app's states.py."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages and name those that changed."""
        for path in diagrams.write(settings.BASE_DIR / "docs" / "states"):
            self.stdout.write(f"Drew {path.relative_to(settings.BASE_DIR)}")
