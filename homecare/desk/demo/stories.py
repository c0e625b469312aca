"""What becomes of each patient: how far an enrolment has come, and when its first delivery was."""

import datetime as dt
import random
from dataclasses import dataclass
from enum import StrEnum, auto

from homecare.core.calendar import last_working_day_on_or_before
from homecare.desk.demo.catalogue import Regimen

DAY = dt.timedelta(days=1)
BUFFER = 7  # days of medicine at home when a delivery comes: the first dose is a week after the first delivery
HISTORY_DAYS = 365  # deliveries and prescriptions are known for about a year
GROWING_SINCE = 760  # days ago


class Story(StrEnum):
    """One patient's treatment, in a word."""

    ACTIVE = auto()
    OUT = auto()
    SHORT = auto()
    PAUSED_BEFORE = auto()
    NO_CONSENT = auto()
    CONSENT_WITHDRAWN = auto()
    STOCK_UNKNOWN = auto()
    RENEWAL_DECLINED = auto()
    SUSPENDED = auto()
    SUSPENDED_UNTIL = auto()
    TRANSFERRING = auto()
    TRANSFERRED = auto()
    IDENTIFIED = auto()
    SUITABLE = auto()
    CONSENTED = auto()
    REGISTRATION_SENT = auto()
    REGISTRATION_QUERIED = auto()
    REGISTRATION_REJECTED = auto()
    REGISTERED = auto()
    AWAITING_FIRST_DELIVERY = auto()
    AWAITING_TRAINING = auto()
    STOPPED = auto()
    DECEASED = auto()
    WITHDRAWN = auto()
    CLOSED = auto()
    NOT_SUITABLE = auto()
    DECLINED = auto()


S = Story
ROUND = [
    (S.ACTIVE, 150), (S.PAUSED_BEFORE, 5), (S.NO_CONSENT, 1), (S.CONSENT_WITHDRAWN, 1), (S.STOCK_UNKNOWN, 1),
    (S.RENEWAL_DECLINED, 1), (S.SUSPENDED, 5), (S.SUSPENDED_UNTIL, 3), (S.TRANSFERRING, 1), (S.TRANSFERRED, 2),
    (S.IDENTIFIED, 1), (S.SUITABLE, 1), (S.CONSENTED, 1), (S.REGISTRATION_SENT, 2), (S.REGISTRATION_QUERIED, 1),
    (S.REGISTRATION_REJECTED, 1), (S.REGISTERED, 1), (S.AWAITING_FIRST_DELIVERY, 3), (S.AWAITING_TRAINING, 1),
    (S.STOPPED, 10), (S.DECEASED, 4), (S.WITHDRAWN, 1), (S.CLOSED, 1), (S.NOT_SUITABLE, 1), (S.DECLINED, 1),
]  # fmt: skip
"""Two hundred patients; each further two hundred are dealt alike."""

HANDFUL = {3: S.OUT, 11: S.OUT, 5: S.SHORT, 9: S.SHORT, 15: S.SHORT, 21: S.SHORT, 27: S.SHORT}
"""Which of the active ones, by their number among them, are out of medicine or soon will be: a handful in any size."""

ON_TREATMENT = frozenset({
    S.ACTIVE, S.OUT, S.SHORT, S.PAUSED_BEFORE, S.NO_CONSENT, S.CONSENT_WITHDRAWN, S.STOCK_UNKNOWN, S.RENEWAL_DECLINED,
    S.SUSPENDED, S.SUSPENDED_UNTIL, S.TRANSFERRING,
})  # fmt: skip
PAUSED = frozenset({S.SUSPENDED, S.SUSPENDED_UNTIL})
ENDED = frozenset({S.STOPPED, S.DECEASED, S.TRANSFERRED})
SUPPLIED = ON_TREATMENT | ENDED | {S.AWAITING_TRAINING}
ASKED_FOR = frozenset({S.ACTIVE, S.OUT, S.SHORT, S.PAUSED_BEFORE, S.TRANSFERRING})
"""Those whose prescriptions are renewed as they should be, or a little late."""


@dataclass(frozen=True)
class Course:
    """When deliveries came: every so many days from the first on, until a day."""

    regimen: Regimen
    first_on: dt.date
    until: dt.date
    made: int
    first_known: int  # number of the first delivery that is on record; those before are from before this record began

    def nominal(self, number: int) -> dt.date:
        """Return the day a delivery is reckoned from, whatever day of the week it is."""
        return self.first_on + number * self.regimen.interval_days * DAY

    def came_on(self, number: int) -> dt.date:
        """Return the working day a delivery came."""
        return last_working_day_on_or_before(self.nominal(number))

    @property
    def doses_from(self) -> dt.date:
        """Return the first dose day: a week after the first delivery, which is the buffer from then on."""
        return self.first_on + BUFFER * DAY

    @property
    def is_whole(self) -> bool:
        """Say whether all deliveries are on record."""
        return self.first_known == 0

    @property
    def current(self) -> int:
        """Return the number of the prescription that the last delivery was of."""
        return (self.made - 1) // self.regimen.deliveries


def course(
    rng: random.Random,
    regimen: Regimen,
    story: Story,
    as_at: dt.date,
    *,
    growing: bool,
    ended_on: dt.date | None = None,
) -> Course:
    """Return when deliveries came to a patient of this story."""
    until = ended_on or as_at - days_since_the_end(rng, story) * DAY
    first_on = until - _days_of_treatment(rng, growing=growing) * DAY
    if story in {S.NO_CONSENT, S.CONSENT_WITHDRAWN}:  # nobody would have overlooked it for years
        first_on = until - rng.randrange(30, 300) * DAY
    if story is S.OUT:
        first_on = as_at - (rng.randrange(1, 3) * regimen.length_days + BUFFER + rng.randrange(2, 6)) * DAY
    elif story is S.SHORT:
        made = rng.randrange(2, 3 + regimen.deliveries)
        first_on = as_at - (made * regimen.interval_days + BUFFER - rng.randrange(1, 7)) * DAY
        return _course(regimen, first_on, until, made)
    elif story is S.RENEWAL_DECLINED:
        first_on = as_at - (2 * regimen.length_days - int(0.55 * regimen.interval_days)) * DAY
    elif story is S.AWAITING_TRAINING:
        first_on = as_at - rng.randrange(1, 6) * DAY
    if story is S.OUT:
        return _course(regimen, first_on, until, (until - first_on).days // regimen.interval_days)
    return course_between(regimen, first_on, until)


def course_between(regimen: Regimen, first_on: dt.date, until: dt.date) -> Course:
    """Return a course of deliveries that came as they should."""
    return _course(regimen, first_on, until, None)


def _course(regimen: Regimen, first_on: dt.date, until: dt.date, made: int | None) -> Course:
    if made is None:
        made = (until - first_on).days // regimen.interval_days + 1
        following = last_working_day_on_or_before(first_on + made * regimen.interval_days * DAY)
        made += following <= until
    current = (made - 1) // regimen.deliveries
    first_known = max(0, current - HISTORY_DAYS // regimen.length_days) * regimen.deliveries
    return Course(regimen, first_on, until, made, first_known)


def days_since_the_end(rng: random.Random, story: Story) -> int:
    """Return how many days ago the last that was as it should be lies: a pause's eve, a treatment's end."""
    if story in PAUSED:
        return rng.randrange(8, 110)
    if story is S.TRANSFERRED:
        return rng.randrange(40, 220)
    if story in ENDED:
        return rng.randrange(4, 420)
    return 0


def _days_of_treatment(rng: random.Random, *, growing: bool) -> int:
    """Return how long ago a treatment began: evenly over years, or more and more lately."""
    if growing and rng.random() < 0.85:
        return 12 + int(GROWING_SINCE * (1 - (1 - rng.random()) ** 0.5))
    if rng.random() < 0.35:
        return rng.randrange(12, 730)
    return rng.randrange(730, 3300)
