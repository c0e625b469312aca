"""Load the reference data that ships: medicines, protocols, providers, services and the pathway's texts, as drafts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from homecare.accounts.models import User
from medicines.actions import load_formulary
from medicines.drafts import read_formulary
from patients.actions.content import load_assessing
from patients.drafts import read_assessing
from providers.actions import load_providers
from providers.drafts import read_providers


class Command(BaseCommand):
    """Load what is missing; what the trust has made of the rest stays."""

    help = (
        "Load medicines, protocols, providers, services, the suitability checklist, the consent text, the charter and"
        " leaflets as drafts. Adds what is missing and changes nothing else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take no arguments."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        by, at = User.objects.system("reference"), timezone.now()
        with transaction.atomic():
            counts = load_formulary(draft=read_formulary(), by=by, at=at)
            counts |= load_providers(draft=read_providers(), by=by, at=at)
            counts |= load_assessing(draft=read_assessing(), by=by, at=at)
        for words, number in counts.items():
            self.stdout.write(f"{words}: {number} added")
