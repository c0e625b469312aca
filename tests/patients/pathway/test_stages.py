"""Which stage, and whose move: a table for each kind of journey."""

import pytest

from patients.pathway.milestones import LATER_MILESTONE_WORDS, MILESTONE_WORDS, PARTY_WORDS, Kind, Milestone, Party
from patients.pathway.stages import PATHS, STAGES, StageCode, stage_of, stage_said, words_of
from patients.states import ENDED, OPEN, EnrolmentStatus

M = Milestone
S = Kind.START
CASES: list[tuple[Kind, str, set[Milestone], set[str], str, str]] = [
    # kind, status, reached, open -> stage, whose
    (S, "IDENTIFIED", {M.REFERRED}, set(), "TO_ASSESS", "CLINIC"),
    (S, "IDENTIFIED", set(), {"choice", "consent", "funding", "training"}, "TO_ASSESS", "CLINIC"),
    (S, "SUITABLE", set(), {"choice", "consent"}, "TO_CHOOSE", "HOMECARE_TEAM"),
    (S, "SUITABLE", set(), {"consent", "funding"}, "AWAITING_CONSENT", "PATIENT"),
    (S, "SUITABLE", set(), set(), "AWAITING_CONSENT", "PATIENT"),
    (S, "CONSENTED", set(), {"funding"}, "AWAITING_FUNDING", "COMMISSIONER"),
    (S, "CONSENTED", set(), {"choice"}, "REGISTRATION_TO_COMPLETE", "HOMECARE_TEAM"),
    (S, "CONSENTED", set(), set(), "REGISTRATION_TO_COMPLETE", "HOMECARE_TEAM"),
    (S, "CONSENTED", {M.REGISTRATION_COMPLETE}, set(), "REGISTRATION_TO_SEND", "HOMECARE_TEAM"),
    (S, "CONSENTED", {M.REGISTRATION_COMPLETE}, {"funding"}, "AWAITING_FUNDING", "COMMISSIONER"),
    (S, "CONSENTED", {M.CONSENTED}, {"consent"}, "AWAITING_CONSENT", "PATIENT"),  # withdrawn
    (S, "REGISTRATION_SENT", set(), {"funding"}, "AWAITING_ACKNOWLEDGEMENT", "PROVIDER"),
    (S, "REGISTRATION_SENT", {M.FIRST_PRESCRIPTION_SENT}, set(), "AWAITING_ACKNOWLEDGEMENT", "PROVIDER"),
    (S, "REGISTRATION_QUERIED", set(), set(), "REGISTRATION_QUERIED", "HOMECARE_TEAM"),
    (S, "REGISTRATION_REJECTED", {M.REGISTRATION_SENT}, set(), "REGISTRATION_REJECTED", "HOMECARE_TEAM"),
    (S, "REGISTERED", set(), set(), "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (S, "REGISTERED", set(), {"prescription_to_screen"}, "AWAITING_FIRST_PRESCRIPTION", "PHARMACY"),
    (S, "REGISTERED", set(), {"prescription_to_send"}, "AWAITING_FIRST_PRESCRIPTION", "HOMECARE_TEAM"),
    (S, "REGISTERED", {M.FIRST_CONTACT}, set(), "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (S, "REGISTERED", {M.FIRST_PRESCRIPTION_SENT}, set(), "AWAITING_FIRST_CONTACT", "PROVIDER"),
    (S, "AWAITING_FIRST_DELIVERY", set(), {"training"}, "AWAITING_FIRST_CONTACT", "PROVIDER"),
    (S, "AWAITING_FIRST_DELIVERY", {M.FIRST_CONTACT}, {"training"}, "AWAITING_FIRST_DELIVERY", "PROVIDER"),
    (S, "AWAITING_FIRST_DELIVERY", {M.FIRST_CONTACT, M.TRAINED}, set(), "AWAITING_FIRST_DELIVERY", "PROVIDER"),
    (S, "AWAITING_FIRST_DELIVERY", {M.FIRST_DELIVERY}, {"training"}, "AWAITING_TRAINING", "PROVIDER"),
    (S, "AWAITING_FIRST_DELIVERY", {M.FIRST_DELIVERY}, set(), "AWAITING_FIRST_DOSE", "PATIENT"),
    (S, "AWAITING_FIRST_DELIVERY", {M.FIRST_DELIVERY, M.TRAINED}, {"training"}, "AWAITING_FIRST_DOSE", "PATIENT"),
    (S, "AWAITING_TRAINING", set(), {"training"}, "AWAITING_TRAINING", "PROVIDER"),
    (S, "AWAITING_TRAINING", set(), set(), "AWAITING_FIRST_DOSE", "PATIENT"),
    (S, "ACTIVE", set(), {"training"}, "AWAITING_FIRST_DOSE", "PATIENT"),
    (Kind.TRANSFER, "SUITABLE", set(), {"choice"}, "AWAITING_CONSENT", "PATIENT"),
    (Kind.TRANSFER, "TRANSFERRING", set(), set(), "AWAITING_CONSENT", "PATIENT"),
    (Kind.TRANSFER, "CONSENTED", set(), set(), "REGISTRATION_TO_COMPLETE", "HOMECARE_TEAM"),
    (Kind.TRANSFER, "REGISTERED", set(), set(), "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (Kind.TRANSFER, "ACTIVE", set(), set(), "AWAITING_FIRST_DOSE", "PATIENT"),
    (Kind.SWITCH, "ACTIVE", set(), {"choice", "consent"}, "TO_CHOOSE", "HOMECARE_TEAM"),
    (Kind.SWITCH, "ACTIVE", set(), {"consent", "funding"}, "AWAITING_CONSENT", "PATIENT"),
    (Kind.SWITCH, "ACTIVE", set(), {"funding"}, "AWAITING_FUNDING", "COMMISSIONER"),
    (Kind.SWITCH, "ACTIVE", set(), {"training"}, "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (Kind.SWITCH, "ACTIVE", {M.FIRST_PRESCRIPTION_SENT}, {"training"}, "AWAITING_FIRST_DELIVERY", "PROVIDER"),
    (Kind.SWITCH, "ACTIVE", {M.FIRST_DELIVERY}, {"training"}, "AWAITING_TRAINING", "PROVIDER"),
    (Kind.SWITCH, "ACTIVE", {M.FIRST_DELIVERY, M.TRAINED}, {"training"}, "AWAITING_FIRST_DOSE", "PATIENT"),
    (Kind.DOSE_CHANGE, "ACTIVE", set(), {"consent", "choice"}, "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (Kind.DOSE_CHANGE, "ACTIVE", set(), {"prescription_to_screen"}, "AWAITING_FIRST_PRESCRIPTION", "PHARMACY"),
    (Kind.DOSE_CHANGE, "ACTIVE", {M.FIRST_PRESCRIPTION_SENT}, set(), "AWAITING_FIRST_DELIVERY", "PROVIDER"),
    (Kind.DOSE_CHANGE, "ACTIVE", {M.FIRST_DELIVERY}, set(), "AWAITING_FIRST_DOSE", "PATIENT"),
    (Kind.RESUMPTION, "ACTIVE", set(), {"prescription", "delivery"}, "AWAITING_FIRST_PRESCRIPTION", "CLINIC"),
    (Kind.RESUMPTION, "ACTIVE", set(), {"delivery"}, "AWAITING_FIRST_DELIVERY", "PROVIDER"),
    (Kind.RESUMPTION, "ACTIVE", set(), set(), "AWAITING_FIRST_DOSE", "PATIENT"),
]


@pytest.mark.parametrize(("kind", "status", "reached", "open_codes", "code", "whose"), CASES)
def test_the_stage_and_whose_move(
    kind: Kind, status: str, reached: set[Milestone], open_codes: set[str], code: str, whose: str
) -> None:
    stage = stage_of(kind=kind, status=status, reached=reached, open_codes=open_codes)
    assert stage is not None
    assert (stage.code, stage.whose) == (code, whose)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", sorted(ENDED))
def test_an_ended_enrolment_is_in_no_stage(kind: Kind, status: str) -> None:
    assert stage_of(kind=kind, status=status) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_a_journey_ends_with_its_dose(kind: Kind) -> None:
    assert stage_of(kind=kind, status="ACTIVE", reached={M.FIRST_DOSE}, open_codes={"consent"}) is None


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (kind, status)
        for kind in Kind
        for status in sorted(OPEN)
        if (kind, status) != (Kind.RESUMPTION, "SUSPENDED")  # paused again: over
    ],
)
def test_every_open_enrolment_is_in_a_stage_of_its_journey(kind: Kind, status: EnrolmentStatus) -> None:
    stage = stage_of(kind=kind, status=status)
    assert stage is not None
    assert stage.code in PATHS[kind]


def test_a_later_journey_is_said_in_its_own_words() -> None:
    stage = stage_of(kind=Kind.RESUMPTION, status="ACTIVE")
    assert stage is not None
    assert (stage.words, stage.next_act) == ("Awaiting next dose", "Ask when the next dose was taken")


def test_a_resumption_is_over_when_the_treatment_is_paused_again() -> None:
    assert stage_of(kind=Kind.RESUMPTION, status="SUSPENDED") is None


@pytest.mark.parametrize(
    ("kind", "page"), [("START", "first_prescription"), ("TRANSFER", "first_prescription"), ("SWITCH", "ask")]
)
def test_a_prescription_is_asked_for_where_it_belongs(kind: str, page: str) -> None:
    assert stage_said("AWAITING_FIRST_PRESCRIPTION", kind).page == page


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("AWAITING_FIRST_DELIVERY", "START", "Awaiting first delivery"),
        ("AWAITING_FIRST_DELIVERY", "TRANSFER", "Awaiting next delivery"),
        ("SOMETHING_OLD", "START", "Something old"),
    ],
)
def test_the_words_of_a_code(code: str, kind: str, words: str) -> None:
    assert words_of(code, kind) == words


def test_every_code_has_its_words() -> None:
    assert set(STAGES) == set(StageCode)
    assert set(PARTY_WORDS) == set(Party)
    assert set(MILESTONE_WORDS) == set(LATER_MILESTONE_WORDS) == set(Milestone)
