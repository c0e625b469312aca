"""Send what is due, without Celery: the same code, by hand."""

import argparse
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from homecare.accounts.models import User
from homecare.core.clock import LONDON, at_local
from homecare.messaging import reconcile, recover, restored, sending
from homecare.messaging.models import KillSwitch, OutboxMessage
from homecare.messaging.registry import all_purposes
from homecare.messaging.stand_in.server import serving_if_nobody_does


def instant(text: str) -> dt.datetime:
    """Read an instant: 2026-03-10T09:00, in London unless it says otherwise, or a day, taken at 09:00."""
    try:
        found = parse_datetime(text)
        day = None if found else parse_date(text)
    except ValueError:
        found = day = None
    if day is not None:
        return at_local(day, 9)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no instant: write 2026-03-10T09:00, or a day.")
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


class Command(BaseCommand):
    """Claim and send with the clock that is given; leases stay on the database's."""

    help = "Send the messages that are due, recover and reconcile, and report the counts."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the clock and the report's file."""
        parser.add_argument("--at", type=instant, metavar="INSTANT", help="as if it were this instant")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the counts to this file as JSON")
        parser.add_argument("--limit", type=int, metavar="N", help="send at most about this many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say what came of it."""
        at: dt.datetime | None = options["at"]
        by = User.objects.system("outbox")
        with serving_if_nobody_does():
            came_to = self._run(at, by, options["limit"])
        report: dict[str, Any] = {"at": (at or timezone.now()).isoformat(), "came_to": dict(sorted(came_to.items()))}
        report["statuses"] = statuses()
        report["quiet_hours"] = any(p.quiet_hours and p.quiet_hours.holds(at or timezone.now()) for p in all_purposes())
        report["switched_off"] = [str(switch) for switch in KillSwitch.objects.off()]
        if options["report"]:
            try:
                options["report"].write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"The report cannot be written: {error}.") from error
        self.stdout.write(json.dumps(report, indent=2))

    def _run(self, at: dt.datetime | None, by: User, limit: int | None) -> Counter[str]:
        def now() -> dt.datetime:
            return at or timezone.now()

        came_to: Counter[str] = Counter()
        if restored.pause_if_restored(by=by, at=now()):
            self.stderr.write(restored.WORDS)
            return came_to
        for step in (recover.recover, recover.turn_pages):
            came_to.update({f"{name}_before": number for name, number in step(by=by, at=now()).items()})
        came_to.update(reconcile.reconcile(by=by, at=now()))
        came_to.update(sending.send_all(now=now, by=by, most=limit))
        came_to.update(reconcile.collect_receipts(by=by, at=now()))
        return +came_to


def statuses() -> dict[str, int]:
    """Return how many messages there are in each status."""
    rows = OutboxMessage.objects.values_list("status").annotate(number=Count("id")).order_by("status")
    return dict(rows)
