"""What a start requires, from the activities of its service and what is on record: each met or not, whose, and how.

Which activity asks for what is the table `ASKED_BY`, keyed by the codes of providers/reference/activities.json. The
activities drive the work and the tier only sums them up: a complex service has the activities of the low, mid or high
one beneath it as well, so what these ask for is asked for too (issue 3; domain.md 4.1, 2.2).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from patients.pathway.funding import Funding
from patients.pathway.milestones import Milestone, Party


class Code(StrEnum):
    """The things that a start may require. `funding` and `training` decide a stage (stages.Open)."""

    FUNDING = "funding"
    CARE_PLAN = "care_plan"
    PROTOCOL = "escalation_protocol"
    ADAPTATION = "adaptation"
    INSTALLATION = "installation"
    FRIDGE = "fridge"
    TRAINING = "training"
    NURSE_VISITS = "nurse_visits"
    REGIMEN = "regimen"


C, M, P = Code, Milestone, Party


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a start requires.

    `words` say what it is and `detail` how far it is; `whose` move it is; `how_to_meet` names the page on which it is
    met (it takes the enrolment's id); `before` is the milestone that must not be reached without it.
    """

    code: str
    words: str
    is_met: bool
    whose: Party
    how_to_meet: str
    before: Milestone
    detail: str = ""

    @property
    def before_words(self) -> str:
        """Say by when it is required: "before the first dose"."""
        return f"before the {_BY_WHEN[self.before]}"


_BY_WHEN = {
    M.REGISTRATION_SENT: "registration is sent",
    M.FIRST_PRESCRIPTION_SENT: "first prescription is sent",
    M.FIRST_DELIVERY: "first delivery",
    M.FIRST_DOSE: "first dose",
}


class Training(StrEnum):
    """What came of the training so far."""

    NONE = "NONE"
    PLANNED = "PLANNED"
    BOOKED = "BOOKED"
    MISSED = "MISSED"
    COMPETENT = "COMPETENT"
    MORE_NEEDED = "MORE_NEEDED"
    CANNOT = "CANNOT"


@dataclass(frozen=True, slots=True)
class Work:
    """Work on a home that was asked for: how many pieces, how many of them done, and the last planned day."""

    asked: int = 0
    done: int = 0
    planned_on: dt.date | None = None

    @property
    def is_done(self) -> bool:
        """Say whether there is some, and nothing is left to do."""
        return 0 < self.asked == self.done


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record for one enrolment. `administration` is who gives the medicine as chosen, or nothing yet."""

    needs_funding: bool = False
    funding: Funding = field(default_factory=Funding)
    administration: str = ""
    training: Training = Training.NONE
    trained_on: dt.date | None = None
    training_began_on: dt.date | None = None
    training_on: dt.date | None = None
    nurse_visit_on: dt.date | None = None
    has_protocol: bool = False
    plan_version: int | None = None
    plan_waits: bool = False
    adaptations: Work = field(default_factory=Work)
    installations: Work = field(default_factory=Work)
    fridge_delivered_on: dt.date | None = None
    first_dose_planned_on: dt.date | None = None


# Which activity asks for what. The others (below) ask for nothing beyond what every start requires.
ASKED_BY: dict[str, tuple[Code, ...]] = {
    "TRAINING_AND_COMPETENCY": (C.TRAINING,),
    "ADVANCED_ASEPTIC_TECHNIQUE": (C.TRAINING,),
    "REFRIGERATION_PROVIDED": (C.FRIDGE,),
    "ADMINISTERED_BY_PROFESSIONAL": (C.NURSE_VISITS,),
    "CLINICAL_PROTOCOL": (C.PROTOCOL,),
    "BESPOKE_SOLUTION": (C.CARE_PLAN,),
    "HOME_ADAPTATION": (C.ADAPTATION,),
    "EQUIPMENT_INSTALLED": (C.INSTALLATION,),
}
ASK_NOTHING_MORE = frozenset(
    {
        "SELF_ADMINISTRATION",
        "LICENSED_OR_UNCOMPLICATED",
        "ORDINARY_STORAGE",
        "WITHIN_SUMMARY_OF_CHARACTERISTICS",
        "MISUSE_REPORTED",
        "UNLICENSED_MEDICINE",
        "CLINICAL_SUPPORT_OR_TESTING",
        "BASIC_ASEPTIC_TECHNIQUE",
        "SPECIAL_STORAGE",
        "COMPLIANCE_PROGRAMME",
        "INTRAVENOUS_INFUSION",
        "COMPOUNDED_ASEPTIC",
    }
)
BY_EVERY_START = (C.REGIMEN,)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one kind of requirement says, whose it is, where it is met, by when, and how it is judged."""

    words: str
    whose: Party
    page: str
    before: Milestone
    judge: Callable[[Facts], tuple[bool, str]]


def requirements_of(activities: Iterable[str], facts: Facts) -> tuple[Requirement, ...]:
    """Return what the start requires, in the order in which it is needed."""
    asked = {code for activity in activities for code in ASKED_BY.get(activity, ())} | set(BY_EVERY_START)
    if facts.needs_funding:
        asked.add(C.FUNDING)
    asked -= _not_chosen(asked, facts.administration)
    return tuple(_requirement(code, kind, facts) for code, kind in _KINDS.items() if code in asked)


def open_codes(requirements: Iterable[Requirement]) -> frozenset[str]:
    """Return the codes of those that are not met."""
    return frozenset(requirement.code for requirement in requirements if not requirement.is_met)


def unmet_before(requirements: Iterable[Requirement], milestone: Milestone) -> tuple[Requirement, ...]:
    """Return those that must be met before this milestone, or before an earlier one, and are not."""
    upto = frozenset(_ORDER[: _ORDER.index(milestone) + 1])
    return tuple(r for r in requirements if not r.is_met and r.before in upto)


def needs_training(requirements: Iterable[Requirement]) -> bool:
    """Say whether somebody must still be trained."""
    return Code.TRAINING in open_codes(requirements)


_ORDER = tuple(Milestone)


def _not_chosen(asked: set[Code], administration: str) -> set[Code]:
    """Return what falls away by what was chosen: a service may offer both, and one patient takes one of them."""
    if not {C.TRAINING, C.NURSE_VISITS} <= asked:
        return set()
    return {"NURSE": {C.TRAINING}, "SELF": {C.NURSE_VISITS}, "CARER": {C.NURSE_VISITS}}.get(administration, set())


def _requirement(code: Code, kind: _Kind, facts: Facts) -> Requirement:
    is_met, detail = kind.judge(facts)
    return Requirement(str(code), kind.words, is_met, kind.whose, kind.page, kind.before, detail)


def _day(value: dt.date) -> str:
    return f"{value:%-d %B %Y}"


def _funding(facts: Facts) -> tuple[bool, str]:
    return facts.funding.allows, facts.funding.words


def _training(facts: Facts) -> tuple[bool, str]:
    if facts.trained_on is not None:
        return True, f"Competency signed on {_day(facts.trained_on)}"
    on = f" for {_day(facts.training_on)}" if facts.training_on else ""
    return False, {
        Training.NONE: "No training visit is planned",
        Training.PLANNED: f"Training planned{on}, not booked",
        Training.BOOKED: f"Training booked{on}",
        Training.MISSED: "The training visit was missed: book it again",
        Training.COMPETENT: "The competency is not signed",
        Training.MORE_NEEDED: "More training is needed",
        Training.CANNOT: "Cannot self-administer: a nurse or a carer must give it",
    }[facts.training]


def _nurse_visits(facts: Facts) -> tuple[bool, str]:
    if facts.nurse_visit_on is None:
        return False, "No visit is booked"
    return True, f"Visit booked for {_day(facts.nurse_visit_on)}"


def _protocol(facts: Facts) -> tuple[bool, str]:
    return facts.has_protocol, "In force" if facts.has_protocol else "No protocol with an escalation contact"


def _care_plan(facts: Facts) -> tuple[bool, str]:
    if facts.plan_version is not None:
        newer = "; a newer one waits for approval" if facts.plan_waits else ""
        return True, f"Version {facts.plan_version} approved{newer}"
    return False, "Written, waits for a pharmacist's approval" if facts.plan_waits else "Not written"


def _work(work: Work) -> tuple[bool, str]:
    if not work.asked:
        return False, "Nothing is planned"
    if work.is_done:
        return True, "Completed"
    planned = f", planned for {_day(work.planned_on)}" if work.planned_on else ", no day planned"
    return False, f"{work.done} of {work.asked} completed{planned}"


def _fridge(facts: Facts) -> tuple[bool, str]:
    if facts.fridge_delivered_on is None:
        return False, "Not delivered"
    return True, f"Delivered on {_day(facts.fridge_delivered_on)}"


def _regimen(facts: Facts) -> tuple[bool, str]:
    if facts.first_dose_planned_on is None:
        return False, "Not recorded: without it nobody knows when the medicine runs out"
    return True, f"From {_day(facts.first_dose_planned_on)}"


_KINDS: dict[Code, _Kind] = {
    C.FUNDING: _Kind("Funding approval", P.COMMISSIONER, "funding", M.REGISTRATION_SENT, _funding),
    C.CARE_PLAN: _Kind(
        "Individual care plan, approved by a pharmacist",
        P.PHARMACY,
        "care_plan",
        M.FIRST_PRESCRIPTION_SENT,
        _care_plan,
    ),
    C.REGIMEN: _Kind("Regimen", P.PHARMACY, "regimen", M.FIRST_DOSE, _regimen),
    C.ADAPTATION: _Kind(
        "Adaptation of the home", P.PROVIDER, "adaptations", M.FIRST_DELIVERY, lambda facts: _work(facts.adaptations)
    ),
    C.INSTALLATION: _Kind(
        "Equipment installed", P.PROVIDER, "adaptations", M.FIRST_DELIVERY, lambda facts: _work(facts.installations)
    ),
    C.FRIDGE: _Kind("Fridge at home", P.PROVIDER, "equipment", M.FIRST_DELIVERY, _fridge),
    C.PROTOCOL: _Kind(
        "Clinical protocol with its escalation contact", P.PHARMACY, "escalation_protocol", M.FIRST_DOSE, _protocol
    ),
    C.TRAINING: _Kind("Training, with a signed competency", P.PROVIDER, "visits", M.FIRST_DOSE, _training),
    C.NURSE_VISITS: _Kind("Nurse visit booked", P.PROVIDER, "visits", M.FIRST_DOSE, _nurse_visits),
}
