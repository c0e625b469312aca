"""Accessible information, what children need, reviews, texts and the charter, as pages."""

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from homecare.core.printing import PrintStyle
from homecare.desk.assessing.charter import look_for, missing_of
from patients import actions
from patients.models import (
    AccessibleNeed,
    CompetenceAssessment,
    ConsentText,
    InformationLeaflet,
    Patient,
    SuitabilityAssessment,
    SuitabilityChecklist,
    WeightRecord,
)
from providers.models import HomecareService
from tests.desk.pages import browser, text, treated
from tests.factories import NOON
from tests.patients.assessing import TODAY, content, person, referred, speaks_for, suitable

pytestmark = pytest.mark.django_db
CHILD = {"date_of_birth": dt.date(2014, 5, 6)}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        content()
        yield


def set_service(**fields: Any) -> None:
    with acting(by=User.objects.system("command")):
        HomecareService.objects.update(**fields)


class TestAccessible:
    def test_needs_are_recorded_and_flagged(self) -> None:
        patient = treated().patient
        given = {
            "need_BRAILLE": "on",
            "detail_BRAILLE": "Grade 2",
            "met_BRAILLE": "Transcribed by us",
            "detail_BSL": "not ticked",
            "language": "Polish",
            "interpreter_needed": "on",
            "share": "on",
            "review_on": "2026-09-01",
        }
        answer = browser().post(f"/patients/{patient.pk}/accessible/", given)
        assert answer["Location"] == f"/patients/{patient.pk}/"
        need = AccessibleNeed.objects.get()
        assert (need.kind, need.detail, need.how_met) == ("BRAILLE", "Grade 2", "Transcribed by us")
        assert "Needs: Braille (Grade 2); interpreter, Polish." in text(browser().get(f"/patients/{patient.pk}/"))
        page = browser().get(f"/patients/{patient.pk}/accessible/")
        assert 'value="Grade 2"' in page.content.decode()
        assert "It is not known whether" in text(page)

    def test_a_refusal_keeps_what_was_typed(self) -> None:
        patient = treated().patient
        answer = browser().post(f"/patients/{patient.pk}/accessible/", {"need_BSL": "on", "detail_BSL": "Deaf"})
        assert "Say when these needs are asked about again." in text(answer)
        assert 'value="Deaf"' in answer.content.decode()

    def test_a_nurse_records_needs_too(self) -> None:
        patient = treated().patient
        assert browser("SPECIALIST_NURSE").get(f"/patients/{patient.pk}/accessible/").status_code == 200


class TestYoung:
    def test_the_page_says_who_consents(self) -> None:
        child = referred(patient=CHILD).patient
        speaks_for(child, kind="PARENT", name="P. Parent", has_parental_responsibility=True)
        page = text(browser().get(f"/patients/{child.pk}/young-person/"))
        assert "11 years" in page
        assert "Mon 6 May 2030" in page
        assert "P. Parent" in page
        assert "No weight is recorded." in page

    def test_weight_competence_and_the_adult_service_are_recorded(self) -> None:
        child, nurse = referred(patient=CHILD).patient, browser("SPECIALIST_NURSE")
        nurse.post(f"/patients/{child.pk}/weight/", {"weight_kg": "31.5", "weighed_on": "2026-02-16"})
        given = {"outcome": "COMPETENT", "assessed_on": "2026-03-02", "note": "Explained it back."}
        nurse.post(f"/patients/{child.pk}/competence/", given)
        browser().post(f"/patients/{child.pk}/adult-service/", {"moves_on": "2026-09-02"})
        assert (WeightRecord.objects.count(), CompetenceAssessment.objects.count()) == (1, 1)
        page = text(browser().get(f"/patients/{child.pk}/young-person/"))
        assert "31.50 kg 14 days ago" in page
        assert "competent to consent" in page
        assert "Moves to the adult service on Wed 2 Sep 2026, in 6 months." in page  # on the banner

    def test_a_move_further_away_is_not_warned_of(self) -> None:
        child = referred(patient=CHILD).patient
        browser().post(f"/patients/{child.pk}/adult-service/", {"moves_on": "2026-09-03"})
        page = text(browser().get(f"/patients/{child.pk}/young-person/"))
        assert "Moves to the adult service on" not in page

    @pytest.mark.parametrize("kg", ["0", "-3", "401", "1e9", "abc", "NaN", "", "31,5"])
    def test_strange_weights_are_refused(self, kg: str) -> None:
        child = referred(patient=CHILD).patient
        answer = browser().post(f"/patients/{child.pk}/weight/", {"weight_kg": kg, "weighed_on": "2026-02-16"})
        assert answer.status_code == 422
        assert not WeightRecord.objects.exists()

    def test_a_representative_s_authority_ends(self) -> None:
        child = referred(patient=CHILD).patient
        parent = speaks_for(child, kind="PARENT", name="P. Parent", has_parental_responsibility=True)
        assert "Parent or guardian: P. Parent, 07700 900456 (parental responsibility)." in text(
            browser().get(f"/patients/{child.pk}/")
        )
        browser().post(f"/representatives/{parent.pk}/end/", {"ended_on": "2026-03-02"})
        parent.refresh_from_db()
        assert parent.ended_on == TODAY

    def test_weights_are_clinical(self) -> None:
        child = referred(patient=CHILD).patient
        assert "No weight is recorded." not in text(browser("FINANCE").get(f"/patients/{child.pk}/young-person/"))


class TestReviews:
    def test_everything_due_is_listed_and_nothing_else(self) -> None:
        nurse = person("SPECIALIST_NURSE")
        due, later = suitable(nurse), suitable(nurse)
        with acting(by=nurse):
            SuitabilityAssessment.objects.filter(enrolment=due).update(
                assessed_on=TODAY - dt.timedelta(days=365), review_due_on=TODAY
            )
            AccessibleNeed.objects.create(patient=due.patient, kind="BSL", review_on=TODAY - dt.timedelta(days=1))
            AccessibleNeed.objects.create(patient=later.patient, kind="BSL", review_on=TODAY + dt.timedelta(days=1))
            Patient.objects.filter(pk=later.patient_id).update(moves_to_adult_service_on=dt.date(2026, 9, 2))
        html = browser().get("/reviews/").content.decode()
        assert f"/enrolments/{due.pk}/suitability/" in html
        assert f"/enrolments/{later.pk}/suitability/" not in html
        assert f"/patients/{due.patient_id}/accessible/" in html
        assert f"/patients/{later.patient_id}/accessible/" not in html
        assert f"/patients/{later.patient_id}/young-person/" in html

    def test_a_later_assessment_settles_an_earlier_one(self) -> None:
        nurse = person("SPECIALIST_NURSE")
        enrolment = suitable(nurse)
        with acting(by=nurse):
            old = SuitabilityAssessment.objects.get()
            SuitabilityAssessment.objects.update(assessed_on=TODAY - dt.timedelta(days=9), review_due_on=TODAY)
            SuitabilityAssessment.objects.create(
                enrolment=enrolment,
                checklist=old.checklist,
                outcome="SUITABLE",
                assessed_by=nurse,
                assessed_on=TODAY,
                review_due_on=TODAY + dt.timedelta(days=9),
            )
        assert "No suitability review is due." in text(browser().get("/reviews/"))

    def test_looking_is_on_record(self) -> None:
        nurse = person("SPECIALIST_NURSE")
        enrolment = suitable(nurse)
        with acting(by=nurse):
            AccessibleNeed.objects.create(patient=enrolment.patient, kind="BSL", review_on=TODAY)
        browser().get("/reviews/")
        assert PatientAccess.objects.latest("pk").patient_ids == [enrolment.patient_id]

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries: Any) -> None:
        nurse = person("SPECIALIST_NURSE")
        for _ in range(4):
            enrolment = suitable(nurse)
            with acting(by=nurse):
                AccessibleNeed.objects.create(patient=enrolment.patient, kind="BSL", review_on=TODAY)
        client = browser()
        client.get("/reviews/")
        with django_assert_max_num_queries(24):
            client.get("/reviews/")


class TestTexts:
    def test_a_pharmacist_reads_and_approves(self) -> None:
        with acting(by=User.objects.system("command")):
            draft = ConsentText.objects.create(version="2", source="a test", body="I agree.\nTruly.")
        page = browser("CLINICAL_PHARMACIST").get(f"/texts/consent/{draft.pk}/")
        assert "I agree. Truly." in text(page)
        assert "Approve version 2" in text(page)
        assert "Approve version 2" not in text(browser().get(f"/texts/consent/{draft.pk}/"))
        browser("CLINICAL_PHARMACIST").post(f"/texts/consent/{draft.pk}/")
        draft.refresh_from_db()
        assert draft.status == "APPROVED"
        assert ConsentText.objects.filter(status="APPROVED").count() == 1

    def test_a_technician_does_not_approve(self) -> None:
        with acting(by=User.objects.system("command")):
            draft = ConsentText.objects.create(version="2", source="a test", body="I agree.")
        assert browser().post(f"/texts/consent/{draft.pk}/").status_code == 403

    def test_an_approved_version_is_not_approved_again(self) -> None:
        found = SuitabilityChecklist.objects.get()
        assert "approved already" in text(browser("CHIEF_PHARMACIST").post(f"/texts/checklists/{found.pk}/"))

    def test_a_lead_writes_a_new_text_and_a_leaflet(self) -> None:
        lead = browser("HOMECARE_LEAD")
        lead.post("/texts/consent/add/", {"version": "3", "body": "I agree.", "source": "Us"})
        assert ConsentText.objects.get(version="3").status == "DRAFT"
        given = {"code": "OURS", "title": "Ours", "version": "1", "leaflet_format": "BSL", "language": "BSL"}
        lead.post("/texts/leaflets/add/", given | {"source": "Us"})
        leaflet = InformationLeaflet.objects.get(code="OURS")
        lead.post(f"/texts/leaflets/{leaflet.pk}/retire/", {"retired_on": "2026-03-02"})
        assert "retired Mon 2 Mar" in text(browser().get("/texts/"))


def printed(path: str, role: str = "TECHNICIAN") -> str:
    answer = browser(role).get(path)
    assert answer["Content-Type"] == "application/pdf"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content
    if shutil.which("gs") is None:
        pytest.skip("There is no Ghostscript to read the PDF with.")
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=txtwrite", "-sOutputFile=-", "-"]
    read = subprocess.run(command, input=answer.content, capture_output=True, check=True)
    return re.sub(r"\s+", " ", read.stdout.decode())


class TestCharter:
    def test_what_is_missing_is_said_before_printing(self) -> None:
        enrolment = treated()
        page = text(browser().get(f"/enrolments/{enrolment.pk}/charter/"))
        assert "Missing from this charter" in page
        assert "the provider’s telephone number" in page
        set_service(
            helpline_telephone="0800 000 000",
            out_of_hours_telephone="0800 000 001",
            hospital_telephone="01632 960001",
            hospital_out_of_hours_telephone="01632 960002",
            complaints_contact="PALS, 01632 960003",
            how_to_change="Ring us.",
            use_of_personal_data="Kept for eight years.",
            benefits_and_risks="Less travel.",
            about_the_service="A van comes.",
            charge_policy="FREE",
        )
        page = text(browser().get(f"/enrolments/{enrolment.pk}/charter/"))
        assert "Missing from this charter" not in page
        for words in ("0800 000 000", "Less travel.", "PALS, 01632 960003", "You pay nothing."):
            assert words in page

    def test_the_printed_charter_says_the_same_and_names_the_patient(self) -> None:
        enrolment = treated('Nasty #read("x") $y$ \\')
        set_service(helpline_telephone="0800 000 000", helpline_hours="9 to 5")
        said = printed(f"/enrolments/{enrolment.pk}/charter.pdf")
        assert 'Siobhan Nasty #read("x") $y$ \\' in said
        assert "0800 000 000, 9 to 5" in said
        assert "You may have your medicine from the hospital instead, at any time." in said
        assert "Please be there, or have somebody there" in said

    @pytest.mark.parametrize("name", ["charter", "welcome"])
    def test_nothing_is_printed_for_somebody_who_died(self, name: str) -> None:
        enrolment = treated("Gone")
        actions.mark_deceased(patient=enrolment.patient, died_on=None, by=person("TECHNICIAN"), at=NOON)
        answer = browser().get(f"/enrolments/{enrolment.pk}/{name}.pdf")
        assert (answer.status_code, answer["Content-Type"].startswith("text/html")) == (409, True)

    def test_taking_the_file_is_on_record(self) -> None:
        enrolment = treated()
        browser().get(f"/enrolments/{enrolment.pk}/charter.pdf")
        look = PatientAccess.objects.latest("pk")
        assert (look.patient_ids, look.file_rows, len(look.file_sha256)) == ([enrolment.patient_id], 1, 64)

    @pytest.mark.parametrize(
        ("kinds", "words", "said"),
        [
            ([], "Standard print", "You are told how to complain"),
            (["LARGE_PRINT"], "Large print", "You are told how to complain"),
            (["EASY_READ"], "Easy read", "You can complain. Nobody will be cross with you."),
            (["EASY_READ", "LARGE_PRINT"], "Easy read, large print", "You can complain."),
        ],
    )
    def test_the_patient_s_needs_choose_the_print(self, kinds: list[str], words: str, said: str) -> None:
        enrolment = treated()
        with acting(by=User.objects.system("command")):
            for kind in kinds:
                AccessibleNeed.objects.create(patient=enrolment.patient, kind=kind)
        page = text(browser().get(f"/enrolments/{enrolment.pk}/charter/"))
        assert f"{words}, as this patient needs it" in page
        assert said in printed(f"/enrolments/{enrolment.pk}/charter.pdf")

    def test_another_print_may_be_asked_for(self) -> None:
        enrolment = treated()
        page = browser().get(f"/enrolments/{enrolment.pk}/charter/?style=EASY_READ")
        assert "You can complain. Nobody will be cross with you." in text(page)
        assert browser().get(f"/enrolments/{enrolment.pk}/charter.pdf?style=../../etc").status_code == 200

    def test_what_no_print_meets_is_said(self) -> None:
        enrolment = treated(interpreter_needed=True, language="Polish")
        with acting(by=User.objects.system("command")):
            AccessibleNeed.objects.create(patient=enrolment.patient, kind="BRAILLE")
        page = text(browser().get(f"/enrolments/{enrolment.pk}/charter/"))
        assert "have the charter transcribed" in page
        assert "You can have an interpreter (Polish)." in page

    def test_the_welcome_letter_says_what_happens_next(self) -> None:
        enrolment = treated()
        set_service(first_delivery_target_days=21, helpline_telephone="0800 000 000")
        said = printed(f"/enrolments/{enrolment.pk}/welcome.pdf")
        assert "Welcome to homecare" in said
        assert "within 21 days" in said
        assert "withheld number" in said
        assert "2 March 2026" in said

    @pytest.mark.parametrize("style", PrintStyle)
    def test_every_style_of_the_letter_prints(self, style: str) -> None:
        enrolment = treated()
        assert "Siobhan" in printed(f"/enrolments/{enrolment.pk}/welcome.pdf?style={style}")


@pytest.mark.parametrize(
    ("needs", "asked", "style", "is_easy"),
    [
        ([], "", "STANDARD", False),
        (["BSL"], "", "STANDARD", False),
        (["LARGE_PRINT", "BSL"], "", "LARGE_PRINT", False),
        (["EASY_READ"], "", "EASY_READ", True),
        (["EASY_READ", "LARGE_PRINT"], "", "LARGE_PRINT", True),
        (["EASY_READ"], "STANDARD", "STANDARD", False),
        ([], "LARGE_PRINT", "LARGE_PRINT", False),
        (["LARGE_PRINT"], "nonsense", "LARGE_PRINT", False),
    ],
)
def test_which_look_the_needs_ask_for(needs: list[str], asked: str, style: str, is_easy: bool) -> None:
    look = look_for(needs, asked=asked)
    assert (look.style, look.is_easy) == (style, is_easy)


def test_the_team_s_number_stands_in_for_the_hospital_s(settings: Any) -> None:
    service = treated().service
    settings.TEAM_TELEPHONE = "01632 960001"
    assert "the hospital’s telephone number" not in missing_of(service)
    settings.TEAM_TELEPHONE = ""
    assert "the hospital’s telephone number" in missing_of(service)
