"""Give a provider's system its id and secret for the API, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.errors import Refused
from providers import names
from providers.actions import add_client
from providers.models import Provider


class Command(BaseCommand):
    """Add a client, or give it a new secret."""

    help = "Give PROVIDER's system an id and a secret for the API. Run again for a new secret; the old one ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("provider", help="The provider's name, in any spelling that is known.")
        parser.add_argument("--by", required=True, metavar="USER", help="The username of who answers for it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        by = User.objects.filter(username=options["by"], is_active=True).first()
        provider = Provider.objects.filter(pk=names.resolve(options["provider"]) or 0).first()
        if by is None:
            raise CommandError(f"Nobody with the username {options['by']} can act. Check the spelling.")
        if provider is None:
            raise CommandError(f"No provider is known as {options['provider']}. Check the spelling.")
        try:
            client_id, secret = add_client(provider=provider, by=by, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{provider.name}\nclient_id:     {client_id}\nclient_secret: {secret}")
        self.stdout.write("The secret is not shown again. Give it to the provider by a safe way.")
