"""Where the next act of a stage is done, by whoever looks."""

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk.pathway.hub import NEEDED
from homecare.navigation import address_of
from patients.pathway.stages import Stage


def address_of_act(stage: Stage, enrolment_id: int, user: User) -> str:
    """Return the page of the next act where this user may act, else the enrolment's own page."""
    may = user.may(NEEDED.get(stage.page, Permission.ENROLMENT_EDIT))
    return (address_of(stage.page, enrolment_id) if may else None) or address_of("enrolment", enrolment_id) or ""
