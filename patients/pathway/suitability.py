"""Is homecare suitable for somebody: which questions are asked, which answers are a concern, which outcome they allow.

Plain values in. The questions are data with a source and an approver (SuitabilityQuestion); nothing clinical is here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

YES, NO, NOT_KNOWN = "YES", "NO", "NOT_KNOWN"
ANSWERS: Final = frozenset({YES, NO, NOT_KNOWN})
SUITABLE, WITH_ADJUSTMENTS = "SUITABLE", "SUITABLE_WITH_ADJUSTMENTS"
NOT_SUITABLE, DECLINED = "NOT_SUITABLE", "DECLINED"
GOES_ON: Final = frozenset({SUITABLE, WITH_ADJUSTMENTS})
EVERYBODY, UNDER_16, ADULT = "EVERYBODY", "UNDER_16", "ADULT"
ADULT_AGE: Final = 16  # in law: Family Law Reform Act 1969, section 8 (consent to treatment from 16)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, whom it is asked of, and which answer is a concern."""

    code: str
    wording: str
    concern: str
    asked_of: str = EVERYBODY
    activity: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What somebody found: the answers by the code of their question, the outcome and what they wrote to it."""

    answers: Mapping[str, str]
    outcome: str
    adjustments: str = ""
    note: str = ""


def is_asked(question: Question, *, age: int, activities: Collection[str]) -> bool:
    """Say whether a question is asked of somebody of this age, for a service with these activities."""
    if question.activity and question.activity not in activities:
        return False
    if question.asked_of == UNDER_16:
        return age < ADULT_AGE
    return question.asked_of == EVERYBODY or age >= ADULT_AGE


def asked(questions: Iterable[Question], *, age: int, activities: Collection[str]) -> list[Question]:
    """Keep the questions asked of somebody of this age, for a service with these activities, in their order."""
    return [question for question in questions if is_asked(question, age=age, activities=activities)]


def unanswered(questions: Iterable[Question], answers: Mapping[str, str]) -> list[Question]:
    """Return the questions with no answer at all."""
    return [question for question in questions if answers.get(question.code) not in ANSWERS]


def concerns(questions: Iterable[Question], answers: Mapping[str, str]) -> list[Question]:
    """Return the questions whose answer is a concern, or is not known: silence reassures nobody."""
    return [q for q in questions if answers.get(q.code) in {q.concern, NOT_KNOWN}]


def refusal(questions: Collection[Question], given: Assessed) -> str:
    """Say why these answers do not allow this outcome and what to do, or nothing where they do.

    Plain suitable needs every question answered and none of them a concern or not known. Suitable with adjustments
    needs every question answered (not known is an answer) and the adjustments. Not suitable and declined need a
    reason, and may be said before every question is answered.
    """
    if given.outcome in GOES_ON:
        return _refusal_to_go_on(questions, given)
    if given.outcome not in {NOT_SUITABLE, DECLINED}:
        return "Choose an outcome."
    if not given.note.strip():
        return "Say why homecare is not suitable." if given.outcome == NOT_SUITABLE else "Say why the patient declined."
    return ""


def _refusal_to_go_on(questions: Collection[Question], given: Assessed) -> str:
    missing = unanswered(questions, given.answers)
    if missing:
        return f"Answer every question before homecare is found suitable. Not answered: {_listed(missing)}"
    worrying = concerns(questions, given.answers)
    if worrying and given.outcome == SUITABLE:
        return (
            f"These answers are a concern or not known: {_listed(worrying)} Choose “Suitable with adjustments” and say"
            " what meets them, or “Not suitable”."
        )
    if given.outcome == WITH_ADJUSTMENTS and not given.adjustments.strip():
        return "Say which adjustments make homecare suitable."
    return ""


def _listed(questions: Iterable[Question]) -> str:
    return " ".join(f"“{question.wording}”" for question in questions)
