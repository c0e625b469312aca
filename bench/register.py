"""A register of 100,000 rows taken in, against the same staged by COPY, validated and written in plain SQL.

Ours also understands any layout and spelling, judges who is who, works out cover, keeps what each row said and says
what became of it; the other side knows one layout only. Both write the same people, treatments, consents, regimens,
deliveries, prescriptions and tests, by the same statements and with their history.
"""

import csv
import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bench.measure import report, side_by_side
from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk.register import planning, staging
from homecare.desk.register.commit import HERE as IMPORT
from homecare.desk.register.commit import commit_register, source_of
from homecare.desk.register.fields import FIELD_NAMES
from homecare.desk.register.judging import read_register
from homecare.desk.register.lookups import load_spellings
from homecare.desk.register.reader import open_path
from patients.models import Enrolment

GOAL = 3.0
ROWS = 100_000
AS_AT = dt.date(2026, 11, 2)
AT = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
SOURCE = Path(__file__).parent.parent / "tests" / "data" / "register" / "register.csv"
SPELT = {"14 days in 21", "three times a week"}  # what the other side's one layout does not know


def run(rounds: int, rows: int = ROWS) -> None:
    """Print how long the import takes beside plain SQL."""
    call_command("load_reference", verbosity=0)
    by = User.objects.system("register_import")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        headings = write_register(path, rows)
        contestants = {"import_register": lambda: _ours(path, by), "plain SQL": lambda: _plain(path, headings, by)}
        report(f"import {rows:,} register rows", side_by_side(contestants, rounds=rounds), goal=GOAL)


def write_register(path: Path, rows: int) -> list[str]:
    """Write a register of so many made-up people after the hospital's own, all dates in one spelling."""
    with SOURCE.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    plain = [row for row in found if _is_plain(row)]
    chance = random.Random(11)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        numbers = _nhs_numbers()
        for n in range(rows):
            born = dt.date(1930, 1, 1) + dt.timedelta(days=chance.randrange(28_000))
            row = plain[n % len(plain)] | {
                "Hosp No": f"R{n:07d}",
                "NHS No": next(numbers),
                "DOB": f"{born:%d/%m/%Y}",
                "Email": f"patient{n}@example.com",
                "Mobile": f"07700 {900_000 + n % 1000}",
                "Address 1": f"{chance.randrange(1, 400)} Watling Street",
                "Last delivery": _near(plain[n % len(plain)]["Last delivery"], chance),
            }
            writer.writerow(row)
    return list(found[0])


def _is_plain(row: dict[str, str]) -> bool:
    dates = ("Date registered", "Last Rx date", "Last delivery", "Last bloods", "Consent date")
    return all(len(row[name]) in (0, 10) and row[name][2:3] in ("", "/") for name in dates) and (
        bool(row["Last delivery"]) and not any(words in row["Frequency"] for words in SPELT)
    )


def _near(day: str, chance: random.Random) -> str:
    on = dt.datetime.strptime(day, "%d/%m/%Y").date() - dt.timedelta(days=chance.randrange(40))  # noqa: DTZ007
    return f"{on:%d/%m/%Y}"


def _nhs_numbers() -> Iterator[str]:
    for n in reversed(range(1_000_000)):  # the large data set has the lower ones
        first = f"999{n:06d}"
        check = (11 - sum(int(digit) * (10 - place) for place, digit in enumerate(first)) % 11) % 11
        if check != 10:
            yield f"{first}{check}"


def _ours(path: Path, by: User) -> int:
    spellings = load_spellings()
    with open_path(path) as source:
        register = read_register(source, as_at=AS_AT, names=spellings.names)
    commit_register(
        register=register, spellings=spellings, source=source_of(path.name, path.read_bytes()), by=by, at=AT
    )
    return Enrolment.objects.filter(patient__hospital_number__startswith="R").count()


def _plain(path: Path, headings: list[str], by: User) -> int:
    fields = _fields_of(headings)
    with acting(by=by), connection.cursor() as cursor:
        listed = ", ".join(f"{field} text" for field in fields)
        cursor.execute("DROP TABLE IF EXISTS raw")
        cursor.execute(f"CREATE TEMPORARY TABLE raw ({listed}, n bigserial) ON COMMIT DROP")
        statement = (
            f"COPY raw ({', '.join(fields)}) FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL ({', '.join(fields)}))"
        )
        with path.open() as file:
            cursor.copy_expert(statement, file)
        cursor.execute("ANALYZE raw")
        staging.create("register_person", planning.PERSON_COLUMNS)
        staging.create("register_treatment", planning.TREATMENT_COLUMNS)
        staging.create("register_test", planning.TEST_COLUMNS)
        staging.run(Path(__file__).with_suffix(".sql"))
        staging.run(IMPORT / "create.sql", at=AT, by=by.pk, as_at=AS_AT, why="bench")
        cursor.execute("SELECT count(*) FROM register_treatment")
        found: int = cursor.fetchone()[0]
    return found


def _fields_of(headings: list[str]) -> list[str]:
    """Return the fields in the order of the hospital's columns, which is the bench's one layout."""
    known = [name for name in FIELD_NAMES if name not in {"ethnicity", "address_line_2", "gp_practice", "indication"}]
    if len(known) != len(headings):
        raise AssertionError("the register's columns have changed: match them again")
    return known
