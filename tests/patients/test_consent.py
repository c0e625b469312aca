"""Consent moves the pathway on, names who gave it by what right, and can be withdrawn at any time."""

import datetime as dt
from typing import Any

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused, Stale
from homecare.desk import deeds
from patients import actions as patients
from patients.actions.consent import record_handover
from patients.actions.content import approve_consent_text
from patients.models import Consent, ConsentText, Enrolment, ProviderNotice
from patients.states import BEFORE_ACTIVE
from prescriptions.models import Prescription
from tests.factories import NOON, EnrolmentFactory, enrolment_with_cover
from tests.patients.assessing import (
    TODAY,
    again,
    agreed,
    assessed,
    content,
    person,
    ready_to_consent,
    referred,
    speaks_for,
    suitable,
)
from tests.prescriptions.test_actions import approved

pytestmark = pytest.mark.django_db
CHILD = {"date_of_birth": dt.date(2014, 5, 6)}


@pytest.fixture(autouse=True)
def in_force() -> None:
    content()


@pytest.fixture
def nurse() -> User:
    return person("SPECIALIST_NURSE")


@pytest.fixture
def enrolment(nurse: User) -> Enrolment:
    return ready_to_consent(nurse)


def withdrawn(enrolment: Enrolment, by: User) -> Consent:
    return deeds.withdraw_consent(enrolment=enrolment, withdrawn_on=TODAY, by=by, at=NOON, reason="Changed their mind")


def test_consent_moves_the_enrolment_on_and_names_the_provider(enrolment: Enrolment, nurse: User) -> None:
    made = agreed(enrolment, by=nurse, interpreter_used=True)
    assert again(enrolment).status == "CONSENTED"
    assert (made.text, made.version, made.given_as) == (ConsentText.objects.get(), "draft 1", "PATIENT")
    assert (made.sharing_with, made.interpreter_used) == (enrolment.service.provider, True)


def test_consent_needs_a_choice(nurse: User) -> None:
    with pytest.raises(Refused, match="choice first"):
        agreed(suitable(nurse), by=nurse)


def test_consent_needs_suitability(nurse: User) -> None:
    with pytest.raises(Refused, match="Assess first"):
        agreed(referred(), by=nurse)


def test_consent_to_an_enrolment_that_ended_is_refused(nurse: User) -> None:
    enrolment = referred()
    assessed(enrolment, by=nurse, outcome="DECLINED", note="No.")
    with pytest.raises(Refused, match="has ended"):
        agreed(enrolment, by=nurse)


def test_a_second_consent_says_whose_was_first(enrolment: Enrolment, nurse: User) -> None:
    agreed(enrolment, by=nurse, taken_by="Siobhan Kelly")
    with pytest.raises(Refused, match=r"given on Mon 2 Mar 2026, taken by Siobhan Kelly"):
        agreed(enrolment, by=nurse)


def test_consent_is_not_given_tomorrow(enrolment: Enrolment, nurse: User) -> None:
    with pytest.raises(Refused, match="in the future"):
        agreed(enrolment, by=nurse, given_on=TODAY + dt.timedelta(days=1))


def test_somebody_starting_consents_to_the_text_in_force(enrolment: Enrolment, nurse: User) -> None:
    with pytest.raises(Refused, match="text in force"):
        agreed(enrolment, by=nurse, text=None, version="1")


def test_a_text_replaced_in_the_meantime_is_refused(enrolment: Enrolment, nurse: User) -> None:
    old, chief = ConsentText.objects.get(), person("CHIEF_PHARMACIST")
    with acting(by=chief):
        new = ConsentText.objects.create(version="2", source="a test", body="I agree.")
    approve_consent_text(text=new, by=chief, at=NOON)
    with pytest.raises(Stale, match="Another version"):
        agreed(enrolment, by=nurse, text=old)
    assert agreed(enrolment, by=nurse, text=new).version == "2"


def test_somebody_on_treatment_may_have_signed_an_earlier_form(nurse: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY, consent=False)
    made = agreed(enrolment, by=nurse, text=None, version="2019")
    assert (made.version, made.text, again(enrolment).status) == ("2019", None, "ACTIVE")


def test_somebody_on_treatment_needs_some_version(nurse: User) -> None:
    with pytest.raises(Refused, match="text in force"):
        agreed(enrolment_with_cover(as_at=TODAY, consent=False), by=nurse, text=None, version=" ")


@pytest.mark.parametrize(
    ("given_as", "speaker", "said"),
    [
        ("PATIENT", None, "not 16 until"),
        ("PARENT", {"has_parental_responsibility": True, "kind": "PARENT"}, ""),
        ("PARENT", {"may_consent": True}, "not recorded as having parental responsibility"),
        ("PARENT", None, "Choose who"),
        ("COMPETENT_CHILD", None, "was not assessed"),
        ("REPRESENTATIVE", {"may_consent": True}, "not 16 until"),
    ],
)
def test_for_a_child(nurse: User, given_as: str, speaker: dict[str, Any] | None, said: str) -> None:
    enrolment = ready_to_consent(nurse, patient=CHILD)
    representative = speaks_for(enrolment.patient, **speaker) if speaker else None
    if not said:
        assert agreed(enrolment, by=nurse, given_as=given_as, representative=representative).representative
        return
    with pytest.raises(Refused, match=said):
        agreed(enrolment, by=nurse, given_as=given_as, representative=representative)


def test_a_competent_child_consents_after_the_assessment(nurse: User) -> None:
    from patients.actions.young import assess_competence

    enrolment = ready_to_consent(nurse, patient=CHILD)
    assess_competence(
        patient=enrolment.patient, outcome="COMPETENT", assessed_on=TODAY, note="Explained it back.", by=nurse, at=NOON
    )
    assert agreed(enrolment, by=nurse, given_as="COMPETENT_CHILD").given_as == "COMPETENT_CHILD"


def test_a_later_assessment_of_competence_holds(nurse: User) -> None:
    from patients.actions.young import assess_competence

    enrolment = ready_to_consent(nurse, patient=CHILD)
    for outcome in ("COMPETENT", "NOT_COMPETENT"):
        assess_competence(
            patient=enrolment.patient, outcome=outcome, assessed_on=TODAY, note="As seen.", by=nurse, at=NOON
        )
    with pytest.raises(Refused, match="not competent"):
        agreed(enrolment, by=nurse, given_as="COMPETENT_CHILD")


def test_somebody_else_s_representative_is_refused(enrolment: Enrolment, nurse: User) -> None:
    stranger = speaks_for(referred().patient, may_consent=True)
    with pytest.raises(Refused, match="of this patient"):
        agreed(enrolment, by=nurse, given_as="REPRESENTATIVE", representative=stranger)


@pytest.mark.parametrize("status", sorted(str(s) for s in BEFORE_ACTIVE - {"IDENTIFIED", "SUITABLE"}))
def test_withdrawing_before_treatment_leaves_the_pathway(nurse: User, status: str) -> None:
    with acting(by=User.objects.system("command")):
        enrolment = EnrolmentFactory(status=status)
        Consent.objects.create(enrolment=enrolment, version="1", method="SIGNED_FORM", given_on=TODAY)
    withdrawn(enrolment, nurse)
    now = again(enrolment)
    assert (now.status, now.treatment.is_ended) == ("WITHDRAWN", False)
    knows = status not in {"CONSENTED"}
    assert ProviderNotice.objects.filter(enrolment=enrolment, kind="CONSENT_WITHDRAWN").exists() is knows


def test_withdrawing_before_treatment_cancels_what_was_begun(nurse: User) -> None:
    technician, pharmacist = person(), person("CLINICAL_PHARMACIST")
    enrolment = enrolment_with_cover(as_at=TODAY)
    prescription = approved(enrolment, technician, pharmacist)
    with acting(by=User.objects.system("command")):
        Enrolment.objects.filter(pk=enrolment.pk).update(status="REGISTERED")
    withdrawn(again(enrolment), nurse)
    change = Prescription.objects.get(pk=prescription.pk).status_changes.latest("pk")
    assert (change.to_status, change.by) == ("CANCELLED", nurse)


def test_withdrawing_on_treatment_asks_for_a_handover_and_stops_nothing(nurse: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY)
    withdrawn(enrolment, nurse)
    assert again(enrolment).status == "ACTIVE"
    assert list(Enrolment.objects.needing_handover()) == [enrolment]
    notice = ProviderNotice.objects.get(enrolment=enrolment, kind="CONSENT_WITHDRAWN")
    assert "Changed their mind" not in notice.detail


def test_a_handover_plan_settles_it(nurse: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY)
    withdrawn(enrolment, nurse)
    made = record_handover(
        enrolment=enrolment, plan="Two pens at home; collects on 9 March.", supply_route="HOSPITAL", by=nurse, at=NOON
    )
    assert (made.handover_by, made.handover_at) == (nurse, NOON)
    assert again(enrolment).treatment.supply_route == "HOSPITAL"
    assert not Enrolment.objects.needing_handover().exists()
    with pytest.raises(Refused, match="recorded a plan already"):
        record_handover(enrolment=enrolment, plan="Another", supply_route="HOSPITAL", by=nurse, at=NOON)


def test_an_older_withdrawal_asks_for_nothing_once_it_is_settled_again(nurse: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY)
    withdrawn(enrolment, nurse)
    agreed(enrolment, by=nurse)
    assert not Enrolment.objects.needing_handover().exists()
    with pytest.raises(Refused, match="no handover is needed"):
        record_handover(enrolment=enrolment, plan="x", supply_route="HOSPITAL", by=nurse, at=NOON)
    withdrawn(enrolment, nurse)
    assert Enrolment.objects.needing_handover().exists()
    record_handover(enrolment=enrolment, plan="x", supply_route="HOMECARE", by=nurse, at=NOON)
    assert not Enrolment.objects.needing_handover().exists()


@pytest.mark.parametrize(("days", "said"), [(1, "in the future"), (-400, "cannot have been withdrawn before that")])
def test_the_day_of_withdrawal(nurse: User, days: int, said: str) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY)
    with pytest.raises(Refused, match=said):
        deeds.withdraw_consent(
            enrolment=enrolment, withdrawn_on=TODAY + dt.timedelta(days=days), by=nurse, at=NOON, reason="x"
        )


def test_nothing_in_force_is_not_withdrawn(nurse: User) -> None:
    with pytest.raises(Refused, match="no consent in force"):
        withdrawn(referred(), nurse)
    with pytest.raises(Refused, match="Consent is not withdrawn"):
        record_handover(enrolment=referred(), plan="x", supply_route="HOSPITAL", by=nurse, at=NOON)


def test_a_plan_is_in_words(nurse: User) -> None:
    with pytest.raises(Refused, match="Write how"):
        record_handover(enrolment=referred(), plan="  ", supply_route="HOSPITAL", by=nurse, at=NOON)


@pytest.mark.parametrize("role", ["PRESCRIBER", "CHIEF_PHARMACIST", "ADMINISTRATIVE_SUPPORT", "AUDITOR"])
def test_who_may_not(role: str) -> None:
    somebody, enrolment = person(role), enrolment_with_cover(as_at=TODAY)
    with pytest.raises(NotAllowed):
        withdrawn(enrolment, somebody)
    with pytest.raises(NotAllowed):
        agreed(enrolment, by=somebody)
    with pytest.raises(NotAllowed):
        record_handover(enrolment=enrolment, plan="x", supply_route="HOSPITAL", by=somebody, at=NOON)


def test_a_patient_of_a_register_keeps_their_consent_and_status(nurse: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY)
    patients.withdraw_consent(enrolment=enrolment, withdrawn_on=TODAY, by=nurse, at=NOON, reason="register")
    assert again(enrolment).status == "ACTIVE"
