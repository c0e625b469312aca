"""Let a held batch go, by a second person."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.messaging import actions, registry
from homecare.messaging.models import MessageBatch


class Command(BaseCommand):
    """Release one batch, or list those that are held."""

    help = "Release a held batch of messages. Without an id: list those that are held."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the batch and the person."""
        parser.add_argument("batch_id", type=int, nargs="?", metavar="ID")
        parser.add_argument("--by", metavar="USER", help="the username of the person who has looked at the batch")
        parser.add_argument("--reason", default="", help="kept with each message")

    def handle(self, *args: Any, **options: Any) -> None:
        """Release, and say how many messages."""
        if options["batch_id"] is None:
            self._list()
            return
        try:
            by = User.objects.get(username=options["by"] or "")
            released = actions.release_batch(
                batch_id=options["batch_id"], by=by, at=timezone.now(), reason=options["reason"]
            )
        except User.DoesNotExist:
            raise CommandError("Say by whom: --by and a username that exists.") from None
        except MessageBatch.DoesNotExist:
            raise CommandError(f"There is no batch {options['batch_id']}.") from None
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"Released {released} messages.")

    def _list(self) -> None:
        for batch in MessageBatch.objects.held().order_by("planned_at"):
            why = "; ".join(batch.reasons_in_words())
            self.stdout.write(
                f"{batch.pk}\t{registry.title(batch.purpose)}\t{batch.day}\t{batch.held_count} held of "
                f"{batch.planned_count}: {why}"
            )
