"""Who on record may be the person described: found by indexes in one query, compared by `patients.matching`."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Upper

from patients.matching import Comparison, Identity, Likeness, compare, near_births, near_numbers, plain_number
from patients.models import Patient
from patients.models.people import PatientQuerySet

MOST_LOOKED_AT = 2000
MOST_FOUND = 10
_FIELDS = ("nhs_number", "hospital_number", "family_name", "given_name", "date_of_birth")


@dataclass(frozen=True)
class Found:
    """Somebody on record, and how they agree with who was asked for."""

    patient_id: int
    comparison: Comparison

    @property
    def has_same_number(self) -> bool:
        """Say whether an identifier is the same."""
        return self.comparison.likeness is Likeness.SAME_NUMBER


def find_lookalikes(asked: Identity, *, among: PatientQuerySet | None = None, but: Collection[int] = ()) -> list[Found]:
    """Return who shares a number with the person asked for, then who looks alike, the likest first; at most ten.

    Each condition has its index (numbers, date of birth, name), so that nobody else is read. The rows are tuples:
    whoever shows a patient loads it and is on record for it. `but` are those already judged to be somebody else.
    """
    wanted = conditions(asked)
    if not wanted:
        return []
    rows = among if among is not None else Patient.objects.all()
    rows = rows.annotate(family=Upper("family_name"), given=Upper("given_name")).filter(wanted)
    found = [
        Found(pk, compare(asked, Identity(nhs or "", hospital, family, given, born)))
        for pk, nhs, hospital, family, given, born in rows.values_list("pk", *_FIELDS)[:MOST_LOOKED_AT]
        if pk not in but
    ]
    alike = [one for one in found if one.comparison.likeness is not Likeness.UNLIKE]
    alike.sort(key=lambda one: (not one.has_same_number, -one.comparison.score, one.patient_id))
    return alike[:MOST_FOUND]


def conditions(asked: Identity) -> Q:
    """Return what a candidate meets: one condition for each index, over `family` and `given` in capitals."""
    wanted = Q()
    if asked.nhs_number:
        wanted |= Q(nhs_number__in=near_numbers(asked.nhs_number))
    if asked.hospital_number:
        wanted |= Q(hospital_number__in=[*near_numbers(asked.hospital_number), plain_number(asked.hospital_number)])
    if asked.date_of_birth is not None:
        wanted |= Q(date_of_birth__in=near_births(asked.date_of_birth))
    if asked.family_name and asked.given_name:
        family, given = asked.family_name.upper(), asked.given_name.upper()
        wanted |= Q(family=family, given=given) | Q(family=given, given=family)
    return wanted
