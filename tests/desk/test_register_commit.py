"""What a register's row becomes: one fact each."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.desk.models import ImportMark, RegisterImportRow
from homecare.desk.register.models import RegisterImport
from homecare.messaging.models import Recipient
from monitoring.models import MonitoringItem
from patients.cover import actions as cover
from patients.models import Consent, Cover, Enrolment, Patient, RegimenPhase, SupplyFact
from prescriptions.models import Prescription
from tests.desk.imports import NOON, enrolment_of, full, import_rows, latest_import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_a_patient_is_who_the_row_says() -> None:
    import_rows(full(Surname=" EVANS "))
    patient = Patient.objects.get()
    assert (str(patient), patient.nhs_number, patient.nhs_number_status) == ("EVANS, Yusuf", "9990000018", "UNVERIFIED")
    assert (patient.date_of_birth, patient.sex) == (dt.date(1940, 8, 29), "FEMALE")


def test_a_patient_without_nhs_number_is_missing_one() -> None:
    import_rows(full(NHS_No=""))
    assert Patient.objects.get().nhs_number_status == "MISSING"


def test_messages_go_to_the_mobile_by_the_preferred_way() -> None:
    import_rows(full(Contact_by="Email"))
    recipient = Recipient.objects.get()
    assert (recipient.mobile, recipient.email, recipient.preferred_channel) == (
        "+447700900272", "yusuf@example.com", "EMAIL",
    )  # fmt: skip
    assert recipient.safe_to_message


def test_a_mobile_that_cannot_be_used_is_kept_and_not_written_to() -> None:
    import_rows(full(Mobile="ask wife"))
    point = Patient.objects.get().contact_points.get(kind="MOBILE")
    assert (point.value, point.is_usable, Recipient.objects.get().mobile) == ("ask wife", False, "")


def test_nobody_who_wants_no_contact_is_written_to() -> None:
    import_rows(full(Contact_by="None"))
    assert (Patient.objects.get().do_not_contact, Recipient.objects.get().safe_to_message) == (True, False)


def test_the_deceased_are_silenced_for_ever() -> None:
    import_rows(full(Status="Deceased"))
    recipient = Recipient.objects.get()
    assert (Patient.objects.get().deceased, recipient.silenced_reason, recipient.safe_to_message) == (
        True, "DECEASED", False,
    )  # fmt: skip
    assert enrolment_of().status == "DECEASED"


def test_one_row_of_death_ends_every_treatment_of_the_patient() -> None:
    import_rows(full(), full(Drug="Etanercept", Strength="50mg pen", Dose="50mg", Status="RIP"))
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"DECEASED"}
    assert Patient.objects.count() == 1


def test_a_consent_is_on_record_with_its_date() -> None:
    import_rows(full())
    assert (enrolment_of().consents.get().given_on, enrolment_of().consents.get().method) == (
        dt.date(2026, 1, 1), "FROM_REGISTER",
    )  # fmt: skip


@pytest.mark.parametrize("said", ["", "?", "No"])
def test_without_a_plain_yes_there_is_no_consent(said: str) -> None:
    import_rows(full(Consent=said))
    assert not Consent.objects.exists()
    assert list(Enrolment.objects.without_consent()) == [enrolment_of()]


def test_on_hold_is_suspended_with_no_end() -> None:
    import_rows(full(Status="On hold"))
    suspension = enrolment_of().suspensions.get()
    assert (enrolment_of().status, suspension.starts_on, suspension.ends_on) == (
        "SUSPENDED",
        dt.date(2026, 11, 2),
        None,
    )


def test_stopped_is_ended_and_on_no_list() -> None:
    import_rows(full(Status="Stopped"))
    assert (enrolment_of().status, enrolment_of().treatment.is_ended) == ("STOPPED", True)
    assert not Cover.objects.filter(is_live=True).exists()
    assert not MonitoringItem.objects.waiting().exists()


def test_the_last_delivery_is_one_fact_of_the_doses_until_the_next() -> None:
    import_rows(full())
    fact = SupplyFact.objects.get()
    assert (fact.kind, fact.on, fact.units, fact.is_assumed) == ("DELIVERY", dt.date(2026, 10, 1), 4, True)


def test_the_dose_grid_starts_on_the_day_of_the_last_delivery() -> None:
    import_rows(full())
    phase = RegimenPhase.objects.get()
    assert (phase.starts_on, phase.every_days, phase.units_per_dose) == (dt.date(2026, 10, 1), 14, 1)


def test_no_last_delivery_means_stock_unknown() -> None:
    import_rows(full(Last_delivery=""))
    assert not SupplyFact.objects.exists()
    assert not enrolment_of().cover.stock_known


def test_the_prescription_has_what_the_register_leaves_of_it() -> None:
    import_rows(full())
    prescription = Prescription.objects.get()
    assert (prescription.status, prescription.deliveries, prescription.deliveries_made) == ("IN_USE", 6, 2)
    assert (prescription.units_each, prescription.last_valid_on) == (4, dt.date(2027, 1, 31))
    assert enrolment_of().remaining_supply.remaining == 4


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Last_Rx_date": "01/11/2026"}, "ACKNOWLEDGED"),
        ({"Last_Rx_date": "01/02/2024"}, "EXHAUSTED"),
        ({"Last_Rx_date": "01/03/2026", "Rx_length": "96"}, "EXPIRED"),
    ],
)
def test_a_prescription_is_where_its_dates_put_it(changes: dict[str, str], status: str) -> None:
    import_rows(full(**changes))
    assert Prescription.objects.get().status == status


@pytest.mark.parametrize("status", ["Active", "On hold", "Stopped"])
def test_the_stored_cover_is_what_its_rows_give(status: str) -> None:
    import_rows(full(Status=status))
    enrolment = enrolment_of()
    stored = Cover.objects.values().get(pk=enrolment.pk)
    with_actor = User.objects.system("command")
    assert with_actor
    cover.recompute([enrolment.pk], on=dt.date(2026, 11, 2))
    assert Cover.objects.values().get(pk=enrolment.pk) == stored


def test_a_cover_from_a_register_is_assumed() -> None:
    import_rows(full())
    row = enrolment_of().cover
    assert (row.is_assumed, row.stock_known, row.first_uncovered_dose_on) == (True, True, dt.date(2026, 11, 26))


def test_the_last_blood_test_counts_as_done_and_the_next_is_planned() -> None:
    import_rows(full(Drug="Methotrexate", Strength="15mg pen", Dose="15mg", Frequency="weekly"))
    items = MonitoringItem.objects.filter(plan__enrolment=enrolment_of())
    done, waiting = items.filter(status="TAKEN"), items.waiting()
    assert {item.done_on for item in done} == {dt.date(2026, 10, 1)}
    assert waiting.count() == done.count() > 0
    assert all(item.due_on > dt.date(2026, 10, 1) for item in waiting)


def test_a_brand_is_kept_beside_the_medicine() -> None:
    import_rows(full(Drug="Amgevita"))
    treatment = enrolment_of().treatment
    assert (treatment.medicine.name, treatment.brand) == ("Adalimumab", "Amgevita")


def test_a_formula_in_a_note_is_text_for_ever() -> None:
    import_rows(full(Notes='=cmd|"/c calc"!A1'))
    assert enrolment_of().notes == '=cmd|"/c calc"!A1'


def test_everything_is_on_record_by_the_importer() -> None:
    import_rows(full())
    by = {history.history_user.username for history in Patient.history.all()}
    assert by == {"system:register_import"}
    assert set(Patient.history.values_list("history_source", flat=True)) == {"APPLICATION"}
    change = enrolment_of().status_changes.get()
    assert (change.to_status, change.reason) == ("ACTIVE", "From the register register.csv, as at 2 November 2026")


def test_who_imported_what_stays_on_record() -> None:
    import_rows(full(), full(Hosp_No="M2", NHS_No="999 000 0019"))
    kept = latest_import()
    assert (kept.status, kept.committed_by.username) == ("COMMITTED", "system:register_import")
    assert (kept.counts["CREATED"], kept.counts["REJECTED nhs_number_invalid"]) == (1, 1)
    rejected = RegisterImportRow.objects.get(outcome="REJECTED")
    assert (rejected.number, rejected.reason, rejected.cells[0]) == (3, "nhs_number_invalid", "M2")
    assert rejected.problems == [
        ["nhs_number", "999 000 0019", "This is not an NHS number: its check digit does not fit."]
    ]


def test_the_first_sweep_after_an_import_is_held() -> None:
    import_rows(full())
    assert ImportMark.objects.count() == 1


def test_nobody_without_the_permission_imports() -> None:
    from homecare.desk.register.commit import commit_register
    from homecare.desk.register.commit import source_of as named
    from homecare.desk.register.judging import read_register
    from homecare.desk.register.lookups import load_spellings
    from tests.desk.registers import AS_AT, csv_of, source_of
    from tests.factories import UserFactory

    spellings = load_spellings()
    register = read_register(source_of(csv_of(full())), as_at=AS_AT)
    with pytest.raises(Refused):
        commit_register(
            register=register, spellings=spellings, source=named("r.csv", b""), by=UserFactory(role="FINANCE"), at=NOON
        )
    assert not RegisterImport.objects.exists()
