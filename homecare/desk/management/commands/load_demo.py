"""Load the demonstration hospital: made-up people only, alive around today."""

import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from homecare.accounts.models import User
from homecare.core.clock import at_local, local_day
from homecare.core.errors import Refused
from homecare.desk.demo.actions import Loaded, load_demo

MEDWAY = 3200


class Command(BaseCommand):
    """Load patients with a progress bar, or refuse with a sentence."""

    help = (
        "Load a made-up hospital: reference data, the people who work there, and patients. In an empty database only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("--patients", type=int, default=MEDWAY, metavar="N", help=f"How many (default {MEDWAY}).")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="The same seed gives the same hospital.")
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, metavar="DATE", help="Alive around this day (today)."
        )
        parser.add_argument("--add", action="store_true", help="Load more beside the patients that are there.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        at = timezone.now() if options["as_at"] is None else at_local(options["as_at"], 8)
        began = time.monotonic()
        try:
            loaded = self._load(at, options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"{loaded.patients:,} made-up patients, {loaded.rows:,} rows and their history,"
            f" in {time.monotonic() - began:.0f} s."
        )

    def _load(self, at: dt.datetime, options: dict[str, Any]) -> Loaded:
        columns = (TextColumn("Loading the demonstration"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("patients", total=options["patients"])
            return load_demo(
                patients=options["patients"],
                seed=options["seed"],
                as_at=local_day(at),
                add=options["add"],
                by=User.objects.system("demo"),
                at=at,
                progress=lambda done: bar.update(task, completed=done),
            )
