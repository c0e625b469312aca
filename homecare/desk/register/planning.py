"""From judged rows to what is to be written: new people and new treatments as staged rows, changes as changes.

Nothing is read from or written to the database here; ids come from allocators, so that one row can name another
before either is written.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from homecare.desk.register.decisions import Decision, Outcome
from homecare.desk.register.reference import ProductFound, Reference, Terms
from homecare.desk.register.rows import RegisterRow
from homecare.desk.register.supply import Supply, pattern_columns, read_regimen, read_supply
from homecare.desk.register.values import ConsentGiven, ContactBy, RegisterStatus, Sex
from monitoring.rules import Phase, first_due_on, next_due_on, tests_of
from patients.cover.questions import CoverAnswer, CoverQuestion, Fact, FactKind, RemainingSupply
from patients.cover.regimen import Phase as RegimenPhase
from patients.cover.regimen import Suspension
from patients.cover.rules import compute_many

PERSON_COLUMNS: Final = (
    ("patient_id", "bigint"), ("recipient_id", "bigint"), ("nhs_number", "text"), ("hospital_number", "text"),
    ("family_name", "text"), ("given_name", "text"), ("date_of_birth", "date"), ("sex", "text"), ("ethnicity", "text"),
    ("gp_practice", "text"), ("preferred_contact", "text"), ("do_not_contact", "boolean"), ("deceased", "boolean"),
    ("mobile", "text"), ("mobile_written", "text"), ("email", "text"), ("line_1", "text"), ("line_2", "text"),
    ("town", "text"), ("postcode", "text"),
)  # fmt: skip
TREATMENT_COLUMNS: Final = (
    ("patient_id", "bigint"), ("treatment_id", "bigint"), ("enrolment_id", "bigint"), ("medicine_id", "bigint"),
    ("brand", "text"), ("product_id", "bigint"), ("clinic_id", "bigint"), ("consultant_id", "bigint"),
    ("indication", "text"), ("service_id", "bigint"), ("provider_id", "bigint"), ("status", "text"),
    ("registered_on", "date"), ("notes", "text"), ("consent_given", "boolean"), ("consent_on", "date"),
    ("starts_on", "date"), ("units_per_dose", "integer"), ("pattern", "text"), ("every_days", "smallint"),
    ("cycle_on", "smallint"), ("cycle_off", "smallint"), ("weekdays", "smallint[]"), ("dose", "text"),
    ("frequency", "text"), ("delivered_on", "date"), ("units_each", "integer"), ("interval_days", "smallint"),
    ("reference", "uuid"), ("signed_on", "date"), ("last_valid_on", "date"), ("deliveries", "smallint"),
    ("deliveries_made", "smallint"), ("prescription_status", "text"), ("plan_id", "bigint"), ("protocol_id", "bigint"),
    ("plan_started_on", "date"),
)  # fmt: skip
TEST_COLUMNS: Final = (
    ("plan_id", "bigint"), ("patient_id", "bigint"), ("test_type_id", "bigint"), ("due_on", "date"),
    ("done_on", "date"),
)  # fmt: skip
COVER_COLUMNS: Final = (
    ("enrolment_id", "bigint"), ("computed_for", "date"), ("recompute_on", "date"), ("stock_known", "boolean"),
    ("first_uncovered_dose_on", "date"), ("next_delivery_due_on", "date"), ("planned_deliveries_on", "date[]"),
    ("script_cover_ends_on", "date"), ("needs_prescription", "boolean"), ("prescription_needed_by_on", "date"),
    ("prompt_due_on", "date"), ("is_assumed", "boolean"), ("is_live", "boolean"),
)  # fmt: skip
_SEXES: Final = {Sex.FEMALE: "FEMALE", Sex.MALE: "MALE", Sex.INDETERMINATE: "INDETERMINATE", Sex.NOT_KNOWN: "UNKNOWN"}
LIVE: Final = frozenset({RegisterStatus.ACTIVE, RegisterStatus.SUSPENDED})


@dataclass(frozen=True, slots=True)
class TreatmentPlan:
    """One new treatment: the row that speaks of it last, and all that is written for it."""

    row: RegisterRow
    decision: Decision
    patient_id: int
    enrolment_id: int
    status: RegisterStatus
    product: ProductFound | None
    terms: Terms
    supply: Supply | None
    staged: tuple[Any, ...]
    plan_id: int | None
    protocol_id: int | None

    @property
    def is_live(self) -> bool:
        """Whether the patient is on this treatment."""
        return self.status in LIVE


@dataclass(slots=True)
class ImportPlan:
    """All that is to be written for the rows that create something."""

    people: list[tuple[Any, ...]] = field(default_factory=list)
    treatments: list[TreatmentPlan] = field(default_factory=list)
    patient_ids: dict[int, int] = field(default_factory=dict)
    """A person's key in the decisions -> the patient's id."""
    died: list[int] = field(default_factory=list)
    """Patients on record whose death the register tells."""
    enrolment_ids: dict[tuple[int, int], int] = field(default_factory=dict)
    """(person's key, medicine) -> the enrolment's id, for all that are created."""


TakeIds = Callable[[str, int], list[int]]


def plan_import(
    rows: Sequence[RegisterRow],
    decisions: Sequence[Decision],
    reference: Reference,
    *,
    as_at: dt.date,
    take_ids: TakeIds,
    dead: Collection[int] = (),
    restarted: Collection[tuple[int, int]] = (),
) -> ImportPlan:
    """Return what the rows create: each treatment once, by the last row that speaks of it.

    `dead` are people on record who have died; `restarted` are treatments that had ended and begin anew.
    """
    plan = ImportPlan()
    first_of, last_of, deceased = _survey(rows, decisions, restarted)
    plan.died = sorted(key for key in deceased if key > 0 and key not in dead)
    deceased |= set(dead)
    new_people = sorted((key for key in first_of if key < 0), reverse=True)
    patients = dict(zip(new_people, take_ids("patients_patient", len(new_people)), strict=True))
    recipients = dict(zip(new_people, take_ids("messaging_recipient", len(new_people)), strict=True))
    plan.patient_ids = {key: patients.get(key, key) for key in first_of}
    plan.people = [
        _person(first_of[key], patients[key], recipients[key], deceased=key in deceased) for key in new_people
    ]
    created = list(last_of.values())
    ids = zip(
        take_ids("patients_treatment", len(created)),
        take_ids("patients_enrolment", len(created)),
        take_ids("monitoring_monitoringplan", len(created)),
        strict=True,
    )
    for (row, decision), (treatment_id, enrolment_id, plan_id) in zip(created, ids, strict=True):
        treatment = _treatment(
            row, decision, reference, as_at=as_at, patient_id=plan.patient_ids[decision.person or 0],
            treatment_id=treatment_id, enrolment_id=enrolment_id, plan_id=plan_id, died=decision.person in deceased,
        )  # fmt: skip
        plan.treatments.append(treatment)
        assert decision.person is not None
        assert decision.medicine is not None
        plan.enrolment_ids[decision.person, decision.medicine.id] = enrolment_id
    return plan


def _survey(
    rows: Sequence[RegisterRow], decisions: Sequence[Decision], restarted: Collection[tuple[int, int]]
) -> tuple[dict[int, RegisterRow], dict[tuple[int, int], tuple[RegisterRow, Decision]], set[int]]:
    """Return each person's first row, each created treatment's last row, and who is said to have died."""
    first_of: dict[int, RegisterRow] = {}
    last_of: dict[tuple[int, int], tuple[RegisterRow, Decision]] = {}
    deceased: set[int] = set()
    for row, decision in zip(rows, decisions, strict=True):
        if decision.person is None or decision.medicine is None or decision.outcome is Outcome.REJECTED:
            continue
        first_of.setdefault(decision.person, row)
        is_new = decision.outcome in (Outcome.CREATED, Outcome.UPDATED)
        if is_new and row.status is RegisterStatus.DECEASED:
            deceased.add(decision.person)
        treatment = decision.person, decision.medicine.id
        is_anew = treatment in last_of or treatment in restarted
        if decision.outcome is Outcome.CREATED or (decision.outcome is Outcome.UPDATED and is_anew):
            last_of[treatment] = row, decision
    return first_of, last_of, deceased


def _person(row: RegisterRow, patient_id: int, recipient_id: int, *, deceased: bool) -> tuple[Any, ...]:
    return (
        patient_id, recipient_id, row.nhs_number, row.hospital_number, row.family_name, row.given_name,
        row.date_of_birth, _SEXES[row.sex], row.ethnicity, row.gp_practice, str(row.contact_by or ContactBy.NONE),
        row.contact_by is ContactBy.NONE, deceased, row.mobile, row.mobile_written[:254], row.email,
        row.address_line_1, row.address_line_2, row.town, row.postcode,
    )  # fmt: skip


def _treatment(
    row: RegisterRow,
    decision: Decision,
    reference: Reference,
    *,
    as_at: dt.date,
    patient_id: int,
    treatment_id: int,
    enrolment_id: int,
    plan_id: int,
    died: bool,
) -> TreatmentPlan:
    assert decision.medicine is not None
    assert decision.provider is not None
    medicine = decision.medicine
    clinic = reference.clinic(row)
    service_id = reference.services[decision.provider, medicine.id]
    status = RegisterStatus.DECEASED if died else row.status
    product = reference.product(medicine_id=medicine.id, brand=medicine.brand, strength_form=row.strength_form)
    supply = supply_of(row, product, controlled=medicine.id in reference.limited, as_at=as_at)
    live = status in LIVE
    protocol_id = reference.protocol(medicine_id=medicine.id, specialty=row.specialty) if live else None
    staged = (
        patient_id, treatment_id, enrolment_id, medicine.id, medicine.brand, product.id if product else None,
        clinic.id, clinic.consultant_id, row.indication, service_id, decision.provider, str(status),
        row.registered_on, row.notes, row.consent is ConsentGiven.GIVEN, row.consent_on,
        *supply_columns(supply, row, live=live, as_at=as_at),
        plan_id if protocol_id else None, protocol_id, plan_started_on(row, as_at),
    )  # fmt: skip
    return TreatmentPlan(
        row, decision, patient_id, enrolment_id, status, product, reference.terms[service_id], supply, staged,
        plan_id if protocol_id else None, protocol_id,
    )  # fmt: skip


def supply_of(row: RegisterRow, product: ProductFound | None, *, controlled: bool, as_at: dt.date) -> Supply | None:
    """Return what a row says of the medicine at home, or None where strength, dose or frequency is not plain."""
    regimen = read_regimen(
        strength_form=row.strength_form,
        dose=row.dose,
        frequency=row.frequency,
        multi_dose=product.multi_dose if product else False,
    )
    if regimen is None:
        return None
    return read_supply(
        regimen=regimen,
        as_at=as_at,
        registered_on=row.registered_on,
        last_delivery_on=row.last_delivery_on,
        last_prescription_on=row.last_prescription_on,
        prescription_weeks=row.prescription_weeks,
        number_of_deliveries=row.number_of_deliveries,
        controlled=controlled,
    )


def supply_columns(supply: Supply | None, row: RegisterRow, *, live: bool, as_at: dt.date) -> tuple[Any, ...]:
    """Return the staged columns from `starts_on` to `prescription_status`."""
    if supply is None:
        return (None,) * 7 + (row.dose, row.frequency) + (None,) * 9
    has_prescription = live and supply.signed_on is not None
    return (
        supply.grid_starts_on, supply.regimen.units_per_dose, *pattern_columns(supply.regimen.pattern), row.dose,
        row.frequency, supply.delivered_on, supply.units_each, supply.interval_days,
        uuid.uuid4() if has_prescription else None, supply.signed_on, supply.last_valid_on, supply.deliveries,
        supply.deliveries_made, prescription_status(supply, as_at) if has_prescription else None,
    )  # fmt: skip


def prescription_status(supply: Supply, as_at: dt.date) -> str:
    """Return where a prescription is that the register speaks of: with the provider, used up, or expired."""
    if supply.remaining == 0:
        return "EXHAUSTED"
    if supply.last_valid_on is not None and supply.last_valid_on < as_at:
        return "EXPIRED"
    return "IN_USE" if supply.deliveries_made else "ACKNOWLEDGED"


def plan_started_on(row: RegisterRow, as_at: dt.date) -> dt.date:
    """Return the day from which monitoring is reckoned: registration, else the last test, else the register's day."""
    started = row.registered_on or row.last_blood_test_on or as_at
    return min(started, as_at)


def tests_planned(plan: ImportPlan, phases: Mapping[int, list[Phase]], *, as_at: dt.date) -> Iterator[tuple[Any, ...]]:
    """Yield each plan's tests: the last blood test as done, and the next as due."""
    dates = _due_dates(phases)
    for treatment in plan.treatments:
        if treatment.plan_id is None or treatment.protocol_id is None:
            continue
        row, last = treatment.row, done_on(treatment.row, as_at)
        for test, due_on in dates(treatment.protocol_id, plan_started_on(row, as_at), last):
            if last is not None:
                yield treatment.plan_id, treatment.patient_id, test, last, last
            if due_on is not None:
                yield treatment.plan_id, treatment.patient_id, test, due_on, None


def done_on(row: RegisterRow, as_at: dt.date) -> dt.date | None:
    """Return the day of the last blood test, unless it lies after the register's day."""
    last = row.last_blood_test_on
    return last if last is not None and last <= as_at else None


def _due_dates(
    phases: Mapping[int, list[Phase]],
) -> Callable[[int, dt.date, dt.date | None], list[tuple[int, dt.date | None]]]:
    @lru_cache(maxsize=50_000)
    def dates(protocol: int, started_on: dt.date, last: dt.date | None) -> list[tuple[int, dt.date | None]]:
        stretch = phases.get(protocol, [])
        return [
            (
                test,
                first_due_on(stretch, test=test, started_on=started_on)
                if last is None
                else next_due_on(stretch, test=test, started_on=started_on, last_done_on=last),
            )
            for test in sorted(tests_of(stretch))
        ]

    return dates


def covers(treatments: Sequence[TreatmentPlan], *, as_at: dt.date) -> Iterator[tuple[Any, ...]]:
    """Yield the cover of each new enrolment, computed from what the register says of it."""
    answers = compute_many([question(treatment, as_at=as_at) for treatment in treatments])
    for treatment, answer in zip(treatments, answers, strict=True):
        yield _cover(treatment.enrolment_id, answer, is_live=treatment.is_live, as_at=as_at)


def question(treatment: TreatmentPlan, *, as_at: dt.date) -> CoverQuestion:
    """Return what is asked of cover for a new enrolment: the same as its rows would ask once they are written."""
    supply, terms, product = treatment.supply, treatment.terms, treatment.product
    phases: tuple[RegimenPhase, ...] = ()
    facts: tuple[Fact, ...] = ()
    remaining = None
    if supply is not None:
        phases = (
            RegimenPhase(
                starts_on=supply.grid_starts_on, ends_on=None, units_per_dose=supply.regimen.units_per_dose,
                pattern=supply.regimen.pattern, assumed=True,
            ),
        )  # fmt: skip
        if supply.delivered_on is not None and supply.units_each is not None:
            facts = (Fact(kind=FactKind.DELIVERY, on=supply.delivered_on, units=supply.units_each, assumed=True),)
        if treatment.is_live and supply.last_valid_on is not None and supply.remaining > 0 and supply.units_each:
            remaining = RemainingSupply(supply.remaining, supply.units_each, supply.last_valid_on, True)
    return CoverQuestion(
        as_at=as_at,
        phases=phases,
        facts=facts,
        suspensions=(Suspension(as_at, None),) if treatment.status is RegisterStatus.SUSPENDED else (),
        prescription=remaining,
        buffer_days=terms.buffer_days,
        lead_working_days=terms.lead_working_days,
        provider_lead_working_days=terms.provider_lead_working_days,
        shelf_life_days=product.shelf_life_days if product else None,
    )


def _cover(enrolment_id: int, answer: CoverAnswer, *, is_live: bool, as_at: dt.date) -> tuple[Any, ...]:
    return (
        enrolment_id, as_at, answer.recompute_on, answer.stock_known, answer.first_uncovered_dose_on,
        answer.next_delivery_due_on, answer.planned_deliveries_on, answer.script_cover_ends_on,
        answer.needs_prescription, answer.prescription_needed_by_on, answer.prompt_due_on, answer.assumed, is_live,
    )  # fmt: skip
