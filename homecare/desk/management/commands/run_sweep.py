"""Plan what is due: `run_sweep --as-at DATE` as if it were 09:00 in London on that day. Nothing is sent."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.sweep.actions import sweep

SWEEP_HOUR = 9


class Command(BaseCommand):
    """Run one sweep and print its counts."""

    help = "Open the renewals and plan the messages that are due. Sends nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day and where the report goes."""
        parser.add_argument("--as-at", type=dt.date.fromisoformat, help="the local day, YYYY-MM-DD (default: today)")
        parser.add_argument("--report", type=Path, help="write the report here as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once."""
        day: dt.date | None = options["as_at"]
        at = at_local(day, SWEEP_HOUR) if day else timezone.now()
        report = sweep(by=User.objects.system("sweep"), at=at).as_report()
        text = json.dumps(report, indent=2)
        if options["report"]:
            options["report"].write_text(text + "\n")
        self.stdout.write(text)
