"""Children and young people: weights with their day, competence, the move to the adult service; who speaks for them."""

import datetime as dt
from decimal import Decimal

import pytest

from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused
from patients.actions.representatives import Authority, add_representative, end_representative
from patients.actions.young import assess_competence, plan_adult_service, record_weight
from patients.models import Patient, ProviderNotice, WeightRecord
from tests.factories import NOON, enrolment_with_cover
from tests.patients.assessing import TODAY, person, referred

pytestmark = pytest.mark.django_db
BORN = dt.date(2010, 3, 3)  # sixteen tomorrow
DAY = dt.timedelta(days=1)


@pytest.fixture
def nurse() -> User:
    return person("SPECIALIST_NURSE")


@pytest.fixture
def child() -> Patient:
    return referred(patient={"date_of_birth": BORN}).patient


def weigh(child: Patient, by: User, kg: str, on: dt.date = TODAY) -> WeightRecord:
    return record_weight(patient=child, weight_kg=Decimal(kg), weighed_on=on, by=by, at=NOON)


def test_a_weight_said_again_for_its_day_is_corrected(child: Patient, nurse: User) -> None:
    weigh(child, nurse, "31.5")
    weigh(child, nurse, "32.25")
    weigh(child, nurse, "30", TODAY - 30 * DAY)
    assert [str(row.weight_kg) for row in child.weights.order_by("weighed_on")] == ["30.00", "32.25"]


@pytest.mark.parametrize(
    ("kg", "on", "said"),
    [
        ("0", TODAY, "more than 0"),
        ("-1", TODAY, "more than 0"),
        ("400.01", TODAY, "at most 400"),
        ("30", TODAY + DAY, "in the future"),
        ("30", BORN - DAY, "not born"),
    ],
)
def test_which_weights_are_refused(child: Patient, nurse: User, kg: str, on: dt.date, said: str) -> None:
    with pytest.raises(Refused, match=said):
        weigh(child, nurse, kg, on)


@pytest.mark.parametrize(("kg", "on"), [("0.01", TODAY), ("400", TODAY), ("3.2", BORN)])
def test_the_boundaries_of_weight(child: Patient, nurse: User, kg: str, on: dt.date) -> None:
    assert weigh(child, nurse, kg, on).pk


@pytest.mark.parametrize(
    ("born", "on", "note", "said"),
    [
        (BORN, TODAY, "Explained it back.", ""),
        (TODAY.replace(year=2010), TODAY, "Explained it back.", "16 or over on that day"),
        (TODAY.replace(year=2010), TODAY - DAY, "Explained it back.", ""),
        (BORN, TODAY, " ", "on what grounds"),
        (BORN, TODAY + DAY, "x", "in the future"),
        (BORN, BORN - DAY, "x", "not born"),
    ],
)
def test_when_competence_is_assessed(nurse: User, born: dt.date, on: dt.date, note: str, said: str) -> None:
    child = referred(patient={"date_of_birth": born}).patient
    given = {"patient": child, "outcome": "COMPETENT", "assessed_on": on, "note": note, "by": nurse, "at": NOON}
    if not said:
        assert assess_competence(**given).assessed_by == nurse
        return
    with pytest.raises(Refused, match=said):
        assess_competence(**given)


@pytest.mark.parametrize(("on", "said"), [(TODAY, "after today"), (TODAY - DAY, "after today"), (TODAY + DAY, "")])
def test_the_move_to_the_adult_service(child: Patient, on: dt.date, said: str) -> None:
    technician = person()
    if said:
        with pytest.raises(Refused, match=said):
            plan_adult_service(patient=child, moves_on=on, by=technician, at=NOON)
        return
    assert plan_adult_service(patient=child, moves_on=on, by=technician, at=NOON).moves_to_adult_service_on == on
    assert plan_adult_service(patient=child, moves_on=None, by=technician, at=NOON).moves_to_adult_service_on is None


def test_a_representative_is_recorded_ended_and_the_provider_told() -> None:
    technician, patient = person(), enrolment_with_cover(as_at=TODAY).patient
    made = add_representative(
        patient=patient,
        authority=Authority(
            kind="PARENT", name="P. Parent", telephone="07700 900456", has_parental_responsibility=True
        ),
        by=technician,
        at=NOON,
    )
    [told] = ProviderNotice.objects.filter(kind="REPRESENTATIVE")
    assert told.detail == "Speaks for the patient: Parent or guardian, P. Parent, 07700 900456."
    end_representative(representative=made, ended_on=TODAY, by=technician, at=NOON)
    made.refresh_from_db()
    assert made.ended_on == TODAY
    with pytest.raises(Refused, match="only until 2 March 2026"):
        end_representative(representative=made, ended_on=TODAY, by=technician, at=NOON)


@pytest.mark.parametrize(
    ("authority", "said"),
    [
        (Authority(kind="CARER", name=" ", telephone="1"), "name of the representative"),
        (Authority(kind="CARER", name="C"), "telephone number or an email"),
    ],
)
def test_which_representatives_are_refused(child: Patient, authority: Authority, said: str) -> None:
    with pytest.raises(Refused, match=said):
        add_representative(patient=child, authority=authority, by=person(), at=NOON)


def test_an_end_is_not_in_the_future(child: Patient) -> None:
    technician = person()
    authority = Authority(kind="CARER", name="C", may_be_contacted=False)
    made = add_representative(patient=child, authority=authority, by=technician, at=NOON)
    with pytest.raises(Refused, match="today, or earlier"):
        end_representative(representative=made, ended_on=TODAY + DAY, by=technician, at=NOON)


def test_who_may_not(child: Patient) -> None:
    auditor = person("AUDITOR")
    with pytest.raises(NotAllowed):
        weigh(child, auditor, "30")
    with pytest.raises(NotAllowed):
        assess_competence(patient=child, outcome="COMPETENT", assessed_on=TODAY, note="x", by=auditor, at=NOON)
    with pytest.raises(NotAllowed):
        plan_adult_service(patient=child, moves_on=None, by=auditor, at=NOON)
    with pytest.raises(NotAllowed):
        add_representative(patient=child, authority=Authority(kind="CARER", name="C"), by=auditor, at=NOON)
