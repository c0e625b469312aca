"""Make the role that serves and migrate, as the owner of the database."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from homecare.engines.errors import EngineError
from homecare.engines.roles import make_app_role


class Command(BaseCommand):
    """Run before the service, once for each release; twice does no harm."""

    help = "Makes the database's role for the service (named in DATABASE_URL) and brings the schema up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do both."""
        try:
            make_app_role(owner_url=settings.DATABASE_OWNER_URL, app_url=settings.DATABASE_URL)
        except EngineError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
