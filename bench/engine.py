"""An engine of the bench's own, with settings that are stated, and one cached database for each size."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "16GB",
    "jit": "off",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
}
HERE = Path(__file__).resolve().parent.parent


@contextmanager
def engine() -> Iterator[None]:
    """Start the bench's engine under `.local/bench` (fsync and synchronous_commit stay on) and set Django up."""
    os.environ.setdefault("HOMECARE_LOCAL", str(HERE / ".local" / "bench"))
    os.environ["EMBEDDED_PG_SETTINGS"] = " ".join(f"{name}={value}" for name, value in SETTINGS.items())
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.setdefault("DEMO", "1")
    os.environ["DJANGO_SETTINGS_MODULE"] = "homecare.settings_test"
    Path(os.environ["HOMECARE_LOCAL"]).mkdir(parents=True, exist_ok=True)
    from homecare.engines.use import engines

    with engines():
        import django

        django.setup()
        _connect_as_owner()
        yield


def _connect_as_owner() -> None:
    """The other side of each measurement switches triggers off, which only the tables' owner may."""
    import dj_database_url
    from django.conf import settings
    from django.db import connection

    owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    for name in ("USER", "PASSWORD"):
        settings.DATABASES["default"][name] = connection.settings_dict[name] = owner[name]


def use_database(size: int, kind: str = "") -> bool:
    """Point Django at the database of this size and kind, made and migrated if there is none; say whether it is new."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    name = f"homecare_bench_{kind}{size}"
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    return is_new
