"""Add the demonstration's people, one for each role. Again is no harm: who is there already stays as they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.desk.people.actions import add_demo_people


class Command(BaseCommand):
    """Add the demonstration's people."""

    help = "Add the demonstration's made-up people, one for each role (only with DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add those who are missing."""
        try:
            people = add_demo_people(by=User.objects.system("demo"), at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(people)} people of the demonstration can sign in.")
