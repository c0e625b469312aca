"""What lies on a desk besides: laboratory results that could not be filed, and a register that waits for a look."""

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.demo.stories import DAY
from homecare.desk.register.uploads import upload_register
from monitoring.models import LabResultToReview
from patients.actions.young import record_weight
from patients.models import Enrolment, Patient
from patients.pathway.consent_rules import birthday
from patients.states import EnrolmentStatus

RESULTS_FILE = "pathology_extract.csv"
R = LabResultToReview.Reason
UNFILED: Sequence[tuple[LabResultToReview.Reason, dict[str, str]]] = (
    (R.PATIENT_UNKNOWN, {"NHS Number": "9990000018", "Test set": "FBC", "Analyte": "Platelets", "Value": "212"}),
    (R.ANALYTE_UNKNOWN, {"Test set": "LFT", "Analyte": "Gamma GT", "Value": "61"}),
    (R.ANALYTE_UNKNOWN, {"Test set": "FBC", "Analyte": "Reticulocytes", "Value": "48"}),
    (R.DATE_INVALID, {"Test set": "U&E", "Analyte": "Creatinine", "Value": "88", "Sample taken": "31/11"}),
    (R.VALUE_DIFFERS, {"Test set": "LFT", "Analyte": "ALT", "Value": "47"}),
)
REGISTER_FILE = "homecare_register_from_a_clinic.csv"
HEADINGS = "Hosp No,NHS No,Surname,Forename,DOB,Specialty,Drug,Homecare Co,Consent?,Status"
REGISTER_ROWS = 12
CHILDREN_WEIGHED = 12


def add_unfiled_results(*, as_at: dt.date) -> None:
    """Add rows of a results file that could not be filed, the last of a patient who is known here by another number."""
    taken = f"{as_at - 3 * DAY:%d/%m/%Y} 09:10"
    for number, (reason, values) in enumerate(UNFILED, start=1):
        row = {"Sample taken": taken, **values}
        marked = hashlib.sha256(f"{as_at} {sorted(row.items())}".encode()).hexdigest()
        LabResultToReview.objects.get_or_create(
            row_hash=marked,
            defaults={
                "file_name": RESULTS_FILE,
                "row_number": number * 17,
                "reason": reason,
                "values": row,
                "received_at": at_local(as_at - number * DAY, 7),
            },
        )


def add_weights(*, as_at: dt.date, by: User, at: dt.datetime) -> None:
    """Give children weights, each of two days."""
    children = Patient.objects.filter(date_of_birth__gt=birthday(as_at, -16), deceased=False).order_by("pk")
    for number, child in enumerate(children[:CHILDREN_WEIGHED]):
        years = (as_at - child.date_of_birth).days // 365
        for ago in (150, 30 + number):
            on = max(as_at - ago * DAY, child.date_of_birth)
            weight = Decimal(4 + 3 * years) - Decimal(ago) / 100
            record_weight(patient=child, weight_kg=max(weight, Decimal(3)), weighed_on=on, by=by, at=at)


def add_waiting_register(*, as_at: dt.date, by: User, at: dt.datetime) -> None:
    """Upload a register of a few patients who are known already, for somebody to look through and commit."""
    rows = Enrolment.objects.filter(status=EnrolmentStatus.ACTIVE, is_assumed=False).order_by("pk")
    lines = [HEADINGS]
    for enrolment in rows.select_related("patient", "medicine", "clinic__specialty", "service__provider")[
        :REGISTER_ROWS
    ]:
        patient = enrolment.patient
        cells = (
            patient.hospital_number, patient.nhs_number, patient.family_name, patient.given_name,
            f"{patient.date_of_birth:%d/%m/%Y}", enrolment.clinic.specialty, enrolment.medicine,
            enrolment.service.provider, "Y", "Active",
        )  # fmt: skip
        lines.append(",".join(str(cell) for cell in cells))
    content = io.BytesIO("\r\n".join(lines).encode())
    upload_register(file=content, name=REGISTER_FILE, as_at=as_at, by=by, at=at)
