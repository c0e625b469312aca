"""All the sheets of one load, and the moves that records make, checked against their tables of moves."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from deliveries import models as deliveries
from deliveries.states import TRANSITIONS as DELIVERY_MOVES
from homecare.core.clock import at_local
from homecare.core.states import Transitions
from homecare.desk.demo.sheets import Ids, Sheet, write_all
from homecare.messaging import models as messaging
from monitoring import models as monitoring
from monitoring.states import TRANSITIONS as ITEM_MOVES
from patients import models as patients
from patients.cover.store import STORED
from patients.states import FUNDING, VISIT
from patients.states import TRANSITIONS as ENROLMENT_MOVES
from prescriptions import models as prescriptions
from prescriptions.states import PRESCRIPTION_TRANSITIONS, RENEWAL_TRANSITIONS

MOVE = "event from_status to_status at by reason"


class Ledger:
    """A sheet for each table of patients' records; `write` sends what was gathered, what is named before what names it.

    Of the columns that are left out each is null, or is given by the database.
    """

    def __init__(self) -> None:
        self._open_people()
        self._open_treatments()
        self._open_beginnings()
        self._open_homes()
        self._open_clocks()
        self._open_changes()
        self._open_prescriptions()
        self._open_supply()
        self._open_tests()
        self._open_messages()
        self._sheets = [sheet for sheet in vars(self).values() if isinstance(sheet, Sheet)]

    def _open_people(self) -> None:
        """Who they are."""
        self.recipient_ids = Ids(messaging.Recipient)
        self.patient_ids = Ids(patients.Patient)
        self.recipients = Sheet(
            messaging.Recipient,
            "id kind display mobile email preferred_channel safe_to_message silenced_at silenced_reason version",
        )
        self.patients = Sheet(
            patients.Patient,
            "id nhs_number nhs_number_status hospital_number family_name given_name date_of_birth sex ethnicity"
            " gp_practice preferred_contact language interpreter_needed deceased died_on restricted do_not_contact"
            " recipient moves_to_adult_service_on",
        )
        self.contact_points = Sheet(patients.ContactPoint, "patient kind value is_usable safe_to_message")
        self.addresses = Sheet(patients.PatientAddress, "patient use line_1 line_2 town postcode starts_on")
        self.representatives = Sheet(
            patients.Representative,
            "patient kind name telephone email may_consent may_be_contacted has_parental_responsibility",
        )
        self.needs = Sheet(patients.AccessibleNeed, "patient kind detail review_on shared_with_provider")

    def _open_treatments(self) -> None:
        """What they are on."""
        self.treatment_ids = Ids(patients.Treatment)
        self.enrolment_ids = Ids(patients.Enrolment)
        self.treatments = Sheet(
            patients.Treatment,
            "id patient medicine product brand clinic consultant initiating_prescriber indication indication_code"
            " started_on ended_on is_ended stop_reason",
        )
        self.enrolments = Sheet(
            patients.Enrolment,
            "id treatment patient medicine clinic service status referred_on registered_on provider_reference notes"
            " is_assumed",
        )
        self.enrolment_moves = Sheet(patients.EnrolmentStatusChange, f"enrolment {MOVE}")
        self.consents = Sheet(
            patients.Consent,
            "enrolment version text sharing_with method given_on taken_by withdrawn_on withdrawn_reason",
        )
        self.suspensions = Sheet(
            patients.Suspension, "enrolment starts_on ends_on expected_restart_on reason note is_assumed"
        )
        self.phases = Sheet(
            patients.RegimenPhase,
            "enrolment starts_on units_per_dose pattern every_days cycle_on cycle_off weekdays dose_text"
            " frequency_text is_assumed",
        )

    def _open_beginnings(self) -> None:
        """How they came to be on it, or where they are stuck."""
        self.assessment_ids = Ids(patients.SuitabilityAssessment)
        self.choice_ids = Ids(patients.Choice)
        self.funding_ids = Ids(patients.FundingApproval)
        self.registration_ids = Ids(patients.Registration)
        self.assessments = Sheet(
            patients.SuitabilityAssessment,
            "id enrolment checklist outcome assessed_by assessed_on review_due_on adjustments note",
        )
        self.suitability_answers = Sheet(patients.SuitabilityAnswer, "assessment question answer note")
        self.choices = Sheet(
            patients.Choice,
            "id enrolment chosen_on recorded_by chosen hospital_offered reasons reasons_text administration device"
            " place slot supplier_fixed_told limits_told",
        )
        self.points_told = Sheet(patients.CharterPointTold, "choice point")
        self.leaflets_given = Sheet(patients.LeafletGiven, "choice leaflet how")
        self.fundings = Sheet(
            patients.FundingApproval,
            "id treatment patient system purpose status reference criteria_version requested_on decided_on expires_on"
            " note",
        )
        self.funding_moves = Sheet(patients.FundingApprovalStatusChange, f"approval {MOVE}")
        self.registrations = Sheet(
            patients.Registration,
            "id enrolment patient provider reference attempt channel sent_at sent_by as_sent sha256 outcome answered_at"
            " provider_reference reason",
        )
        self.registration_queries = Sheet(
            patients.RegistrationQuery, "registration question asked_at asked_by answer answered_at answered_by"
        )

    def _open_homes(self) -> None:
        """What a start needs at home."""
        self.visit_ids = Ids(patients.Visit)
        self.visits = Sheet(
            patients.Visit,
            "id enrolment patient kind status planned_on booked_on done_on nurse_name person_trained outcome"
            " competency_signed_on missed_reason note",
        )
        self.visit_moves = Sheet(patients.VisitStatusChange, f"visit {MOVE}")
        self.care_plans = Sheet(
            patients.CarePlan, "enrolment version text written_by written_on approved_by approved_at review_due_on"
        )
        self.protocols = Sheet(
            patients.EscalationProtocol,
            "enrolment name version contact_name contact_telephone out_of_hours_telephone agreed_on",
        )
        self.adaptations = Sheet(
            patients.Adaptation, "enrolment kind description surveyed_on planned_on completed_on note"
        )
        self.equipment = Sheet(
            patients.Equipment,
            "enrolment kind description serial_number owner ordered_on delivered_on service_due_on",
        )

    def _open_clocks(self) -> None:
        """How long they waited, and for whom."""
        self.clock_ids = Ids(patients.PathwayClock)
        self.clocks = Sheet(
            patients.PathwayClock,
            "id enrolment patient kind began_on stage stage_since_on whose is_stopped prescription ended_on end_reason",
        )
        self.clock_steps = Sheet(patients.PathwayStep, "clock milestone stage whose reached_on at by")
        self.clock_stops = Sheet(patients.ClockStop, "clock from_on to_on reason note stopped_by")
        self.bridgings = Sheet(
            patients.BridgingSupply,
            "enrolment supplied_on units covers_until_on cost_pence minutes_spent cause cause_party batch_number"
            " recorded_by note",
        )

    def _open_changes(self) -> None:
        """What changed afterwards."""
        self.transfers = Sheet(patients.Transfer, "from_enrolment to_enrolment patient started_on finished_on reason")
        self.notices = Sheet(
            patients.ProviderNotice,
            "enrolment patient provider kind detail effective_on raised_at raised_by how told_at told_by"
            " acknowledged_at acknowledged_by",
        )
        self.preferences = Sheet(
            patients.DeliveryPreference,
            "enrolment weekdays slot place place_detail asked_on answer answer_reason answered_on",
        )
        self.collections = Sheet(patients.Collection, "enrolment kind asked_on arranged_for_on done_on is_gentle note")

    def _open_prescriptions(self) -> None:
        """What was asked for."""
        self.renewal_ids = Ids(prescriptions.RenewalRequest)
        self.prescription_ids = Ids(prescriptions.Prescription)
        self.renewals = Sheet(
            prescriptions.RenewalRequest,
            "id enrolment patient clinic status asked_by opened_on opened_at opened_by prompt_due_on"
            " prescription_needed_by_on first_uncovered_dose_on closed_at",
        )
        self.renewal_moves = Sheet(prescriptions.RenewalStatusChange, f"renewal {MOVE}")
        self.asks = Sheet(prescriptions.RenewalAsk, "renewal asked_by by at their_date_on note")
        self.prescriptions = Sheet(
            prescriptions.Prescription,
            "id enrolment patient provider renewal product reference status artefact signed_on last_valid_on"
            " prescriber prescribed_by deliveries deliveries_made units_each interval_days dose_text"
            " wet_original_received_on purchase_order_number sent_at acknowledged_at provider_reference is_assumed",
        )
        self.prescription_moves = Sheet(prescriptions.PrescriptionStatusChange, f"prescription {MOVE}")
        self.screens = Sheet(prescriptions.ClinicalScreen, "prescription outcome screened_by screened_at note")

    def _open_supply(self) -> None:
        """What came, and how long it lasts."""
        self.delivery_ids = Ids(deliveries.Delivery, at_once=20_000)
        self.line_ids = Ids(deliveries.DeliveryLine, at_once=20_000)
        self.deliveries = Sheet(
            deliveries.Delivery,
            "id prescription enrolment patient provider reference sequence status planned_on booked_on delivered_on"
            " failed_on failure_cause failure_note recipient_name proof_reference is_assumed",
        )
        self.delivery_moves = Sheet(deliveries.DeliveryStatusChange, f"delivery {MOVE}")
        self.delivery_lines = Sheet(deliveries.DeliveryLine, "id delivery product units batch_number expires_on")
        self.facts = Sheet(
            patients.SupplyFact,
            "enrolment kind on units expires_on after_dose method delivery_line recorded_at recorded_by is_assumed",
        )
        self.remaining = Sheet(patients.RemainingSupply, "enrolment remaining units_each last_valid_on is_assumed")
        self.covers = Sheet(patients.Cover, "enrolment " + " ".join(STORED))

    def _open_tests(self) -> None:
        """Whether it is safe."""
        self.plan_ids = Ids(monitoring.MonitoringPlan)
        self.item_ids = Ids(monitoring.MonitoringItem, at_once=20_000)
        self.plans = Sheet(monitoring.MonitoringPlan, "id enrolment patient protocol started_on ended_on is_assumed")
        self.items = Sheet(monitoring.MonitoringItem, "id plan patient test_type due_on status done_on is_assumed")
        self.item_moves = Sheet(monitoring.MonitoringItemStatusChange, f"item {MOVE}")
        self.results = Sheet(
            monitoring.LabResult,
            "patient test_type analyte taken_at value_text value_number comparator unit reference_low reference_high"
            " source reported_at reviewed_by reviewed_at",
        )

    def _open_messages(self) -> None:
        """What was written to them."""
        self.messages = Sheet(
            messaging.OutboxMessage,
            "id recipient purpose subject_type subject_id episode due_on step channel priority status planned_at"
            " next_attempt_at not_after attempts max_attempts claim_no uncertain_at template rendered_sha256"
            " recipient_snapshot recipient_version provider_id provider_status outcome_reason batch closed_at"
            " closed_by",
        )
        self.message_moves = Sheet(messaging.OutboxEvent, f"message {MOVE}")
        self.tries = Sheet(messaging.OutboxAttempt, "message claim_no at result http_status provider_id error_class")
        self.stand_in = Sheet(
            messaging.StandInMessage, "id reference kind sent_to subject body template_id status created_at"
        )

    def write(self) -> None:
        """Send all that was gathered."""
        write_all(self._sheets)

    @property
    def written(self) -> int:
        """Return how many rows were sent, history not counted."""
        return sum(sheet.written for sheet in self._sheets)


Step = tuple[str, str, str]
"""An event, from which status, to which."""


@cache
def path(events: tuple[str, ...], *, record: str, begin: str = "", first: str = "") -> tuple[Step, ...]:
    """Return the moves that these events make, from the first status on; one that is not allowed is refused.

    `first` is the event that makes the record, and `begin` the status it is made in.
    """
    table = TABLES[record]
    steps: list[Step] = [(first, "", begin)] if first else []
    status = begin
    for event in events:
        target = table.find(event, source=status).target
        steps.append((event, status, target))
        status = target
    return tuple(steps)


TABLES: dict[str, Transitions] = {
    "enrolment": ENROLMENT_MOVES,
    "funding": FUNDING,
    "visit": VISIT,
    "renewal": RENEWAL_TRANSITIONS,
    "prescription": PRESCRIPTION_TRANSITIONS,
    "delivery": DELIVERY_MOVES,
    "item": ITEM_MOVES,
}


def move(
    sheet: Sheet, owner: Any, steps: Sequence[Step], days: Sequence[dt.date], actors: Sequence[int], *, why: str = ""
) -> str:
    """Write down the steps of one record, each on its day, by its actor; return the status it has come to.

    The reason is the last step's.
    """
    last = len(steps) - 1
    for number, ((event, source, target), day, by) in enumerate(zip(steps, days, actors, strict=True)):
        sheet.add(owner, event, source, target, instant(day, 9 + number % 8), by, why if number == last else "")
    return steps[-1][2]


@lru_cache(maxsize=50_000)
def instant(day: dt.date, hour: int) -> str:
    """Return an instant in this hour of the day, in London, as the database reads it."""
    return at_local(day, hour, (day.toordinal() * 7 + hour * 13) % 60).isoformat()


def reference(rng: random.Random) -> str:
    """Return a random id that is the same whenever the load is."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
