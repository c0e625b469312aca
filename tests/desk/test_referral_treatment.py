"""The treatment that is asked for, on screen; and drafts of a referral, for one person and thirty days."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk.referral import drafts
from homecare.desk.referral.models import ReferralDraft
from homecare.desk.tasks import forget_drafts
from medicines.models import MedicineName
from patients import actions
from patients.models import Enrolment, Patient
from providers.models import ServiceMedicine
from tests.desk.pages import browser, person, text
from tests.desk.referral_pages import NUMBER, find, on_record, register, typed
from tests.factories import NOON
from tests.patients.referrals import a_referral, registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def by() -> User:
    return person("TECHNICIAN")


@pytest.fixture
def client(by: User) -> Client:
    opened = Client()
    opened.force_login(by)
    return opened


# -- the treatment ----------------------------------------------------------------------------------------------------


def test_a_medicine_is_chosen_first_among_those_that_are_approved_and_supplied(client: Client, by: User) -> None:
    offered, draft = a_referral().medicine, a_referral(medicine={"status": "DRAFT"}).medicine
    page = text(client.get(f"/refer/{registered(by).pk}/"))
    assert (str(offered) in page, str(draft) in page) == (True, False)


def test_with_nothing_approved_the_page_says_who_approves(client: Client, by: User) -> None:
    assert "A clinical pharmacist approves medicines" in text(client.get(f"/refer/{registered(by).pk}/"))


def test_a_referral_is_made_and_leads_on(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    answer = client.post(f"/refer/{patient.pk}/", typed(referral, line_of_therapy="2"))
    enrolment = Enrolment.objects.get()
    assert str(enrolment.pk) in answer["Location"]
    assert (enrolment.status, enrolment.treatment.indication, enrolment.treatment.line_of_therapy) == (
        "IDENTIFIED", "Rheumatoid arthritis", 2,
    )  # fmt: skip


def test_what_was_tried_before_is_known_by_its_spelling(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    with acting(by=by):
        MedicineName.objects.create(spelling="mtx", medicine=referral.medicine, source="a test")
    previous = {"previous_1": "MTX", "previous_1_reason": "NO_RESPONSE", "previous_2": "A herb",
                "previous_2_stopped_on": "2025-01-01"}  # fmt: skip
    client.post(f"/refer/{patient.pk}/", typed(referral, **previous))
    rows = Enrolment.objects.get().treatment.previous.order_by("pk").values_list("medicine", "medicine_text")
    assert list(rows) == [(referral.medicine.pk, ""), (None, "A herb")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product": ""}, "Choose the product"),
        ({"indication": ""}, "Enter what the medicine is for."),
        ({"service": ""}, "Choose the homecare service."),
        ({"clinic": ""}, "Choose the clinic"),
        ({"referred_on": "2026-03-03"}, "cannot be dated in the future"),
        ({"previous_1_reason": "OTHER"}, "Enter which medicine was stopped."),
    ],
)
def test_a_referral_that_lacks_something_says_what(
    client: Client, by: User, changes: dict[str, str], words: str
) -> None:
    patient = registered(by)
    answer = client.post(f"/refer/{patient.pk}/", typed(a_referral(), **changes))
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Enrolment.objects.exists()


def test_a_service_that_is_closed_says_why_and_cannot_be_chosen(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral(service={"status": "CLOSED_TO_NEW", "name": "Old service"})
    page = client.get(f"/refer/{patient.pk}/?medicine={referral.medicine.pk}")
    assert "is closed to new patients" in text(page)
    assert "No homecare service takes new patients" in text(page)
    assert client.post(f"/refer/{patient.pk}/", typed(referral)).status_code == 422
    assert not Enrolment.objects.exists()


def test_a_second_open_treatment_is_refused_with_a_link_to_the_first(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    first = actions.refer(patient=patient, referral=referral, by=by, at=NOON)
    for answer in (
        client.get(f"/refer/{patient.pk}/?medicine={referral.medicine.pk}"),
        client.post(f"/refer/{patient.pk}/", typed(referral)),
    ):
        assert answer.status_code == 409
        assert f"{by} recorded this as identified at 12:00" in text(answer)
        assert re.search(rf'href="/[^"]*{first.pk}/?"', answer.content.decode())
    assert Enrolment.objects.count() == 1


def test_a_treatment_taken_up_again_begins_with_what_is_known(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    client.post(f"/refer/{patient.pk}/", typed(referral))
    with acting(by=by):
        actions.move(enrolment=Enrolment.objects.get(), event="decline", by=by, at=NOON)
    page = client.get(f"/refer/{patient.pk}/?medicine={referral.medicine.pk}").content.decode()
    assert 'value="Rheumatoid arthritis"' in page


def test_a_deceased_patient_is_not_referred(client: Client, by: User) -> None:
    patient = registered(by)
    actions.mark_deceased(patient=patient, died_on=None, by=by, at=NOON)
    answer = client.get(f"/refer/{patient.pk}/")
    assert (answer.status_code, "has died and cannot be referred" in text(answer)) == (409, True)


@pytest.mark.parametrize("role", ["ADMINISTRATIVE_SUPPORT", "PRESCRIBER", "CHIEF_PHARMACIST", "FINANCE", "AUDITOR"])
@pytest.mark.parametrize("path", ["/refer/", "/refer/new/"])
def test_a_role_that_may_not_refer_gets_no_page(role: str, path: str) -> None:
    assert browser(role).get(path).status_code == 403


def test_a_pharmacist_refers_a_known_patient_and_registers_none(by: User) -> None:
    client, patient, referral = browser("CLINICAL_PHARMACIST"), registered(by), a_referral()
    assert client.get("/refer/new/").status_code == 403
    assert "registers a new patient" in text(find(client, nhs_number=NUMBER))
    client.post(f"/refer/{patient.pk}/", typed(referral))
    assert Enrolment.objects.count() == 1


def test_the_pages_take_as_many_queries_however_much_there_is(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    client.get("/refer/")  # the first page of a session writes when it was
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/refer/{patient.pk}/?medicine={referral.medicine.pk}")
            client.get(f"/refer/{patient.pk}/")
        counts.append(len(queries))
        for _ in range(4):
            other = a_referral(service={"status": "CLOSED_TO_NEW"})
            with acting(by=by):
                ServiceMedicine.objects.create(service=other.service, medicine=referral.medicine)
    assert counts[0] == counts[1]


# -- drafts -----------------------------------------------------------------------------------------------------------


def test_a_new_patient_is_saved_half_typed_and_finished_later(client: Client) -> None:
    half = {"family_name": "Evans", "telephone": "07700", "needs": ["BSL", "BRAILLE"], "save": "1"}
    assert client.post("/refer/new/", half)["Location"] == "/refer/"
    assert not Patient.objects.exists()
    draft = ReferralDraft.objects.get()
    assert "EVANS New patient" in text(client.get("/refer/"))
    page = client.get(f"/refer/new/?draft={draft.pk}").content.decode()
    assert 'value="07700"' in page
    assert re.search(r'value="BSL"[^>]*checked', page)
    register(client, draft=draft.pk)
    assert (Patient.objects.count(), ReferralDraft.objects.count()) == (1, 0)


def test_a_referral_is_saved_and_finished_later(client: Client, by: User) -> None:
    patient, referral = registered(by), a_referral()
    client.post(f"/refer/{patient.pk}/", {"medicine": referral.medicine.pk, "indication": "Psoriasis", "save": "1"})
    draft = ReferralDraft.objects.get()
    address = f"/refer/{patient.pk}/?medicine={referral.medicine.pk}&draft={draft.pk}"
    assert address.replace("&", "&amp;") in client.get("/refer/").content.decode()
    assert 'value="Psoriasis"' in client.get(address).content.decode()
    client.post(f"/refer/{patient.pk}/", typed(referral, draft=draft.pk))
    assert (Enrolment.objects.count(), ReferralDraft.objects.count()) == (1, 0)


def test_saving_again_keeps_one_draft(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    client.post("/refer/new/", {"family_name": "Evens", "save": "1", "draft": ReferralDraft.objects.get().pk})
    assert ReferralDraft.objects.get().values()["family_name"] == ["Evens"]


def test_a_draft_holds_the_form_s_own_fields_and_nothing_secret(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "password": "secret", "code": "123456", "x": "y", "save": "1"})
    assert ReferralDraft.objects.get().fields == [["family_name", "Evans"]]


def test_a_refused_form_keeps_its_draft(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    on_record(given_name="Martha")
    assert register(client, draft=ReferralDraft.objects.get().pk).status_code == 422
    assert ReferralDraft.objects.count() == 1


def test_nobody_else_finds_or_deletes_a_draft(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    draft, other = ReferralDraft.objects.get(), browser()
    assert "EVANS" not in text(other.get("/refer/"))
    assert "Evans" not in other.get(f"/refer/new/?draft={draft.pk}").content.decode()
    assert other.post(f"/refer/drafts/{draft.pk}/delete/").status_code == 404
    assert ReferralDraft.objects.exists()


def test_one_s_own_draft_is_deleted(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    client.post(f"/refer/drafts/{ReferralDraft.objects.get().pk}/delete/")
    assert not ReferralDraft.objects.exists()


def test_who_may_no_longer_change_patients_sees_no_new_patient_s_draft(client: Client, by: User) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    with acting(by=by):
        User.objects.filter(pk=by.pk).update(role="CLINICAL_PHARMACIST")
    assert not ReferralDraft.objects.visible_to(User.objects.get(pk=by.pk)).exists()


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
def test_a_draft_is_forgotten_after_thirty_days(client: Client, days: int, left: int) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    then = NOON + dt.timedelta(days=days)
    assert ReferralDraft.objects.in_time(then).count() == left
    drafts.forget_old_drafts(by=User.objects.system("worker"), at=then)
    assert ReferralDraft.objects.count() == left


def test_an_empty_list_of_drafts_says_what_it_is_for(client: Client) -> None:
    assert "You have no drafts." in text(client.get("/refer/"))


def test_beat_forgets_old_drafts(client: Client) -> None:
    client.post("/refer/new/", {"family_name": "Evans", "save": "1"})
    with time_machine.travel(NOON + dt.timedelta(days=31), tick=False):
        forget_drafts()
    assert not ReferralDraft.objects.exists()
