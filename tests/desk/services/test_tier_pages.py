"""The tier engine on screen: every activity, what it makes alone, and what changing one does before it is done."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from patients.models import Enrolment
from prescriptions import actions as prescriptions
from providers.actions import set_activities
from providers.models import HomecareService, ServiceActivity
from tests.desk.pages import browser, person, text, treated
from tests.factories import NOON, EnrolmentFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
WHY = "Agreed with the provider."
ALONE = {
    "SELF_ADMINISTRATION": "Low tech",
    "LICENSED_OR_UNCOMPLICATED": "Low tech",
    "ORDINARY_STORAGE": "Low tech",
    "WITHIN_SUMMARY_OF_CHARACTERISTICS": "Low tech",
    "MISUSE_REPORTED": "Low tech",
    "UNLICENSED_MEDICINE": "Mid tech",
    "CLINICAL_SUPPORT_OR_TESTING": "Mid tech",
    "TRAINING_AND_COMPETENCY": "Mid tech",
    "BASIC_ASEPTIC_TECHNIQUE": "Mid tech",
    "SPECIAL_STORAGE": "Mid tech",
    "REFRIGERATION_PROVIDED": "Mid tech",
    "COMPLIANCE_PROGRAMME": "Mid tech",
    "INTRAVENOUS_INFUSION": "High tech",
    "ADVANCED_ASEPTIC_TECHNIQUE": "High tech",
    "COMPOUNDED_ASEPTIC": "High tech",
    "ADMINISTERED_BY_PROFESSIONAL": "High tech",
    "CLINICAL_PROTOCOL": "High tech",
    "BESPOKE_SOLUTION": "Complex",
    "HOME_ADAPTATION": "Complex",
    "EQUIPMENT_INSTALLED": "Complex",
}


def ask(*activities: str, scheme: str = "RPS", seen: tuple[str, ...] = (), **more: str) -> dict[str, object]:
    return {"activity": list(activities), "scheme": scheme, "seen": list(seen), **more}


def retier(service: HomecareService, *activities: str, reason: str = WHY, seen: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    given = ask(*activities, seen=seen, reason=reason)
    return browser("HOMECARE_LEAD").post(f"/services/{service.pk}/retier/", given)


@pytest.mark.parametrize(("activity", "tier"), ALONE.items())
def test_each_activity_alone_gives_its_tier(service: HomecareService, activity: str, tier: str) -> None:
    assert retier(service, activity)["Location"] == f"/services/{service.pk}/"
    assert f"{tier} (RPS/LPP) Because of this activity:" in text(browser().get(f"/services/{service.pk}/"))


def test_every_activity_of_the_scheme_is_on_the_page_once(service: HomecareService) -> None:
    page = browser("HOMECARE_LEAD").get(f"/services/{service.pk}/activities/").content.decode()
    assert {code: page.count(f'value="{code}"') for code in ALONE} == dict.fromkeys(ALONE, 1)


@pytest.mark.parametrize(
    ("activities", "words"),
    [
        (["TRAINING_AND_COMPETENCY", "HOME_ADAPTATION"], "Complex beside mid tech (RPS/LPP)"),
        (["CLINICAL_PROTOCOL"], "stands in complex too, but no bespoke, adaptation or installation element"),
        (["CLINICAL_PROTOCOL", "BESPOKE_SOLUTION"], "counts as complex beside a bespoke"),
        (["SELF_ADMINISTRATION"], "With it: mid tech (RPS/LPP)."),
        (["SELF_ADMINISTRATION", "INTRAVENOUS_INFUSION"], "Makes the tier. Without it: low tech (RPS/LPP)."),
        ([], "No activity is ticked, and a tier is never guessed."),
    ],
)
def test_the_page_says_what_each_does(service: HomecareService, activities: list[str], words: str) -> None:
    set_activities(service=service, activities=activities, reason=WHY, by=person("HOMECARE_LEAD"), at=NOON)
    assert words.lower() in text(browser().get(f"/services/{service.pk}/")).lower()


def test_the_preview_shows_the_new_tier_beside_the_old_and_changes_nothing(service: HomecareService) -> None:
    set_activities(service=service, activities=["SELF_ADMINISTRATION"], reason=WHY, by=person("HOMECARE_LEAD"), at=NOON)
    given = ask("SELF_ADMINISTRATION", "ADMINISTERED_BY_PROFESSIONAL")
    page = text(browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", given))
    for words in (
        "The tier changes",
        "Now: low tech (RPS/LPP)",
        "Then: high tech (RPS/LPP) Administration by healthcare professional",
        "Newly required Nurse visit booked",
        "1 patient affected: 1 on treatment",
        "O'BRIEN, Siobhan",
        "14 Mar 1961",
        "Treated already, see to it: Nurse visit booked No visit is booked",
    ):
        assert words in page
    assert ServiceActivity.objects.get(service=service).activity == "SELF_ADMINISTRATION"


def test_those_not_started_are_asked_before_their_first_dose(service: HomecareService) -> None:
    with acting(by=User.objects.system("command")):
        treatment = TreatmentFactory(patient=PatientFactory(family_name="Waiting"))
        EnrolmentFactory(treatment=treatment, service=service, status="IDENTIFIED")
    page = text(browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", ask("TRAINING_AND_COMPETENCY")))
    assert "Before the first dose: Training, with a signed competency No training visit is planned" in page
    assert "2 patients affected: 1 on treatment, 1 not started" in page


def test_those_who_have_ended_are_not_affected(service: HomecareService, enrolment: Enrolment) -> None:
    with acting(by=User.objects.system("command")):
        Enrolment.objects.filter(pk=enrolment.pk).update(status="STOPPED")
    page = text(browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", ask("INTRAVENOUS_INFUSION")))
    assert "Nobody is affected" in page
    assert "BRIEN" not in page


def test_the_affected_are_paged_and_all_reached(service: HomecareService) -> None:
    with acting(by=User.objects.system("command")):
        for number in range(60):
            treatment = TreatmentFactory(patient=PatientFactory(family_name=f"Person{number:02}"))
            EnrolmentFactory(treatment=treatment, service=service)
    client, found, path = (
        browser("HOMECARE_LEAD"),
        set(),
        f"/services/{service.pk}/retier/?scheme=RPS&activity=INTRAVENOUS_INFUSION",
    )
    pages = 0
    while path:
        answer = client.get(path)
        found |= {name for name in (f"PERSON{number:02}" for number in range(60)) if name in text(answer)}
        pages += 1
        href = answer.content.decode().partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        path = href.replace("&amp;", "&") if 'rel="next"' in answer.content.decode() else ""
    assert (len(found), pages) == (60, 2)


def test_looking_at_the_affected_is_on_record(service: HomecareService, enrolment: Enrolment) -> None:
    browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", ask("INTRAVENOUS_INFUSION"))
    entry = PatientAccess.objects.get()
    assert (entry.patient_ids, entry.view) == ([enrolment.patient_id], "service_retier")


def test_the_change_needs_a_reason(service: HomecareService) -> None:
    answer = retier(service, "INTRAVENOUS_INFUSION", reason=" ")
    assert answer.status_code == 422
    assert not service.activities.exists()


def test_the_second_of_two_is_told_who_was_first(service: HomecareService) -> None:
    retier(service, "INTRAVENOUS_INFUSION")
    answer = retier(service, "SELF_ADMINISTRATION")
    assert answer.status_code == 422
    assert "The activities were changed by" in text(answer)
    assert service.activities.get().activity == "INTRAVENOUS_INFUSION"


def test_the_history_keeps_the_old_tier_with_its_reasons_and_who_and_why(service: HomecareService) -> None:
    retier(service, "SELF_ADMINISTRATION", reason="As specified")
    retier(service, "INTRAVENOUS_INFUSION", seen=("SELF_ADMINISTRATION",), reason="Infusions begin")
    page = text(browser().get(f"/services/{service.pk}/")).partition("What became of the tier")[2]
    assert page.index("High tech (RPS/LPP) by") < page.index("Low tech (RPS/LPP) by") < page.index("Tier not set by")
    for words in ("Why: Infusions begin", "Added: Intravenous infusion", "Taken out: Self-administration of oral"):
        assert words in page


def test_nonsense_in_the_address_leads_back_to_the_ticks(service: HomecareService) -> None:
    answer = browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", ask("TELEPATHY"))
    assert answer["Location"] == f"/services/{service.pk}/activities/"


def test_ticks_that_are_there_already_change_nothing(service: HomecareService) -> None:
    assert "Nothing changes" in text(browser("HOMECARE_LEAD").get(f"/services/{service.pk}/retier/", ask()))


@pytest.mark.parametrize("role", ["TECHNICIAN", "CHIEF_PHARMACIST", "CLINICAL_PHARMACIST", "AUDITOR", "FINANCE"])
def test_only_the_lead_changes_activities(service: HomecareService, role: str) -> None:
    assert browser(role).get(f"/services/{service.pk}/activities/").status_code == 403
    assert "Change the activities" not in text(browser(role).get(f"/services/{service.pk}/"))


@pytest.mark.parametrize("path", ["/services/", "/services/{}/patients/", "/services/{}/retier/?scheme=RPS"])
def test_more_patients_cost_no_more_queries(service: HomecareService, path: str) -> None:
    client = browser("HOMECARE_LEAD")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path.format(service.pk) + ("&activity=INTRAVENOUS_INFUSION" if "?" in path else ""))
        return len(captured)

    few = queries()
    with acting(by=User.objects.system("command")):
        for _ in range(5):
            EnrolmentFactory(treatment=TreatmentFactory(), service=service)
            treated()  # of a service of its own
    assert queries() <= few


def test_the_tier_and_why_stand_on_the_patients_page_and_on_today(
    service: HomecareService, enrolment: Enrolment
) -> None:
    retier(service, "INTRAVENOUS_INFUSION")
    for path in (f"/patients/{enrolment.patient_id}/", "/today/enrolments/?all=1"):
        page = text(browser().get(path)).lower()
        assert "high tech (rps/lpp) intravenous infusion" in page


def test_a_deed_and_a_renewal_say_the_tier_and_why(service: HomecareService, enrolment: Enrolment) -> None:
    retier(service, "INTRAVENOUS_INFUSION")
    renewal = prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=person("TECHNICIAN"), at=NOON)
    assert "High tech (RPS/LPP): Intravenous infusion" in text(browser().get(f"/enrolments/{enrolment.pk}/count/"))
    assert "High tech (RPS/LPP) Intravenous infusion" in text(browser().get(f"/renewals/{renewal.pk}/"))
