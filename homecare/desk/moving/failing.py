"""One provider's patients by how long their medicine lasts: counted and paged in a constant number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict

from homecare.accounts.models import Specialty, User
from homecare.desk.moving.needs import COLUMNS, rows_of
from homecare.desk.today.cells import Row
from homecare.desk.today.enrolments import shown_with
from homecare.desk.today.filters import Field, Option
from homecare.desk.today.paging import Key, Page, page_by_day
from medicines.models import Medicine
from patients.models import Cover, Enrolment
from patients.states import BEFORE_ACTIVE, EnrolmentStatus
from providers.models import Provider, ServiceMedicine

__all__ = ["BUCKETS", "COLUMNS", "Asked", "counts", "fields", "not_started", "page"]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of days of cover: from the first to before the last; without a first, everything earlier."""

    name: str
    words: str
    from_days: int | None = None
    to_days: int | None = None
    is_bad: bool = False

    def matching(self, today: dt.date) -> Q:
        """Match covers in this range on a day."""
        if self.name == "unknown":
            return Q(stock_known=False)
        day = "first_uncovered_dose_on"
        if self.from_days is None:
            return Q(**{f"{day}__lt": today + DAY * (self.to_days or 0)})
        if self.to_days is None:
            later = Q(**{f"{day}__gte": today + DAY * self.from_days})
            return later | Q(**{f"{day}__isnull": True, "stock_known": True})
        return Q(**{f"{day}__gte": today + DAY * self.from_days, f"{day}__lt": today + DAY * self.to_days})


# The first dose without medicine is due today or earlier: nothing is at home for it.
BUCKETS = (
    Bucket("without", "without medicine", None, 1, is_bad=True),
    Bucket("week", "under 7 days", 1, 7, is_bad=True),
    Bucket("fortnight", "7 to 13 days", 7, 14),
    Bucket("month", "14 to 27 days", 14, 28),
    Bucket("more", "28 days or more", 28),
    Bucket("unknown", "not known: count their stock"),
)
BY_NAME = {bucket.name: bucket for bucket in BUCKETS}
STATES = (
    (EnrolmentStatus.ACTIVE, "Active"),
    (EnrolmentStatus.SUSPENDED, "Paused"),
    (EnrolmentStatus.TRANSFERRING, "Moving already"),
)


@dataclass(frozen=True)
class Asked:
    """What is asked of a provider's patients: who asks, on which day, through which filters."""

    user: User
    provider: Provider
    today: dt.date
    specialty: str = ""
    medicine: str = ""
    state: str = ""
    cover: str = ""

    @classmethod
    def read(cls, query: QueryDict, *, user: User, provider: Provider, today: dt.date) -> "Asked":
        """Read the filters of an address; what makes no sense is left out."""
        ids = {name: _whole(query.get(name, "")) for name in ("specialty", "medicine")}
        state, cover = query.get("state", ""), query.get("cover", "")
        return cls(
            user,
            provider,
            today,
            **ids,
            state=state if state in dict(STATES) else "",
            cover=cover if cover in BY_NAME else "",
        )

    def query(self, **more: str) -> str:
        """Return the filters as the query of an address, with more values or in place of their own."""
        own = {name: getattr(self, name) for name in ("specialty", "medicine", "state", "cover")}
        return urlencode({name: value for name, value in (own | more).items() if value})

    def covers(self, *, of_every_cover: bool = False) -> Any:
        """Return the covers of those on treatment with the provider, through the filters."""
        wanted = {
            "enrolment__clinic__specialty_id": self.specialty,
            "enrolment__medicine_id": self.medicine,
            "enrolment__status": self.state,
        }
        covers = Cover.objects.filter(
            is_live=True,
            enrolment__service__provider=self.provider,
            **{field: value for field, value in wanted.items() if value},
        )
        if not self.user.is_human:
            covers = covers.filter(enrolment__in=Enrolment.objects.visible_to(self.user))
        if of_every_cover or not self.cover:
            return covers
        return covers.filter(BY_NAME[self.cover].matching(self.today))


def _whole(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def counts(asked: Asked) -> dict[str, int]:
    """Count the patients in each range through the other filters, and all of them, in one query."""
    wanted = {bucket.name: Count("pk", filter=bucket.matching(asked.today)) for bucket in BUCKETS}
    found: dict[str, int] = asked.covers(of_every_cover=True).order_by().aggregate(all=Count("pk"), **wanted)
    return found


def not_started(asked: Asked) -> int:
    """Count those on their way to a first dose with this provider: they are referred elsewhere, not transferred."""
    rows = Enrolment.objects.visible_to(asked.user).filter(service__provider=asked.provider)
    return rows.filter(status__in=sorted(str(status) for status in BEFORE_ACTIVE)).count()


def page(asked: Asked, after: Key | None, size: int) -> Page[Row]:
    """Return a page of them, the first to run out on top."""
    found = page_by_day(
        asked.covers(),
        day="first_uncovered_dose_on",
        tie="enrolment_id",
        after=after,
        size=size,
        joined=shown_with("enrolment__"),
    )
    return Page(rows_of(list(found.rows), user=asked.user, today=asked.today), found.next_key, found.is_first)


def fields(asked: Asked) -> list[Field]:
    """Return the filters with their choices, in two queries."""
    supplied = ServiceMedicine.objects.filter(service__provider=asked.provider).values("medicine")
    medicines = Medicine.objects.filter(pk__in=supplied).order_by("name").values_list("pk", "name")
    specialties = Specialty.objects.order_by("name").values_list("pk", "name")
    return [
        _field("specialty", "Specialty", "All specialties", list(specialties), asked.specialty),
        _field("medicine", "Medicine", "All medicines", list(medicines), asked.medicine),
        _field("state", "State", "All states", list(STATES), asked.state),
    ]


def _field(name: str, label: str, everything: str, choices: list[Any], chosen: str) -> Field:
    return Field(name, label, everything, tuple(Option(str(v), text, str(v) == chosen) for v, text in choices))
