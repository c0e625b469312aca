"""Suitability, choice, consent, its withdrawal and the plan that follows, as pages."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions.choice import charter_points, leaflets_for
from patients.actions.suitability import assess
from patients.models import AccessibleNeed, Choice, Consent, ConsentText, Enrolment, SuitabilityAssessment
from providers.models import HomecareService, ProviderCapability, ServiceStyle
from tests.desk.pages import browser, text, treated
from tests.factories import NOON
from tests.patients.assessing import (
    again,
    content,
    fine_answers,
    person,
    ready_to_consent,
    referred,
    speaks_for,
    suitable,
)

pytestmark = pytest.mark.django_db
CHILD = {"date_of_birth": dt.date(2014, 5, 6)}
NASTY = "<script>alert(1)</script>{{ 7*7 }}'; DROP TABLE"


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        content()
        yield


@pytest.fixture
def nurse() -> User:
    return person("SPECIALIST_NURSE")


def answers(enrolment: Enrolment, **changes: Any) -> dict[str, Any]:
    given = {f"answer_{code}": answer for code, answer in fine_answers(enrolment).items()}
    return given | {"outcome": "SUITABLE", "review_due_on": "2027-03-02", "latest": "0"} | changes


def post(enrolment: Enrolment, page: str, given: dict[str, Any], *, role: str = "SPECIALIST_NURSE") -> Any:
    return browser(role).post(f"/enrolments/{enrolment.pk}/{page}/", given)


class TestSuitability:
    def test_somebody_is_found_suitable(self) -> None:
        enrolment = referred()
        answer = post(enrolment, "suitability", answers(enrolment, note_TELEPHONE="Mobile only"))
        assert answer["Location"] == f"/enrolments/{enrolment.pk}/"
        assert again(enrolment).status == "SUITABLE"
        assert enrolment.assessments.get().answers.get(question__code="TELEPHONE").note == "Mobile only"

    def test_each_unanswered_question_is_pointed_at(self) -> None:
        enrolment = referred()
        answer = post(
            enrolment, "suitability", answers(enrolment, answer_STORAGE="", answer_WASTE="", review_due_on="")
        )
        html = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#id_answer_STORAGE"' in html
        assert 'id="id_answer_STORAGE"' in html
        assert 'href="#id_answer_WASTE"' in html
        assert "Say when suitability is reviewed." in text(answer)
        assert not SuitabilityAssessment.objects.exists()

    def test_what_was_answered_is_kept_when_it_is_refused(self) -> None:
        enrolment = referred()
        answer = post(enrolment, "suitability", answers(enrolment, answer_STORAGE="NO", note_STORAGE="No fridge"))
        assert "These answers are a concern or not known" in text(answer)
        assert 'value="No fridge"' in answer.content.decode()
        assert answer.content.decode().count(" checked") == len(fine_answers(enrolment)) + 1

    def test_what_the_record_knows_is_filled_in(self) -> None:
        from patients.models import ContactPoint, PatientAddress

        enrolment = referred(patient={"language": "Polish"})
        with acting(by=User.objects.system("command")):
            ContactPoint.objects.create(patient=enrolment.patient, kind="MOBILE", value="+447700900123")
            PatientAddress.objects.create(patient=enrolment.patient, line_1="1 Mill Road", postcode="ME4 1AA")
        page = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/suitability/")
        html = page.content.decode()
        assert "On record: Mobile +447700900123." in text(page)
        assert "Speaks Polish; no representative is on record." in text(page)
        assert 'name="answer_TELEPHONE" value="YES" checked' in html
        assert 'name="answer_ADDRESS" value="YES" checked' in html
        assert 'name="answer_STORAGE" value="YES" checked' not in html

    def test_a_review_begins_with_what_was_answered(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        page = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/suitability/")
        assert 'name="answer_STORAGE" value="YES" checked' in page.content.decode()
        assert "Earlier assessments" in text(page)

    def test_the_second_of_two_at_once_is_told(self, nurse: User) -> None:
        enrolment = referred()
        given = answers(enrolment)
        assess(
            enrolment=enrolment,
            answers=fine_answers(enrolment),
            outcome="SUITABLE",
            review_due_on=dt.date(2027, 1, 1),
            by=nurse,
            at=NOON,
        )
        answer = post(enrolment, "suitability", given)
        assert f"{nurse} assessed this in the meantime: suitable" in text(answer)

    def test_without_a_checklist_the_page_says_who_approves_one(self) -> None:
        from patients.models import SuitabilityChecklist

        enrolment = referred()
        with acting(by=User.objects.system("command")):
            SuitabilityChecklist.objects.update(status="RETIRED")
        page = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/suitability/")
        assert "No checklist is approved" in text(page)
        assert "Record assessment" not in text(page)

    def test_hostile_words_are_only_words(self) -> None:
        enrolment = referred()
        post(enrolment, "suitability", answers(enrolment, note_STORAGE=NASTY, note=NASTY))
        page = browser().get(f"/enrolments/{enrolment.pk}/suitability/")
        assert "<script>alert" not in page.content.decode()
        assert NASTY in text(page)


def choice_of(enrolment: Enrolment, **changes: Any) -> dict[str, Any]:
    return {
        "points": [str(point.pk) for point in charter_points()],
        "leaflets": [str(leaflets_for(enrolment)[0].pk)],
        "how": "IN_PERSON",
        "hospital_offered": "on",
        "chosen": "HOMECARE",
        "reasons": ["TRAVEL"],
        "reasons_text": "Two buses.",
        "chosen_on": "2026-03-02",
        "latest": "0",
    } | changes


class TestChoice:
    def test_homecare_is_chosen(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        with acting(by=nurse):
            ServiceStyle.objects.create(service=enrolment.service, kind="SLOT", value="EVENING")
        answer = post(enrolment, "choice", choice_of(enrolment, style_SLOT="EVENING"))
        assert answer["Location"] == f"/enrolments/{enrolment.pk}/"
        made = Choice.objects.get()
        assert (made.chosen, made.reasons, made.slot) == ("HOMECARE", ["TRAVEL"], "EVENING")

    def test_the_hospital_is_chosen(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        post(enrolment, "choice", choice_of(enrolment, chosen="HOSPITAL", points=[], leaflets=[]))
        now = again(enrolment)
        assert (now.status, now.treatment.supply_route) == ("DECLINED", "HOSPITAL")

    def test_what_the_provider_cannot_do_stands_before_the_choice(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        with acting(by=nurse):
            AccessibleNeed.objects.create(patient=enrolment.patient, kind="BSL")
            ProviderCapability.objects.create(
                provider=enrolment.service.provider, need="BSL", offered=False, source="a test"
            )
        html = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/choice/").content.decode()
        assert 0 < html.index("cannot speak with people in British Sign Language") < html.index('name="chosen"')
        answer = post(enrolment, "choice", choice_of(enrolment))
        assert "Tell the patient first what" in text(answer)
        post(enrolment, "choice", choice_of(enrolment, limits="on"))
        assert "British Sign Language" in Choice.objects.get().limits_told

    def test_the_leaflets_a_patient_can_read_stand_first(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        with acting(by=nurse):
            AccessibleNeed.objects.create(patient=enrolment.patient, kind="LARGE_PRINT")
        page = text(browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/choice/"))
        assert page.index("Large print, English") < page.index("Easy read, English")

    def test_a_fixed_supplier_is_said(self, nurse: User) -> None:
        enrolment = suitable(nurse)
        with acting(by=nurse):
            HomecareService.objects.filter(pk=enrolment.service_id).update(scheme_fixes_supplier=True)
        page = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/choice/")
        assert "The scheme fixes the supplier" in text(page)
        assert "may still choose the hospital" in text(page)
        assert "scheme fixes the supplier" in text(post(enrolment, "choice", choice_of(enrolment)))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"chosen": "NEITHER"}, "not one of the available choices"),
            ({"points": ["999999"]}, "not one of the available choices"),
            ({"leaflets": ["x"]}, "not one of the available choices"),
            ({"reasons": ["MONEY"]}, "not one of the available choices"),
            ({"chosen_on": "2026-03-03"}, "in the future"),
            ({"chosen_on": "yesterday"}, "Enter a valid date"),
            ({"latest": "x"}, "Enter a whole number"),
        ],
    )
    def test_nonsense_is_refused_in_words(self, nurse: User, changes: dict[str, Any], said: str) -> None:
        enrolment = suitable(nurse)
        answer = post(enrolment, "choice", choice_of(enrolment, **changes))
        assert answer.status_code == 422
        assert said in text(answer)
        assert not Choice.objects.exists()


def consent_of(**changes: Any) -> dict[str, Any]:
    return {
        "given_as": "PATIENT",
        "representative": "",
        "method": "IN_PERSON",
        "given_on": "2026-03-02",
        "taken_by": "Siobhan Kelly",
        "text": str(ConsentText.objects.get().pk),
    } | changes


class TestConsent:
    def test_the_words_are_shown_word_for_word_with_the_provider(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse)
        page = browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/consent/")
        for line in ConsentText.objects.get().body.splitlines():
            assert line in text(page)
        assert f"Shared with {enrolment.service.provider}" in text(page)

    def test_consent_moves_the_patient_on(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse)
        answer = post(enrolment, "consent", consent_of())
        assert answer["Location"] == f"/enrolments/{enrolment.pk}/"
        assert again(enrolment).status == "CONSENTED"
        assert Consent.objects.get().text == ConsentText.objects.get()

    def test_where_consent_is_on_record_the_page_says_so(self) -> None:
        page = browser().get(f"/enrolments/{treated().pk}/consent/")
        assert "Consent is on record." in text(page)
        assert "Who agreed" not in text(page)

    def test_before_a_choice_it_is_refused(self, nurse: User) -> None:
        assert "choice first" in text(post(suitable(nurse), "consent", consent_of()))

    def test_a_parent_consents_for_a_child(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse, patient=CHILD)
        parent = speaks_for(enrolment.patient, kind="PARENT", has_parental_responsibility=True)
        page = text(browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/consent/"))
        assert "Somebody with parental responsibility" in page
        assert "not 16 until 6 May 2030" in text(post(enrolment, "consent", consent_of()))
        post(enrolment, "consent", consent_of(given_as="PARENT", representative=str(parent.pk)))
        assert Consent.objects.get().representative == parent

    def test_an_adult_is_not_offered_a_child_s_ways(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse)
        page = text(browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/consent/"))
        assert "A child assessed as competent" not in page

    def test_a_representative_of_somebody_else_is_no_choice(self, nurse: User) -> None:
        enrolment, stranger = ready_to_consent(nurse), speaks_for(referred().patient, may_consent=True)
        given = consent_of(given_as="REPRESENTATIVE", representative=str(stranger.pk))
        assert "not one of the available choices" in text(post(enrolment, "consent", given))

    def test_an_older_text_is_stale(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse)
        given = consent_of()
        with acting(by=nurse):
            ConsentText.objects.update(status="RETIRED")
            ConsentText.objects.create(
                version="2", source="a test", body="Other words", status="APPROVED", approved_by=nurse, approved_at=NOON
            )
        assert "Another version of the consent text is in force" in text(post(enrolment, "consent", given))

    def test_an_earlier_form_of_somebody_on_treatment(self) -> None:
        enrolment = treated(consent=False)
        post(enrolment, "consent", consent_of(version="2019"), role="TECHNICIAN")
        assert (Consent.objects.get().version, Consent.objects.get().text) == ("2019", None)


class TestWithdrawal:
    def test_what_follows_is_shown_before_treatment(self, nurse: User) -> None:
        enrolment = ready_to_consent(nurse)
        post(enrolment, "consent", consent_of())
        page = text(browser("SPECIALIST_NURSE").get(f"/enrolments/{enrolment.pk}/withdraw-consent/"))
        assert "The patient leaves the pathway to homecare; the treatment does not end." in page
        given = {"withdrawn_on": "2026-03-02", "reason": "Changed their mind"}
        answer = post(enrolment, "withdraw-consent", given)
        assert answer["Location"] == f"/enrolments/{enrolment.pk}/"
        assert again(enrolment).status == "WITHDRAWN"

    def test_on_treatment_a_plan_is_asked_for(self) -> None:
        enrolment = treated()
        page = text(browser().get(f"/enrolments/{enrolment.pk}/withdraw-consent/"))
        assert "The treatment goes on. You are asked next how the patient is supplied safely." in page
        assert f"{enrolment.service.provider} is told" in page
        answer = post(enrolment, "withdraw-consent", {"withdrawn_on": "2026-03-02", "reason": "No"}, role="TECHNICIAN")
        assert answer["Location"] == f"/enrolments/{enrolment.pk}/handover/"
        assert f"/enrolments/{enrolment.pk}/handover/" in browser().get("/reviews/").content.decode()
        assert (
            f"/enrolments/{enrolment.pk}/handover/"
            in browser().get(f"/patients/{enrolment.patient_id}/").content.decode()
        )
        assert "plan the safe supply." in text(browser().get(f"/patients/{enrolment.patient_id}/"))
        given = {"plan": "Collects from the hospital on Friday.", "supply_route": "HOSPITAL"}
        post(enrolment, "handover", given, role="TECHNICIAN")
        assert "Whoever withdrew consent has a plan." in text(browser().get("/reviews/"))
        shown = text(browser().get(f"/patients/{enrolment.patient_id}/"))
        assert "Collects from the hospital on Friday." in shown
        assert "plan the safe supply." not in shown
