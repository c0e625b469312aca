"""File laboratory results from a pathology extract: a preview unless `--write`, then all of it or nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.desk.lab_results.filing import LabDecision, count, file_lab_results, preview_lab_results
from homecare.desk.lab_results.reading import read_lab_rows
from homecare.desk.register.reader import open_path


class Command(BaseCommand):
    """Import laboratory results."""

    help = "Read a pathology extract (CSV or XLSX) and say what would become of each result; --write files them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and where the report goes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--write", action="store_true", help="file the results; without it nothing is written")
        parser.add_argument("--report", type=Path, help="write the report here as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, judge, and perhaps file."""
        try:
            decisions = self._import(options["file"], write=options["write"])
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        counts = count(decisions)
        if options["report"]:
            report = {
                "file": options["file"].name,
                "written": options["write"],
                "rows": [decision.as_report() for decision in decisions],
                "counts": counts,
            }
            options["report"].write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        for name, number in counts.items():
            self.stdout.write(f"{number:>8,}  {name}")
        self.stdout.write("Written." if options["write"] else "Nothing was written: this is a preview (--write).")

    def _import(self, path: Path, *, write: bool) -> list[LabDecision]:
        now = timezone.now()
        with open_path(path) as source:
            rows = list(read_lab_rows(source, as_at=local_day(now)))
        if not write:
            return preview_lab_results(rows)
        return file_lab_results(rows=rows, source=path.name, by=User.objects.system("lab_import"), at=now)
