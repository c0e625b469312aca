"""`manage.py check_cover CASES.json [--report FILE]`: hold the computation of cover against written cases."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patients.cover.cases import Difference, differences


class Command(BaseCommand):
    """List each difference between what cases expect and what is computed; fail if there is any."""

    help = "Compute the cover of each case in a file (docs/cover.md) and list each difference. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file of cases and the report."""
        parser.add_argument("cases", metavar="CASES.json", type=Path)
        parser.add_argument("--report", metavar="FILE", type=Path, help="write the differences as JSON as well")

    def handle(self, *args: Any, cases: Path, report: Path | None, **options: Any) -> None:
        """Compute, list and fail on any difference."""
        written = _read(cases)
        found = list(differences(written))
        for difference in found:
            self.stdout.write(_line(difference))
        if report:
            report.write_text(json.dumps(_report(written, found), indent=2) + "\n", encoding="utf-8")
        if found:
            wrong = len({difference.case for difference in found})
            raise CommandError(f"{len(found)} differences in {wrong} of {_size(written)}.")
        self.stdout.write(f"No difference in {_size(written)}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        written = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"Cannot read {path}: {problem}", returncode=2) from problem
    if isinstance(written, list):
        written = {"cases": written}
    if not isinstance(written, dict) or not isinstance(written.get("cases"), list):
        raise CommandError(f"{path} has no list of cases. It should hold an object with “cases”.", returncode=2)
    return written


def _line(difference: Difference) -> str:
    return (
        f"{difference.case}: {difference.field or 'case'}: expected {difference.expected!r}, found {difference.found!r}"
    )


def _size(written: dict[str, Any]) -> str:
    return f"{len(written['cases'])} cases and {len(written.get('legal_life', ()))} legal lives"


def _report(written: dict[str, Any], found: list[Difference]) -> dict[str, Any]:
    return {
        "cases": len(written["cases"]),
        "legal_life": len(written.get("legal_life", ())),
        "differences": [difference._asdict() for difference in found],
    }
