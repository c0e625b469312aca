"""Who may consent for whom, on which day. Plain values in; the refusal in words, or nothing.

At 16 a person consents for themselves (Family Law Reform Act 1969, section 8). Under 16 somebody with parental
responsibility consents, or the child, once assessed as understanding enough (Gillick competence; domain.md 2.3, 2.2).
A representative of somebody of 16 or over consents only by an authority that is on record and has not ended.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

PATIENT, COMPETENT_CHILD = "PATIENT", "COMPETENT_CHILD"
PARENT, REPRESENTATIVE = "PARENT", "REPRESENTATIVE"
BY_ANOTHER: Final = frozenset({PARENT, REPRESENTATIVE})
ADULT_AGE: Final = 16


@dataclass(frozen=True, slots=True)
class Competence:
    """The latest assessment of a child's competence."""

    is_competent: bool
    assessed_on: dt.date


@dataclass(frozen=True, slots=True)
class Deputy:
    """Somebody on record who speaks for the patient."""

    name: str
    may_consent: bool = False
    has_parental_responsibility: bool = False
    ended_on: dt.date | None = None

    def has_ended(self, on: dt.date) -> bool:
        """Say whether their authority had ended by that day. The day on which it ends is the first without it."""
        return self.ended_on is not None and self.ended_on <= on


def birthday(born: dt.date, age: int) -> dt.date:
    """Return the day on which somebody reaches an age. Born on 29 February: 1 March in a year without one."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return dt.date(born.year + age, 3, 1)


def is_under_16(born: dt.date, *, on: dt.date) -> bool:
    """Say whether somebody is not yet 16 on that day. On the birthday they are 16."""
    return on < birthday(born, ADULT_AGE)


def refusal(
    *,
    given_as: str,
    born: dt.date,
    given_on: dt.date,
    competence: Competence | None = None,
    deputy: Deputy | None = None,
) -> str:
    """Say why consent cannot be given this way on this day and what to do, or nothing where it can."""
    if given_on < born:
        return "Consent cannot be given before the patient was born. Check the date."
    if is_under_16(born, on=given_on):
        return _refusal_for_a_child(given_as, born, given_on, competence, deputy)
    return _refusal_for_an_adult(given_as, given_on, deputy)


def _refusal_for_a_child(
    given_as: str, born: dt.date, given_on: dt.date, competence: Competence | None, deputy: Deputy | None
) -> str:
    sixteen = f"The patient is not 16 until {_said(birthday(born, ADULT_AGE))}."
    if given_as == COMPETENT_CHILD:
        return _refusal_of_competence(competence, given_on)
    if given_as != PARENT:
        return (
            f"{sixteen} Consent is given by somebody with parental responsibility, or by the child once assessed as"
            " competent."
        )
    if deputy is None:
        return "Choose who with parental responsibility consented. Record them first if they are not in the list."
    if not deputy.has_parental_responsibility:
        return f"{deputy.name} is not recorded as having parental responsibility, and cannot consent for a child."
    return _refusal_of_ended(deputy, given_on)


def _refusal_of_competence(competence: Competence | None, given_on: dt.date) -> str:
    if competence is None or competence.assessed_on > given_on:
        return "The child's competence was not assessed by that day. Record the assessment first."
    if not competence.is_competent:
        return (
            f"The child was assessed on {_said(competence.assessed_on)} as not competent to consent. Somebody with"
            " parental responsibility must."
        )
    return ""


def _refusal_for_an_adult(given_as: str, given_on: dt.date, deputy: Deputy | None) -> str:
    if given_as == PATIENT:
        return ""
    if given_as in {COMPETENT_CHILD, PARENT}:
        return "The patient is 16 or over: they consent themselves, or a representative who may consent does."
    if given_as != REPRESENTATIVE:
        return "Choose who gave consent."
    if deputy is None:
        return "Choose which representative consented. Record them first if they are not in the list."
    if not deputy.may_consent:
        return f"{deputy.name} may be contacted, but may not consent for the patient. Record their authority first."
    return _refusal_of_ended(deputy, given_on)


def _refusal_of_ended(deputy: Deputy, given_on: dt.date) -> str:
    if deputy.ended_on is not None and deputy.has_ended(given_on):
        return f"{deputy.name} ceased to speak for the patient on {_said(deputy.ended_on)}."
    return ""


def _said(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
