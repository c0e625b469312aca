"""What other activities would make of a service, and bring each of its patients, before anything is changed."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse

from homecare.accounts.models import User
from homecare.desk.today.cells import Cell, Column, Row, patient_cell
from homecare.desk.today.paging import Key, Page, page_by_id
from patients.models import Enrolment
from patients.pathway.facts import facts_for
from patients.pathway.requirements import Facts, Requirement, requirements_of
from patients.states import BEFORE_ACTIVE, OPEN
from providers import tiers
from providers.actions import bullets
from providers.models import HomecareService

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Clinic"),
    Column("State"),
)
AFFECTED = (*COLUMNS, Column("What it brings", "How far it is"))


@dataclass(frozen=True)
class Preview:
    """The tier that a service has and the one it would have; what goes in and out; what is newly required."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    old: tiers.Tiering
    new: tiers.Tiering
    added: tuple[str, ...]
    removed: tuple[str, ...]
    brings: tuple[str, ...]
    ends: tuple[str, ...]

    @property
    def is_same_tier(self) -> bool:
        """Whether the tier stays what it is."""
        return self.old.words == self.new.words

    @property
    def is_nothing(self) -> bool:
        """Whether nothing would change."""
        return self.is_same_tier and not self.added and not self.removed


def preview(
    service: HomecareService, *, before: Collection[str], after: Collection[str], scheme: tiers.Scheme
) -> Preview:
    """Return what the tier would be with these activities, beside what it is. One query."""
    table = bullets()
    wording = {row.code: row.wording for row in reversed(table) if row.scheme == scheme}
    new, gone = changed_requirements(before=before, after=after, facts=Facts())
    return Preview(
        before=tuple(before),
        after=tuple(after),
        old=tiers.tier_of(activities=before, table=table, scheme=tiers.Scheme(service.tier_scheme)),
        new=tiers.tier_of(activities=after, table=table, scheme=scheme),
        added=tuple(words for code, words in wording.items() if code in after and code not in before),
        removed=tuple(words for code, words in wording.items() if code in before and code not in after),
        brings=tuple(requirement.words for requirement in new),
        ends=tuple(requirement.words for requirement in gone),
    )


def changed_requirements(
    *, before: Iterable[str], after: Iterable[str], facts: Facts
) -> tuple[list[Requirement], list[Requirement]]:
    """Return what a start newly requires with the activities after, and what it no longer does."""
    then, now = ({r.code: r for r in requirements_of(activities, facts)} for activities in (before, after))
    new = [requirement for code, requirement in now.items() if code not in then]
    return new, [requirement for code, requirement in then.items() if code not in now]


def affected(user: User, service: HomecareService, *, after: Key | None, size: int) -> Page[Enrolment]:
    """Return a page of the patients who are under way on a service, in the order in which they were enrolled."""
    rows = Enrolment.objects.visible_to(user).filter(service=service, status__in=sorted(str(s) for s in OPEN))
    return page_by_id(rows, after=after, size=size, joined=("patient", "medicine", "clinic"))


def rows_of(enrolments: Iterable[Enrolment]) -> list[Row]:
    """Return a row for each patient of a service."""
    return [Row(_who(enrolment), enrolment.patient_id) for enrolment in enrolments]


def affected_rows(enrolments: Collection[Enrolment], change: Preview, *, today: dt.date) -> list[Row]:
    """Return a row for each patient, with what the change would bring them and how far it is. Seven queries for all."""
    facts = facts_for([enrolment.pk for enrolment in enrolments], today=today)
    return [
        Row((*_who(enrolment), _brings(enrolment, change, facts[enrolment.pk])), enrolment.patient_id)
        for enrolment in enrolments
    ]


def _who(enrolment: Enrolment) -> tuple[Cell, ...]:
    return (
        patient_cell(enrolment.patient),
        Cell(str(enrolment.medicine), str(enrolment.clinic), reverse("enrolment", args=[enrolment.pk])),
        Cell(enrolment.get_status_display()),
    )


def _brings(enrolment: Enrolment, change: Preview, facts: Facts) -> Cell:
    """Say what is new for one patient and not yet there: before the first dose, or with somebody treated already."""
    new, gone = changed_requirements(before=change.before, after=change.after, facts=facts)
    wanting = [requirement for requirement in new if not requirement.is_met]
    if not wanting:
        return Cell("No longer: " + "; ".join(r.words for r in gone) if gone and not new else "Nothing new to do")
    when = "Before the first dose" if enrolment.status in BEFORE_ACTIVE else "Treated already, see to it"
    words = "; ".join(requirement.words for requirement in wanting)
    return Cell(f"{when}: {words}", "; ".join(requirement.detail for requirement in wanting if requirement.detail))
