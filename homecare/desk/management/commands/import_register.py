"""Take a homecare register in: a preview unless `--write`, then all of it or nothing."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, TaskID

from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.desk.register.commit import commit_register, source_of
from homecare.desk.register.decisions import Decision
from homecare.desk.register.judging import ReadRegister, judge, read_register, report
from homecare.desk.register.limits import MAX_FILE_BYTES
from homecare.desk.register.lookups import Spellings, load_known, load_spellings
from homecare.desk.register.reader import open_path


class Command(BaseCommand):
    """Import a register."""

    help = "Read a homecare register (XLSX or CSV) and say what would become of each row; --write takes it in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, its day, a mapping of columns, and where the report goes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-at", type=dt.date.fromisoformat, required=True, help="the register's day, YYYY-MM-DD")
        parser.add_argument("--columns", type=Path, help='a JSON file of field to heading: {"mobile": "Contact no"}')
        parser.add_argument("--write", action="store_true", help="take the register in; without it nothing is written")
        parser.add_argument("--report", type=Path, help="write the report here as JSON")
        parser.add_argument("--by", help="the user name that answers for it (default: the system's own)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, judge, and perhaps commit."""
        with Progress(console=Console(stderr=True), transient=True) as progress:
            teller = _Teller(progress)
            try:
                found = self._import(options, teller)
            except Refused as refusal:
                raise CommandError(refusal.message, returncode=2) from None
        text = json.dumps(found, ensure_ascii=False, indent=1)
        if options["report"]:
            options["report"].write_text(text + "\n")
        for name, number in found["counts"].items():
            self.stdout.write(f"{number:>8,}  {name}")
        self.stdout.write("Written." if options["write"] else "Nothing was written: this is a preview (--write).")

    def _import(self, options: dict[str, Any], tell: "_Teller") -> dict[str, Any]:
        path: Path = options["file"]
        mapping = _mapping(options["columns"])
        spellings = load_spellings()
        with open_path(path) as source:
            register = read_register(source, as_at=options["as_at"], mapping=mapping, names=spellings.names, tell=tell)
        decisions = (
            self._write(register, spellings, options, tell) if options["write"] else _preview(register, spellings)
        )
        return report(
            decisions,
            file=path.name,
            as_at=register.as_at.isoformat(),
            written=options["write"],
            columns=register.columns.as_mapping(),
            note=register.table.note,
            passed_over=[{"row": line.row, "why": line.why, "text": line.text} for line in register.passed_over],
        )

    def _write(
        self, register: ReadRegister, spellings: Spellings, options: dict[str, Any], tell: "_Teller"
    ) -> list[Decision]:
        by = _user(options["by"])
        path: Path = options["file"]
        with path.open("rb") as file:
            source = source_of(path.name, file.read(MAX_FILE_BYTES + 1))
        _, decisions = commit_register(
            register=register, spellings=spellings, source=source, by=by, at=timezone.now(), tell=tell
        )
        return decisions


def _preview(register: ReadRegister, spellings: Spellings) -> list[Decision]:
    known, _ = load_known(register.rows, spellings)
    return judge(register, known)


def _mapping(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        raise Refused(f"{path.name} is not a JSON file of field to heading.") from None
    if not isinstance(found, dict) or not all(isinstance(heading, str | None) for heading in found.values()):
        raise Refused(f'{path.name} must hold one object of field to heading, such as {{"mobile": "Contact no"}}.')
    return {field: heading or "" for field, heading in found.items()}


def _user(name: str | None) -> User:
    if name is None:
        return User.objects.system("register_import")
    found: User | None = User.objects.filter(username=name).first()
    if found is None:
        raise Refused(f"There is no user {name}.")
    return found


class _Teller:
    """Show how far the work has come."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total or None)
        self._progress.update(self._tasks[stage], completed=done, total=total or None)
