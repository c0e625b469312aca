"""What a register is judged by, read from the database: spellings, and the people and treatments it may speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from homecare.desk.register.columns import Names
from homecare.desk.register.decisions import Known, KnownPerson, MedicineFound
from homecare.desk.register.rows import RegisterRow
from homecare.desk.register.values import lookup_key
from medicines import names as medicine_names
from providers import names as provider_names

_PEOPLE: Final = """
    SELECT id, nhs_number, hospital_number, date_of_birth, deceased
    FROM patients_patient WHERE nhs_number = ANY(%s)
    UNION
    SELECT id, nhs_number, hospital_number, date_of_birth, deceased
    FROM patients_patient WHERE hospital_number = ANY(%s)
"""
_TREATMENTS: Final = """
    SELECT DISTINCT ON (t.patient_id, t.medicine_id)
           t.patient_id, t.medicine_id, t.id, e.id, e.status, coalesce(r.fingerprint, ''), r.row_id
    FROM patients_treatment t
    JOIN patients_enrolment e ON e.treatment_id = t.id
    LEFT JOIN desk_registerentry r ON r.enrolment_id = e.id
    WHERE t.patient_id = ANY(%s)
    ORDER BY t.patient_id, t.medicine_id, t.is_ended, t.id DESC, e.id DESC
"""


@dataclass(frozen=True, slots=True)
class KnownTreatment:
    """A treatment on record, its latest enrolment, and the row in which the register last spoke of it."""

    treatment_id: int
    enrolment_id: int
    status: str
    row_id: int | None


@dataclass(frozen=True, slots=True)
class Spellings:
    """What people write for medicines and providers, under the key by which a register's cell is looked up."""

    medicines: dict[str, MedicineFound]
    providers: dict[str, int]

    @property
    def names(self) -> Names:
        """The spellings by which a column is recognised."""
        return Names(medicines=self.medicines.keys(), providers=self.providers.keys())


def load_spellings() -> Spellings:
    """Return every known spelling, in two queries."""
    medicines = medicine_names.all_names()
    return Spellings(
        medicines={
            lookup_key(text): MedicineFound(named.medicine_id, named.brand) for text, named in medicines.items()
        },
        providers={lookup_key(text): provider_id for text, provider_id in provider_names.all_names().items()},
    )


def load_known(
    rows: Iterable[RegisterRow], spellings: Spellings
) -> tuple[Known, dict[tuple[int, int], KnownTreatment]]:
    """Return what the rows are judged by: the people they may be about, and those people's treatments."""
    nhs_numbers, hospital_numbers = set(), set()
    for row in rows:
        if row.nhs_number:
            nhs_numbers.add(row.nhs_number)
        if row.hospital_number:
            hospital_numbers.add(row.hospital_number)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [list(nhs_numbers), list(hospital_numbers)])
        people = tuple(KnownPerson(*found) for found in cursor)
        cursor.execute(_TREATMENTS, [[person.key for person in people]])
        found = cursor.fetchall()
    treatments = {
        (patient, medicine): KnownTreatment(treatment, enrolment, status, row_id)
        for patient, medicine, treatment, enrolment, status, _, row_id in found
    }
    said = {(patient, medicine): fingerprint for patient, medicine, _, _, _, fingerprint, _ in found}
    return Known(spellings.medicines, spellings.providers, people, said), treatments
