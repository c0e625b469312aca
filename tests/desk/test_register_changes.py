"""A later register: what it changes, and what it leaves alone."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.desk.models import RegisterImportRow
from homecare.messaging.models import Recipient
from monitoring.models import MonitoringItem
from patients import actions as patients
from patients.cover import actions as cover
from patients.models import Cover, Enrolment, Patient, RegimenPhase, SupplyFact, Treatment
from prescriptions.models import Prescription
from tests.desk.imports import NOON, enrolment_of, full, import_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
LATER = dt.date(2026, 12, 1)


def outcomes(*rows: dict[str, str], as_at: dt.date = LATER) -> str:
    """Return the outcomes of a register of these rows."""
    return " ".join(decision.outcome for decision in import_rows(*rows, as_at=as_at))


def test_the_same_register_again_changes_nothing() -> None:
    import_rows(full())
    before = [list(model.history.values_list("pk")) for model in (Patient, Enrolment, SupplyFact, Prescription)]
    assert outcomes(full()) == "UNCHANGED"
    assert [list(model.history.values_list("pk")) for model in (Patient, Enrolment, SupplyFact, Prescription)] == before


def test_a_register_that_corrects_itself_is_unchanged_the_second_time() -> None:
    rows = full(), full(Homecare_Co="Alcura")
    assert outcomes(*rows) == "CREATED UPDATED"
    assert (Treatment.objects.count(), enrolment_of().service.provider.name) == (1, "Alcura Health")
    assert outcomes(*rows) == "UNCHANGED UNCHANGED"


def test_a_new_name_is_taken_over() -> None:
    import_rows(full())
    assert outcomes(full(Surname="Smith")) == "UPDATED"
    assert Patient.objects.get().family_name == "Smith"


def test_a_new_mobile_takes_the_place_of_the_old_one() -> None:
    import_rows(full())
    outcomes(full(Mobile="07700 900111"))
    assert list(Patient.objects.get().contact_points.filter(kind="MOBILE", ended_on=None).values_list("value")) == [
        ("+447700900111",)
    ]
    assert Recipient.objects.filter(kind="PATIENT").get().mobile == "+447700900111"


@pytest.mark.parametrize("mobile", ["", "ask wife"])
def test_a_blank_or_unusable_mobile_takes_nothing_away(mobile: str) -> None:
    import_rows(full())
    outcomes(full(Mobile=mobile))
    assert Recipient.objects.filter(kind="PATIENT").get().mobile == "+447700900272"


def test_what_somebody_corrected_here_stands() -> None:
    import_rows(full())
    patients.change_contact(
        patient=Patient.objects.get(), kind="MOBILE", value="+447700900333", is_usable=True, safe_to_message=True,
        by=User.objects.system("command"), at=NOON,
    )  # fmt: skip
    outcomes(full(Surname="Smith"))
    assert Recipient.objects.filter(kind="PATIENT").get().mobile == "+447700900333"


def test_an_nhs_number_that_comes_later_is_filled_in() -> None:
    import_rows(full(NHS_No=""))
    outcomes(full())
    assert (Patient.objects.get().nhs_number, Patient.objects.get().nhs_number_status) == ("9990000018", "UNVERIFIED")


def test_a_second_treatment_of_a_known_patient_is_created() -> None:
    import_rows(full())
    assert outcomes(full(), full(Drug="Etanercept", Strength="50mg pen", Dose="50mg")) == "UNCHANGED CREATED"
    assert (Patient.objects.count(), Treatment.objects.count()) == (1, 2)


def test_a_new_address_ends_the_old_one() -> None:
    import_rows(full())
    outcomes(full(Address_1="2 Mill Road"))
    addresses = Patient.objects.get().addresses.order_by("pk").values_list("line_1", "ends_on")
    assert list(addresses) == [("1 High Street", LATER - dt.timedelta(days=1)), ("2 Mill Road", None)]


def test_a_new_delivery_is_a_new_fact() -> None:
    import_rows(full())
    outcomes(full(Last_delivery="26/11/2026"))
    facts = SupplyFact.objects.standing().order_by("on").values_list("on", "units")
    assert list(facts) == [(dt.date(2026, 10, 1), 4), (dt.date(2026, 11, 26), 4)]
    assert Prescription.objects.get().deliveries_made == 3
    assert enrolment_of().remaining_supply.remaining == 3


def test_a_delivery_moved_by_a_few_days_corrects_the_one_before() -> None:
    import_rows(full())
    outcomes(full(Last_delivery="05/10/2026"))
    assert list(SupplyFact.objects.standing().values_list("on")) == [(dt.date(2026, 10, 5),)]
    assert SupplyFact.objects.count() == 2


def test_a_delivery_that_the_provider_reported_is_not_counted_twice() -> None:
    import_rows(full())
    cover.add_delivery(
        enrolment_id=enrolment_of().pk, on=dt.date(2026, 11, 26), units=4, expires_on=None, delivery_line=1,
        by=User.objects.system("command"), at=NOON,
    )  # fmt: skip
    outcomes(full(Last_delivery="26/11/2026"))
    assert SupplyFact.objects.standing().count() == 2


def test_a_new_prescription_takes_the_place_of_the_assumed_one() -> None:
    import_rows(full())
    outcomes(full(Last_Rx_date="20/11/2026"))
    found = Prescription.objects.order_by("signed_on").values_list("signed_on", "status")
    assert list(found) == [(dt.date(2026, 8, 1), "SUPERSEDED"), (dt.date(2026, 11, 20), "ACKNOWLEDGED")]
    assert enrolment_of().remaining_supply.remaining == 6


def test_a_prescription_recorded_here_is_not_overwritten_by_an_older_one() -> None:
    import_rows(full())
    Prescription.objects.update(signed_on=dt.date(2026, 11, 25), is_assumed=False)
    outcomes(full(Last_Rx_date="20/11/2026"))
    assert Prescription.objects.count() == 1


def test_another_frequency_begins_a_new_phase() -> None:
    import_rows(full())
    outcomes(full(Frequency="weekly"))
    phases = RegimenPhase.objects.order_by("starts_on").values_list("starts_on", "ends_on", "every_days")
    assert list(phases) == [
        (dt.date(2026, 10, 1), dt.date(2026, 10, 1), 14),
        (dt.date(2026, 10, 2), None, 7),
    ]


def test_a_later_blood_test_is_done_and_the_next_one_planned() -> None:
    row = full(Drug="Methotrexate", Strength="15mg pen", Dose="15mg", Frequency="weekly")
    import_rows(row)
    before = MonitoringItem.objects.waiting().count()
    outcomes({**row, "Last bloods": "20/11/2026"})
    assert MonitoringItem.objects.filter(done_on=dt.date(2026, 11, 20)).count() == before > 0
    assert MonitoringItem.objects.waiting().count() == before
    assert all(item.due_on > dt.date(2026, 11, 20) for item in MonitoringItem.objects.waiting())


def test_a_consent_that_comes_later_is_recorded() -> None:
    import_rows(full(Consent="?"))
    outcomes(full())
    assert enrolment_of().consents.count() == 1


def test_a_consent_that_is_withdrawn_is_withdrawn() -> None:
    import_rows(full())
    outcomes(full(Consent="Withdrawn"))
    assert enrolment_of().consents.get().withdrawn_on == LATER


def test_on_hold_suspends_and_active_resumes() -> None:
    import_rows(full())
    outcomes(full(Status="On hold"))
    assert (enrolment_of().status, enrolment_of().suspensions.get().starts_on) == ("SUSPENDED", LATER)
    outcomes(full(), as_at=dt.date(2026, 12, 20))
    assert (enrolment_of().status, enrolment_of().suspensions.get().ends_on) == ("ACTIVE", dt.date(2026, 12, 19))


def test_stopped_ends_all_that_hangs_on_the_treatment() -> None:
    import_rows(full())
    outcomes(full(Status="Stopped"))
    assert (enrolment_of().status, enrolment_of().treatment.is_ended) == ("STOPPED", True)
    assert set(Prescription.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert not Cover.objects.filter(is_live=True).exists()


def test_a_stopped_treatment_that_goes_on_begins_anew() -> None:
    import_rows(full(Status="Stopped"))
    assert outcomes(full()) == "UPDATED"
    assert list(Enrolment.objects.order_by("pk").values_list("status", flat=True)) == ["STOPPED", "ACTIVE"]
    assert outcomes(full()) == "UNCHANGED"


def test_a_death_silences_the_patient() -> None:
    import_rows(full())
    outcomes(full(Status="Deceased"))
    assert Patient.objects.get().deceased
    assert Recipient.objects.filter(kind="PATIENT").get().silenced_reason == "DECEASED"
    assert enrolment_of().status == "DECEASED"


def test_the_dead_are_not_brought_back_by_a_register() -> None:
    import_rows(full(Status="Deceased"))
    outcomes(full(), full(Drug="Etanercept", Strength="50mg pen", Dose="50mg"))
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"DECEASED"}
    assert Recipient.objects.filter(kind="PATIENT").get().silenced_reason == "DECEASED"


def test_every_word_of_every_register_is_kept() -> None:
    import_rows(full())
    outcomes(full(Surname="Smith"))
    said = RegisterImportRow.objects.order_by("pk").values_list("said__family_name", flat=True)
    assert list(said) == ["Evans", "Smith"]
