"""Compute everybody's cover again: `recompute_cover [--as-at DATE] [--after ID]`. Can be stopped and goes on."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from homecare.accounts.models import User
from homecare.core.clock import local_day
from patients.cover.actions import recompute_next
from patients.models import Enrolment


class Command(BaseCommand):
    """Recompute in batches, each committed by itself."""

    help = "Compute the cover of every enrolment on treatment again, from its facts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day, and where an interrupted run stopped."""
        parser.add_argument("--as-at", type=dt.date.fromisoformat, help="the local day, YYYY-MM-DD (default: today)")
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="go on after this enrolment")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work through everybody, saying where a stopped run can go on."""
        at = timezone.now()
        day: dt.date = options["as_at"] or local_day(at)
        by, reached = User.objects.system("command"), int(options["after"])
        waiting = Enrolment.objects.on_treatment().filter(pk__gt=reached)
        total = waiting.count()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Computing cover", total=total)
            try:
                while (last := recompute_next(after=reached, on=day, by=by, at=at)) is not None:
                    progress.advance(bar, waiting.filter(pk__gt=reached, pk__lte=last).count())
                    reached = last
            except KeyboardInterrupt:
                self.stderr.write(f"Stopped. Go on with --after {reached}.")
                raise
        self.stdout.write(f"The cover of {total:,} enrolments was computed as at {day:%-d %B %Y}.")
