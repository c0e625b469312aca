"""Filters of the board: they live in the address, and the last ones are remembered for each user."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.http import QueryDict

from homecare.accounts.models import Specialty, User
from homecare.desk.today.filters import Field, Option, options_of
from homecare.desk.today.models import RememberedFilter
from patients.models import Party, PathwayClock
from patients.pathway.stages import STAGES
from providers.models import HomecareService, Provider

PAGE = "not_started"
LONGEST = 9_999


@dataclass(frozen=True)
class BoardFilters:
    """What is asked for; empty means everything. `over` keeps those who have waited longer than so many days."""

    specialty: str = ""
    provider: str = ""
    stage: str = ""
    whose: str = ""
    kind: str = ""
    over: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the filters of an address; what makes no sense is left out."""
        allowed: dict[str, set[str]] = {
            "stage": {*STAGES},
            "whose": set(Party.values),
            "kind": set(PathwayClock.Kind.values),
        }
        chosen = {name: query.get(name, "") for name in allowed}
        over = _whole(query.get("over", ""))
        return cls(
            specialty=_whole(query.get("specialty", "")),
            provider=_whole(query.get("provider", "")),
            over=over if over and int(over) <= LONGEST else "",
            **{name: value if value in allowed[name] else "" for name, value in chosen.items()},
        )

    @property
    def is_empty(self) -> bool:
        """Say whether everything is asked for."""
        return not any(asdict(self).values())

    def query(self, **more: str) -> str:
        """Return the filters as the query of an address, with more values or in place of their own."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (asdict(self) | more).items() if value})
        return query.urlencode()

    def of_clocks(self, rows: Any, *, today: dt.date, but: frozenset[str] = frozenset()) -> Any:
        """Keep the clocks that match; `but` names filters that are left out."""
        wanted: dict[str, dict[str, Any]] = {
            "specialty": {"enrolment__clinic__specialty_id": self.specialty},
            "provider": {"enrolment__service__provider_id": self.provider},
            "stage": {"stage": self.stage},
            "whose": {"whose": self.whose},
            "kind": {"kind": self.kind},
            "over": {"began_on__lt": today - dt.timedelta(days=int(self.over or 0))},
        }
        asked = {name for name, value in asdict(self).items() if value} - but
        for name in sorted(asked):
            rows = rows.filter(**wanted[name])
        return rows

    def fields(self, user: User) -> list[Field]:
        """Return the filters with their choices for this user, in two queries."""
        services = HomecareService.objects.visible_to(user)
        providers = Provider.objects.visible_to(user).filter(pk__in=services.values("provider"))
        specialties = [(str(pk), name) for pk, name in Specialty.objects.order_by("name").values_list("pk", "name")]
        supply = [(str(pk), name) for pk, name in providers.order_by("name").values_list("pk", "name")]
        stages = [(str(code), stage.words) for code, stage in STAGES.items()]
        parties = [(value, label) for value, label in Party.choices if value != Party.NOBODY]
        return [
            Field("specialty", "Specialty", "All specialties", options_of(specialties, self.specialty)),
            Field("provider", "Provider", "All providers", options_of(supply, self.provider)),
            Field("stage", "Stage", "All stages", options_of(stages, self.stage)),
            Field("whose", "Whose move", "Anybody’s", options_of(parties, self.whose)),
            Field("kind", "Journey", "All journeys", options_of(list(PathwayClock.Kind.choices), self.kind)),
            *self._over(),
        ]

    def _over(self) -> list[Field]:
        if not self.over:
            return []
        return [Field("over", "Waiting", "Any time", (Option(self.over, f"Over {self.over} days", True),))]


def remembered(user: User) -> BoardFilters:
    """Return the filters that the user last chose on the board."""
    found = RememberedFilter.objects.filter(user=user, page=PAGE).values_list("query", flat=True).first()
    return BoardFilters.read(QueryDict(found or ""))


def remember(user: User, filters: BoardFilters) -> None:
    """Remember the filters that the user chose on the board, if they differ from the last."""
    if remembered(user) != filters:
        RememberedFilter.objects.update_or_create(user=user, page=PAGE, defaults={"query": filters.query()})


def _whole(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""
