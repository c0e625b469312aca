"""Taking in a release of dm+d: all of it or nothing, the same release again changing nothing."""

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from medicines.dmd.linking import Linked, link_formulary
from medicines.dmd.merging import Merged, merge
from medicines.dmd.reading import DmdRefused, find_release, released_on
from medicines.dmd.staging import stage
from medicines.models import DmdRelease

LOCK = 2026_0004  # one import at a time


@dataclass(frozen=True)
class Imported:
    """What a release brought."""

    release: str
    merged: dict[str, Merged]
    linked: Linked
    notes: dict[str, int]


@action
def import_dmd_release(*, folder: Path, by: User, at: dt.datetime, allow_older: bool = False) -> Imported:
    """Import the release in this folder, tie the formulary to it, and say what changed.

    An older release than the newest one taken in is refused unless it is allowed by name.
    """
    require(by, Permission.REFERENCE_EDIT)
    release, files = find_release(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _refuse_older(release, allow_older=allow_older)
        staged = stage(cursor, files)
        merged = merge(cursor, release=release, staged=staged)
        notes = _notes(cursor)
    linked = link_formulary()
    counts = {words: asdict(count) for words, count in merged.items()}
    DmdRelease.objects.update_or_create(name=release, defaults={"imported_at": at, "counts": counts})
    return Imported(release, merged, linked, notes)


def _refuse_older(release: str, *, allow_older: bool) -> None:
    taken = max((released_on(name) for name in DmdRelease.objects.values_list("name", flat=True)), default=None)
    if taken and released_on(release) < taken and not allow_older:
        raise DmdRefused(
            f"Release {release} is older than the one of {taken:%d/%m/%Y} that is already here."
            " Import a newer one, or add --allow-older to go back on purpose."
        )


NOTES = {
    "invalid moieties": "SELECT count(*) FROM medicines_vtm WHERE invalid AND left_in = ''",
    "invalid virtual products": "SELECT count(*) FROM medicines_vmp WHERE invalid AND left_in = ''",
    "invalid actual products": "SELECT count(*) FROM medicines_amp WHERE invalid AND left_in = ''",
    "invalid actual packs": "SELECT count(*) FROM medicines_ampp WHERE invalid AND left_in = ''",
    "discontinued actual packs": "SELECT count(*) FROM medicines_ampp WHERE discontinued_code <> '' AND left_in = ''",
    "codes that replaced an earlier one": (
        "SELECT (SELECT count(*) FROM medicines_vtm WHERE previous_id IS NOT NULL AND left_in = '')"
        " + (SELECT count(*) FROM medicines_vmp WHERE previous_id IS NOT NULL AND left_in = '')"
        " + (SELECT count(*) FROM medicines_ingredient WHERE previous_id IS NOT NULL AND left_in = '')"
    ),
}


def _notes(cursor: object) -> dict[str, int]:
    counts = {}
    for words, query in NOTES.items():
        cursor.execute(query)  # type: ignore[attr-defined]
        counts[words] = cursor.fetchone()[0]  # type: ignore[attr-defined]
    return counts
