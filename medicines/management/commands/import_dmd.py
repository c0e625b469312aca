"""Import a release of the NHS dictionary of medicines and devices from NHSBSA's XML."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.errors import Refused
from medicines import actions
from medicines.actions.dmd import Imported


class Command(BaseCommand):
    """Import a release, all of it or nothing."""

    help = "Import a dm+d release: the folder with NHSBSA's f_vtm2, f_vmp2, f_vmpp2, f_amp2, f_ampp2, ... XML files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--allow-older", action="store_true", help="Go back to an older release on purpose.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        started = time.perf_counter()
        try:
            imported = actions.import_dmd_release(
                folder=options["folder"],
                allow_older=options["allow_older"],
                by=User.objects.system("reference"),
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self._print(imported, seconds=time.perf_counter() - started)

    def _print(self, imported: Imported, *, seconds: float) -> None:
        self.stdout.write(f"dm+d release {imported.release}, {seconds:.1f} s")
        for words, count in imported.merged.items():
            line = f"  {words}: {count.in_release} in the release, {count.added} added, {count.changed} changed"
            line += f", {count.unchanged} unchanged"
            if count.left:
                line += f", {count.left} no longer in it (kept, marked)"
            if count.left_out:
                line += f", {count.left_out} left out (doubled, or of a product that the release does not have)"
            self.stdout.write(line)
        for words, number in imported.notes.items():
            self.stdout.write(f"  {words}: {number}")
        linked = imported.linked
        self.stdout.write(
            f"  formulary: {linked.medicines} medicines and {linked.products} products tied to dm+d"
            f", {linked.moved} moved from a superseded code"
        )
        for product in linked.stale:
            self.stdout.write(f"  look at: {product} is tied to a code that is no longer valid")
