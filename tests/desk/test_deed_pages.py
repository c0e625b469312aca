"""The thin line through, on screen: each deed done, refused in words, and kept from who may not."""

import datetime as dt

import pytest
import time_machine

from patients.models import Consent, Cover, Enrolment, SupplyFact
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from tests.desk.pages import browser, person, text, treated
from tests.factories import NOON
from tests.prescriptions.test_actions import approved, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def renewal_of(enrolment: Enrolment) -> RenewalRequest:
    return prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=person("TECHNICIAN"), at=NOON)


def test_consent_is_recorded() -> None:
    enrolment = treated(consent=False)
    given = {
        "given_as": "PATIENT",
        "given_on": "2026-03-01",
        "method": "TELEPHONE",
        "version": "3",
        "taken_by": "Dilys",
    }
    answer = browser().post(f"/enrolments/{enrolment.pk}/consent/", given)
    assert answer["Location"] == f"/patients/{enrolment.patient_id}/#enrolment-{enrolment.pk}"
    assert Consent.objects.in_force().filter(enrolment=enrolment, method="TELEPHONE").exists()


def test_a_refusal_stands_at_the_top_of_the_form() -> None:
    enrolment = treated(consent=True)
    given = {"given_as": "PATIENT", "given_on": "2026-03-01", "method": "TELEPHONE", "version": "3", "taken_by": "D"}
    answer = browser().post(f"/enrolments/{enrolment.pk}/consent/", given)
    assert answer.status_code == 422
    assert "There is a problem Consent is already on record: given on Mon 5 Jan 2026, taken by A nurse." in text(answer)


def test_an_empty_form_says_what_is_missing() -> None:
    answer = browser().post(f"/enrolments/{treated(consent=False).pk}/consent/", {})
    for words in ("Day on which they agreed: fill it in.", "How: choose one."):
        assert text(answer).count(words) == 2  # in the summary and beside the field
    assert "This field is required." not in text(answer)


def test_a_count_moves_the_dates() -> None:
    enrolment = treated(units=2)
    before = Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on
    browser().post(f"/enrolments/{enrolment.pk}/count/", {"units": "1", "on": "2026-03-02", "method": "TELEPHONE"})
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on < before


def test_an_unlikely_count_is_asked_about_then_taken() -> None:
    enrolment = treated(units=2)
    given = {"units": "90", "on": "2026-03-03", "method": "TELEPHONE"}
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        client = browser()
        first = client.post(f"/enrolments/{enrolment.pk}/count/", given)
        assert "The count is right: take it as it is" in text(first)
        assert not SupplyFact.objects.filter(enrolment=enrolment, units=90).exists()
        client.post(f"/enrolments/{enrolment.pk}/count/", given | {"confirmed": "on"})
    assert SupplyFact.objects.filter(enrolment=enrolment, units=90).exists()


def test_a_treatment_is_paused_and_resumed() -> None:
    enrolment, client = treated(), browser()
    client.post(f"/enrolments/{enrolment.pk}/suspend/", {"starts_on": "2026-03-02", "suspension_reason": "INFECTION"})
    assert Enrolment.objects.get(pk=enrolment.pk).status == "SUSPENDED"
    client.post(f"/enrolments/{enrolment.pk}/resume/", {"restarts_on": "2026-03-20"})
    assert Enrolment.objects.get(pk=enrolment.pk).status == "ACTIVE"


@pytest.mark.parametrize("deed", ["stop", "withdraw-consent"])
def test_a_dangerous_deed_says_first_what_it_does(deed: str) -> None:
    assert "What this does" in text(browser().get(f"/enrolments/{treated().pk}/{deed}/"))


def test_a_death_stops_everything() -> None:
    enrolment = treated()
    renewal = renewal_of(enrolment)
    browser().post(f"/patients/{enrolment.patient_id}/death/", {"died_on": "2026-03-01", "reason": "The GP telephoned"})
    enrolment.refresh_from_db()
    renewal.refresh_from_db()
    assert (enrolment.status, renewal.status) == ("DECEASED", "STOPPED")


def test_a_renewal_is_carried_to_its_delivery_on_screen() -> None:
    enrolment = treated(units=1)
    technician, pharmacist = browser(), browser("CLINICAL_PHARMACIST")
    technician.post(f"/enrolments/{enrolment.pk}/ask/", {"asked_by": "PHARMACY"})
    renewal = RenewalRequest.objects.get()
    technician.post(
        f"/renewals/{renewal.pk}/signed/",
        {
            "signed_on": "2026-03-02",
            "artefact": "WET_INK_ORIGINAL",
            "deliveries": "3",
            "units_each": "4",
            "interval_days": "56",
        },
    )
    prescription = Prescription.objects.get()
    pharmacist.post(f"/prescriptions/{prescription.pk}/screen/", {"outcome": "APPROVED"})
    technician.post(f"/prescriptions/{prescription.pk}/send/", {"purchase_order_number": "PO1"})
    technician.post(f"/prescriptions/{prescription.pk}/acknowledge/", {"provider_reference": "A1"})
    before = Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        browser().post(
            f"/prescriptions/{prescription.pk}/delivered/",
            {"delivered_on": "2026-03-03", "units": "4", "batch_number": "B7"},
        )
    prescription.refresh_from_db()
    assert (prescription.status, prescription.deliveries_made) == ("IN_USE", 1)
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on > before


def test_a_delivery_sent_twice_by_the_browser_is_counted_once() -> None:
    enrolment, technician = treated(units=1), person("TECHNICIAN")
    sent = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    page, form = browser(), {"delivered_on": "2026-03-02", "units": "4", "batch_number": "B7"}
    answers = [page.post(f"/prescriptions/{sent.pk}/delivered/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "on record already" in text(answers[1])
    assert sent.made.count() == 1


def test_a_failed_delivery_moves_no_date() -> None:
    enrolment, technician = treated(units=1), person("TECHNICIAN")
    sent = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    before = Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on
    browser().post(f"/prescriptions/{sent.pk}/failed/", {"failed_on": "2026-03-02", "cause": "COURIER"})
    assert sent.made.get().status == "FAILED"
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on == before


def test_a_refused_delivery_leaves_nothing_half_done() -> None:
    enrolment, technician = treated(units=1), person("TECHNICIAN")
    sent = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    answer = browser().post(f"/prescriptions/{sent.pk}/delivered/", {"delivered_on": "2026-04-02", "units": "4"})
    assert answer.status_code == 422
    assert not sent.made.exists()


def test_a_screener_is_told_what_a_query_needs() -> None:
    prescription = submitted(treated(), person("TECHNICIAN"))
    answer = browser("CLINICAL_PHARMACIST").post(f"/prescriptions/{prescription.pk}/screen/", {"outcome": "QUERIED"})
    assert "Say what is to be answered" in text(answer)


@pytest.mark.parametrize(
    ("role", "is_shown"), [("FINANCE", False), ("ADMINISTRATIVE_SUPPORT", False), ("PRESCRIBER", True)]
)
def test_clinical_notes_are_for_those_who_may_read_them(role: str, is_shown: bool) -> None:
    prescription = submitted(treated(), person("TECHNICIAN"))
    pharmacist, note = person("CLINICAL_PHARMACIST"), "Neutrophils are low"
    prescriptions.screen(prescription=prescription, outcome="REJECTED", by=pharmacist, at=NOON, reason=note)
    page = browser(role)
    for path in (f"/prescriptions/{prescription.pk}/", f"/renewals/{prescription.renewal_id}/"):
        assert (note in text(page.get(path))) is is_shown


@pytest.mark.parametrize(
    ("role", "deed", "status"),
    [
        ("TECHNICIAN", "screen", 403),
        ("CLINICAL_PHARMACIST", "send", 403),
        ("PRESCRIBER", "screen", 403),
        ("ADMINISTRATIVE_SUPPORT", "delivered", 403),
        ("AUDITOR", "cancel", 403),
        ("SYSTEM_ADMINISTRATOR", "", 403),
        ("AUDITOR", "", 200),
        ("CLINICAL_PHARMACIST", "screen", 200),
    ],
)
def test_who_may_do_what_to_a_prescription(role: str, deed: str, status: int) -> None:
    prescription = submitted(treated(), person("TECHNICIAN"))
    address = f"/prescriptions/{prescription.pk}/" + (f"{deed}/" if deed else "")
    assert browser(role).get(address).status_code == status


def test_a_refused_role_is_told_who_may() -> None:
    prescription = submitted(treated(), person("TECHNICIAN"))
    page = text(browser().get(f"/prescriptions/{prescription.pk}/screen/"))
    assert "may not clinically screen a prescription. Who may: clinical pharmacist." in page


def test_a_page_offers_only_the_acts_that_may_follow() -> None:
    prescription = submitted(treated(), person("TECHNICIAN"))
    page = text(browser("CLINICAL_PHARMACIST").get(f"/prescriptions/{prescription.pk}/"))
    assert "Screen it" in page
    assert "Send it" not in page
    assert "Record a delivery" not in page
