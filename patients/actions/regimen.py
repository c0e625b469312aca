"""The regimen of somebody who has not begun: which doses, of how many units, from when; and where it begins.

Of somebody on treatment a dose is changed by the deed that cancels the old prescription as well, not here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import words
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.actions.under_way import under_way
from patients.models import Enrolment, RegimenPhase, SupplyFact, Suspension
from patients.states import BEFORE_ACTIVE

ONE_DAY = dt.timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Pattern = RegimenPhase.Pattern
# What a stretch says besides its first day.
SAID = (
    "ends_on", "units_per_dose", "pattern", "every_days", "cycle_on", "cycle_off", "weekdays", "doses_on", "dose_text",
    "frequency_text",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Doses:
    """One stretch of a regimen: the days on which a dose is due by its pattern, and the units of each.

    `weekdays` are 0 for Monday to 6 for Sunday. Days are local dates; `ends_on` is the last one.
    """

    starts_on: dt.date
    units_per_dose: int
    pattern: str
    ends_on: dt.date | None = None
    every_days: int | None = None
    cycle_on: int | None = None
    cycle_off: int | None = None
    weekdays: Sequence[int] = ()
    doses_on: Sequence[dt.date] = ()
    dose_text: str = ""
    frequency_text: str = ""


@action
def record_regimen(
    *,
    enrolment: Enrolment,
    doses: Doses,
    by: User,
    at: dt.datetime,
    instead_of: RegimenPhase | None = None,
    reason: str = "",
) -> RegimenPhase:
    """Record a stretch of the regimen of somebody who has not had their first dose, or change one that is on record.

    A stretch that starts on the day of one on record takes its place; one before it that would overlap ends the day
    before. Refused: a pattern that is not whole, an overlap with a later stretch, somebody on treatment.
    """
    require(by, Permission.REGIMEN_EDIT)
    check_doses(doses)
    locked = under_way(enrolment)
    if locked.status not in BEFORE_ACTIVE:
        raise Refused(
            "This patient is on treatment. Record a dose change: it also cancels the prescription at the old dose.",
            code="on_treatment",
        )
    return _put(locked, doses, instead_of, by=by, at=at)


def _put(
    enrolment: Enrolment, doses: Doses, instead_of: RegimenPhase | None, *, by: User, at: dt.datetime
) -> RegimenPhase:
    found = list(RegimenPhase.objects.select_for_update().filter(enrolment=enrolment).order_by("starts_on"))
    same = next((phase for phase in found if phase == instead_of), None) or next(
        (phase for phase in found if phase.starts_on == doses.starts_on), None
    )
    phases = [phase for phase in found if phase != same]
    if any(phase.starts_on == doses.starts_on for phase in phases):
        raise Refused("Another part of the regimen begins on that day. Change that one.")
    later = next((phase for phase in phases if phase.starts_on > doses.starts_on), None)
    ends_on = doses.ends_on
    if later is not None:
        ends_on = ends_on or later.starts_on - ONE_DAY
        if ends_on >= later.starts_on:
            raise Refused(
                f"The next part of the regimen begins on {later.starts_on:%-d %B %Y}: end this one before it."
            )
    for phase in phases:
        if phase.starts_on < doses.starts_on and (phase.ends_on is None or phase.ends_on >= doses.starts_on):
            phase.ends_on = doses.starts_on - ONE_DAY
            phase.save(update_fields=["ends_on"])
    phase = same or RegimenPhase(enrolment=enrolment)
    for name, value in asdict(doses).items():
        setattr(phase, name, list(value) if isinstance(value, tuple) else value)
    phase.ends_on, phase.frequency_text = ends_on, doses.frequency_text.strip() or frequency_of(doses)
    phase.weekdays, phase.doses_on = list(doses.weekdays) or None, sorted(doses.doses_on) or None
    phase.is_assumed = False
    phase.save()
    pathway.refresh(enrolment, by=by, at=at)
    return phase


def check_doses(doses: Doses) -> None:
    """Refuse doses whose pattern does not say on which days they are due."""
    if doses.units_per_dose < 1:
        raise Refused("A dose is of at least one unit.")
    if doses.ends_on is not None and doses.ends_on < doses.starts_on:
        raise Refused("The last day cannot be before the first.")
    missing = {
        Pattern.EVERY_DAYS: not doses.every_days and "Say every how many days a dose is due.",
        Pattern.CYCLE: (not doses.cycle_on or doses.cycle_off is None) and "Say how many days on, and how many off.",
        Pattern.WEEKDAYS: not doses.weekdays and "Say on which days of the week a dose is due.",
        Pattern.DOSES_ON: not doses.doses_on and "Say on which days a dose is due.",
    }.get(Pattern(doses.pattern))
    if missing:
        raise Refused(missing)
    if doses.pattern == Pattern.DOSES_ON and min(doses.doses_on) != doses.starts_on:
        raise Refused("The first of the listed days is the day on which this part of the regimen starts.")


def frequency_of(doses: Doses) -> str:
    """Say how often, in words: "every 14 days", "14 days on, 7 days off", "Monday and Thursday"."""
    if doses.pattern == Pattern.EVERY_DAYS:
        return "every day" if doses.every_days == 1 else f"every {doses.every_days} days"
    if doses.pattern == Pattern.CYCLE:
        return f"{words.count(doses.cycle_on or 0, 'day')} on, {words.count(doses.cycle_off or 0, 'day')} off"
    if doses.pattern == Pattern.WEEKDAYS:
        return " and ".join(WEEKDAYS[day] for day in sorted(doses.weekdays))
    return words.count(len(doses.doses_on), "dose")


def begin(enrolment: Enrolment, *, taken_on: dt.date, by: User, at: dt.datetime) -> None:
    """Let the regimen begin on the day of the first dose: what was planned moves by as many days. Part of a deed.

    A first dose on a day for which the pattern (certain weekdays) asks for none is written as taken besides it.
    """
    phases = list(RegimenPhase.objects.select_for_update().filter(enrolment=enrolment).order_by("starts_on"))
    by_days = taken_on - phases[0].starts_on
    if not by_days:
        return
    # Later ones first when they move on, earlier ones first when they come forward: so that none ever overlaps.
    for phase in reversed(phases) if by_days > dt.timedelta() else phases:
        _shift(phase, by_days)
    _write_besides(phases[0], taken_on, by=by, at=at)


def begin_again(enrolment: Enrolment, *, taken_on: dt.date, by: User, at: dt.datetime) -> None:
    """Let the regimen go on, after a pause, from the day of the dose that was taken. Part of a deed.

    The stretch in force ends with the pause and the same doses begin anew that day, as cover assumes that they will
    (cover.md). Listed days stay as they are. A dose on a day besides the pattern is written as taken.
    """
    ended = Suspension.objects.filter(enrolment=enrolment, ends_on__lt=taken_on).order_by("-ends_on").first()
    phases = RegimenPhase.objects.select_for_update().filter(enrolment=enrolment, starts_on__lt=taken_on)
    phase = phases.exclude(ends_on__lt=taken_on).order_by("-starts_on").first()
    if phase is None or phase.pattern == Pattern.DOSES_ON:
        return
    last = min(ended.ends_on or taken_on, taken_on - ONE_DAY) if ended else taken_on - ONE_DAY
    if last < phase.starts_on:
        phase.starts_on = taken_on  # it was to begin within the pause
        phase.save(update_fields=["starts_on"])
        return
    again = RegimenPhase(**{name: getattr(phase, name) for name in SAID}, enrolment=enrolment, starts_on=taken_on)
    phase.ends_on = last
    phase.save(update_fields=["ends_on"])
    again.save()
    _write_besides(again, taken_on, by=by, at=at)


def _write_besides(phase: RegimenPhase, taken_on: dt.date, *, by: User, at: dt.datetime) -> None:
    if phase.pattern == Pattern.WEEKDAYS and taken_on.weekday() not in (phase.weekdays or ()):
        SupplyFact.objects.create(
            enrolment_id=phase.enrolment_id,
            kind=SupplyFact.Kind.TAKEN,
            on=taken_on,
            units=phase.units_per_dose,
            recorded_at=at,
            recorded_by=by,
        )


def _shift(phase: RegimenPhase, by_days: dt.timedelta) -> None:
    phase.starts_on += by_days
    phase.ends_on = phase.ends_on + by_days if phase.ends_on else None
    phase.doses_on = [day + by_days for day in phase.doses_on] if phase.doses_on else None
    phase.save(update_fields=["starts_on", "ends_on", "doses_on"])
