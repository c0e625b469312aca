"""The board of who has not started, at a hundred thousand: queries and server time, whole, filtered and deep."""

from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from bench import dataset
from bench.dataset import DAY
from bench.pages import look, signed_in
from homecare.accounts.models import User
from patients.models import PathwayClock

SIZE = 100_000
GOAL_MS = 300
TABLES = (
    "patients_enrolment",
    "patients_cover",
    "patients_supplyfact",
    "patients_remainingsupply",
    "patients_pathwayclock",
    "patients_pathwaystep",
    "patients_clockstop",
    "patients_choice",
    "patients_fundingapproval",
    "patients_registration",
    "patients_registrationquery",
    "patients_contactattempt",
    "deliveries_delivery",
    "patients_visit",
    "patients_bridgingsupply",
)


def load() -> None:
    """Fill an empty database with patients of whom nobody has started."""
    dataset.load(SIZE)
    by = User.objects.system("demo")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(Path(__file__).with_suffix(".sql").read_text(), {"day": DAY, "by": by.pk})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    call_command("migrate", verbosity=0)  # the triggers again, ENABLE ALWAYS


def run() -> None:
    """Print the queries and the median server time of the board; what a look leaves behind is undone."""
    with transaction.atomic():
        _run()
        transaction.set_rollback(True)


def _run() -> None:
    clocks = PathwayClock.objects.running().order_by("began_on", "pk")
    middle = clocks[clocks.count() // 2]
    service = middle.enrolment.service
    client = signed_in()
    for title, query in (
        ("whole", "all=1"),
        ("in the middle", f"after={middle.began_on}_{middle.pk}"),
        ("one stage of one party", "whose=PROVIDER&stage=AWAITING_FIRST_CONTACT"),
        ("one provider", f"provider={service.provider_id}"),
        ("one specialty", f"specialty={middle.enrolment.clinic.specialty_id}"),
        ("over 28 days", "over=28"),
    ):
        look(client, f"not started, {title}", f"/not-started/?{query}", SIZE, goal_ms=GOAL_MS)
