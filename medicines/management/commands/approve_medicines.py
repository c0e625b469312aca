"""Approve draft medicines of the formulary, in the name of somebody who may."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.errors import Refused
from medicines import actions
from medicines.models import Medicine
from medicines.models.formulary import Approval


class Command(BaseCommand):
    """Approve drafts, or list them."""

    help = "Approve draft medicines in the name of USER. Without --all or --medicine, lists the drafts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("--by", required=True, metavar="USER", help="The username of who answers for them.")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="Every draft.")
        which.add_argument("--medicine", action="append", default=[], help="This medicine (repeatable).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody with the username {options['by']} can act. Check the spelling.")
        drafts = Medicine.objects.filter(status=Approval.DRAFT).order_by("name")
        if not options["all"] and not options["medicine"]:
            for draft in drafts:
                self.stdout.write(f"{draft}: {draft.source}")
            self.stdout.write(f"{len(drafts)} drafts. Approve with --all or --medicine NAME.")
            return
        chosen = drafts if options["all"] else drafts.filter(name__in=options["medicine"])
        try:
            approved = actions.approve_medicines(medicines=list(chosen), by=by, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{approved} medicines approved by {by.username}.")
