"""Which stage of a journey an enrolment is in, and whose move it is: from its status, what was reached, what is open.

A journey leads to one dose: the first (START), or the next one after a pause, with another provider, of another brand
or at another dose. Each kind passes the stages of its own path in order; the first one that is not behind the patient
is the stage. What a status implies is behind the patient too, so that records older than the clocks have a stage
(domain.md 2.2, 11.1).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from patients.pathway.milestones import Kind, Milestone, Party, with_earlier


class StageCode(StrEnum):
    """Where somebody waits."""

    TO_ASSESS = "TO_ASSESS"
    TO_CHOOSE = "TO_CHOOSE"
    AWAITING_CONSENT = "AWAITING_CONSENT"
    AWAITING_FUNDING = "AWAITING_FUNDING"
    REGISTRATION_TO_COMPLETE = "REGISTRATION_TO_COMPLETE"
    REGISTRATION_TO_SEND = "REGISTRATION_TO_SEND"
    REGISTRATION_QUERIED = "REGISTRATION_QUERIED"
    REGISTRATION_REJECTED = "REGISTRATION_REJECTED"
    AWAITING_ACKNOWLEDGEMENT = "AWAITING_ACKNOWLEDGEMENT"
    AWAITING_FIRST_PRESCRIPTION = "AWAITING_FIRST_PRESCRIPTION"
    AWAITING_FIRST_CONTACT = "AWAITING_FIRST_CONTACT"
    AWAITING_FIRST_DELIVERY = "AWAITING_FIRST_DELIVERY"
    AWAITING_TRAINING = "AWAITING_TRAINING"
    AWAITING_FIRST_DOSE = "AWAITING_FIRST_DOSE"


class Open(StrEnum):
    """The open requirements that decide a stage, by their codes; any other is shown and does not."""

    CHOICE = "choice"
    CONSENT = "consent"
    FUNDING = "funding"
    TRAINING = "training"
    PRESCRIPTION = "prescription"
    PRESCRIPTION_TO_SCREEN = "prescription_to_screen"
    PRESCRIPTION_TO_SEND = "prescription_to_send"
    DELIVERY = "delivery"


C, M, P = StageCode, Milestone, Party


@dataclass(frozen=True, slots=True)
class Stage:
    """Where somebody waits, in words; whose move it is; what the move is, and the page on which it is made."""

    code: StageCode
    words: str
    whose: Party
    next_act: str
    page: str
    ends_at: Milestone | None = None


_STAGES = [
    Stage(C.TO_ASSESS, "To assess", P.CLINIC, "Assess whether homecare is suitable", "suitability", M.SUITABLE),
    Stage(C.TO_CHOOSE, "To choose", P.HOMECARE_TEAM, "Offer homecare or hospital", "choice", M.CONSENTED),
    Stage(C.AWAITING_CONSENT, "Awaiting consent", P.PATIENT, "Take consent", "consent", M.CONSENTED),
    Stage(
        C.AWAITING_FUNDING,
        "Awaiting funding",
        P.COMMISSIONER,
        "Record the funding approval",
        "funding",
        M.REGISTRATION_SENT,
    ),
    Stage(
        C.REGISTRATION_TO_COMPLETE,
        "Registration to complete",
        P.HOMECARE_TEAM,
        "Complete the registration",
        "registration",
        M.REGISTRATION_COMPLETE,
    ),
    Stage(
        C.REGISTRATION_TO_SEND,
        "Registration to send",
        P.HOMECARE_TEAM,
        "Send the registration",
        "registration",
        M.REGISTRATION_SENT,
    ),
    Stage(
        C.REGISTRATION_QUERIED,
        "Registration queried",
        P.HOMECARE_TEAM,
        "Answer the provider’s query",
        "registration",
        M.ACKNOWLEDGED,
    ),
    Stage(
        C.REGISTRATION_REJECTED,
        "Registration rejected",
        P.HOMECARE_TEAM,
        "Mend the registration and send it again, or close it",
        "registration",
        M.ACKNOWLEDGED,
    ),
    Stage(
        C.AWAITING_ACKNOWLEDGEMENT,
        "Awaiting acknowledgement",
        P.PROVIDER,
        "Chase the provider’s acknowledgement",
        "registration",
        M.ACKNOWLEDGED,
    ),
    Stage(
        C.AWAITING_FIRST_PRESCRIPTION,
        "Awaiting first prescription",
        P.CLINIC,
        "Ask for the first prescription",
        "first_prescription",
        M.FIRST_PRESCRIPTION_SENT,
    ),
    Stage(
        C.AWAITING_FIRST_CONTACT,
        "Awaiting first contact",
        P.PROVIDER,
        "Chase the provider’s first contact with the patient",
        "first_contact",
        M.FIRST_CONTACT,
    ),
    Stage(
        C.AWAITING_FIRST_DELIVERY,
        "Awaiting first delivery",
        P.PROVIDER,
        "Chase the first delivery",
        "first_delivery",
        M.FIRST_DELIVERY,
    ),
    Stage(C.AWAITING_TRAINING, "Awaiting training", P.PROVIDER, "Book and record the training", "visits", M.TRAINED),
    Stage(
        C.AWAITING_FIRST_DOSE,
        "Awaiting first dose",
        P.PATIENT,
        "Ask when the first dose was taken",
        "first_dose",
        M.FIRST_DOSE,
    ),
]
STAGES: dict[StageCode, Stage] = {stage.code: stage for stage in _STAGES}
# The same stages in a journey to the next dose: their words, and the next act.
_LATER: dict[StageCode, tuple[str, str]] = {
    C.AWAITING_FIRST_PRESCRIPTION: ("Awaiting new prescription", "Ask for the new prescription"),
    C.AWAITING_FIRST_CONTACT: ("Awaiting contact", "Chase the provider’s contact with the patient"),
    C.AWAITING_FIRST_DELIVERY: ("Awaiting next delivery", "Chase the next delivery"),
    C.AWAITING_FIRST_DOSE: ("Awaiting next dose", "Ask when the next dose was taken"),
}
# In these somebody on treatment waits for a prescription, which is asked for on the page of any other renewal.
_ON_TREATMENT = frozenset({Kind.RESUMPTION, Kind.SWITCH, Kind.DOSE_CHANGE})
# How far a prescription has got decides whose move it is.
_PRESCRIPTION: dict[str, tuple[Party, str]] = {
    Open.PRESCRIPTION_TO_SCREEN: (P.PHARMACY, "Screen the prescription"),
    Open.PRESCRIPTION_TO_SEND: (P.HOMECARE_TEAM, "Send the prescription to the provider"),
}

_REGISTERING = {
    C.REGISTRATION_TO_COMPLETE: "",
    C.REGISTRATION_TO_SEND: "",
    C.REGISTRATION_QUERIED: "",
    C.REGISTRATION_REJECTED: "",
    C.AWAITING_ACKNOWLEDGEMENT: "",
}
_STARTING = {
    C.AWAITING_FIRST_PRESCRIPTION: "",
    C.AWAITING_FIRST_CONTACT: "",
    C.AWAITING_FIRST_DELIVERY: "",
    C.AWAITING_TRAINING: Open.TRAINING,
    C.AWAITING_FIRST_DOSE: "",
}
# The stages of each kind of journey in order; with a code, only while that requirement is open.
PATHS: dict[Kind, dict[StageCode, str]] = {
    Kind.START: {
        C.TO_ASSESS: "",
        C.TO_CHOOSE: Open.CHOICE,
        C.AWAITING_CONSENT: "",
        C.AWAITING_FUNDING: Open.FUNDING,
        **_REGISTERING,
        **_STARTING,
    },
    Kind.TRANSFER: {C.AWAITING_CONSENT: "", C.AWAITING_FUNDING: Open.FUNDING, **_REGISTERING, **_STARTING},
    Kind.SWITCH: {
        C.TO_CHOOSE: Open.CHOICE,
        C.AWAITING_CONSENT: Open.CONSENT,
        C.AWAITING_FUNDING: Open.FUNDING,
        C.AWAITING_FIRST_PRESCRIPTION: "",
        C.AWAITING_FIRST_DELIVERY: "",
        C.AWAITING_TRAINING: Open.TRAINING,
        C.AWAITING_FIRST_DOSE: "",
    },
    Kind.DOSE_CHANGE: {
        C.AWAITING_FIRST_PRESCRIPTION: "",
        C.AWAITING_FIRST_DELIVERY: "",
        C.AWAITING_TRAINING: Open.TRAINING,
        C.AWAITING_FIRST_DOSE: "",
    },
    Kind.RESUMPTION: {
        C.AWAITING_FIRST_PRESCRIPTION: Open.PRESCRIPTION,
        C.AWAITING_FIRST_DELIVERY: Open.DELIVERY,
        C.AWAITING_FIRST_DOSE: "",
    },
}
# The latest milestones that a status implies, for a journey that the status itself tells (START and TRANSFER).
_IMPLIED: dict[str, frozenset[Milestone]] = {
    "IDENTIFIED": frozenset({M.REFERRED}),
    "SUITABLE": frozenset({M.SUITABLE}),
    "CONSENTED": frozenset({M.CONSENTED}),
    "REGISTRATION_SENT": frozenset({M.REGISTRATION_SENT}),
    "REGISTRATION_QUERIED": frozenset({M.REGISTRATION_SENT}),
    "REGISTRATION_REJECTED": frozenset({M.REGISTRATION_SENT}),
    "REGISTERED": frozenset({M.ACKNOWLEDGED}),
    "AWAITING_FIRST_DELIVERY": frozenset({M.ACKNOWLEDGED, M.FIRST_PRESCRIPTION_SENT}),
    "AWAITING_TRAINING": frozenset({M.FIRST_DELIVERY}),
    "ACTIVE": frozenset({M.FIRST_DELIVERY, M.TRAINED}),
    "SUSPENDED": frozenset({M.FIRST_DELIVERY, M.TRAINED}),
    "TRANSFERRING": frozenset({M.SUITABLE}),
}
_ENDED = frozenset({"NOT_SUITABLE", "DECLINED", "TRANSFERRED", "STOPPED", "DECEASED", "WITHDRAWN", "CLOSED"})
_ONLY_IN: dict[StageCode, str] = {
    C.REGISTRATION_QUERIED: "REGISTRATION_QUERIED",
    C.REGISTRATION_REJECTED: "REGISTRATION_REJECTED",
}


def stage_of(
    *, kind: Kind, status: str, reached: Collection[Milestone] = (), open_codes: Collection[str] = ()
) -> Stage | None:
    """Return the stage of a journey, or nothing when it is over: the dose was taken, or it came to nothing.

    `reached` are the milestones of this journey; `open_codes` the requirements that are not met (`Open` names those
    that decide a stage).
    """
    if status in _ENDED or M.FIRST_DOSE in reached:
        return None
    if kind is Kind.RESUMPTION and status == "SUSPENDED":  # paused again: another resumption begins another journey
        return None
    behind = behind_of(kind=kind, status=status, reached=reached)
    for code, only_with in PATHS[kind].items():
        if _waits(code, only_with, status, behind, open_codes):
            return _said(STAGES[code], kind, open_codes)
    return None


def behind_of(*, kind: Kind, status: str, reached: Collection[Milestone]) -> frozenset[Milestone]:
    """Return every milestone behind the patient: reached, implied by the status, or earlier than one of these."""
    is_told_by_status = kind in {Kind.START, Kind.TRANSFER}
    return with_earlier(frozenset(reached) | (_IMPLIED.get(status, frozenset()) if is_told_by_status else frozenset()))


def _waits(
    code: StageCode, only_with: str, status: str, behind: frozenset[Milestone], open_codes: Collection[str]
) -> bool:
    if code in _ONLY_IN:
        return status == _ONLY_IN[code]
    if code is C.AWAITING_CONSENT and Open.CONSENT in open_codes:
        return True  # also when it was given and has been withdrawn
    return STAGES[code].ends_at not in behind and (not only_with or only_with in open_codes)


def _said(stage: Stage, kind: Kind, open_codes: Collection[str]) -> Stage:
    """Say a stage as its kind of journey does, and whose move it is now."""
    if kind is not Kind.START and stage.code in _LATER:
        words, next_act = _LATER[stage.code]
        stage = replace(stage, words=words, next_act=next_act)
    if kind in _ON_TREATMENT and stage.code is C.AWAITING_FIRST_PRESCRIPTION:
        stage = replace(stage, page="ask")
    if stage.code is C.AWAITING_FIRST_PRESCRIPTION:
        for code in _PRESCRIPTION.keys() & set(open_codes):
            whose, next_act = _PRESCRIPTION[code]
            return replace(stage, whose=whose, next_act=next_act)
    return stage


def stage_said(code: str, kind: str, waits_for: str = "") -> Stage:
    """Return a stage by its code as its kind of journey says it, with the prescription where `waits_for` says it is."""
    return _said(STAGES[StageCode(code)], Kind(kind), {waits_for})


def words_of(code: str, kind: str = Kind.START) -> str:
    """Return the words of a stage as a kind of journey says them; an unknown code as it is."""
    if code not in STAGES:
        return code.replace("_", " ").capitalize()
    return _said(STAGES[StageCode(code)], Kind(kind), ()).words
