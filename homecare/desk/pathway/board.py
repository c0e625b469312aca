"""The board of everybody who has not started: oldest first, by stage and owner, and why each is stuck."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse

from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.pathway.acts import address_of_act
from homecare.desk.pathway.filters import BoardFilters
from homecare.desk.pathway.why import Situation, situations_of, why
from homecare.desk.today.cells import Cell, Column, Row, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from patients.models import PathwayClock
from patients.pathway.milestones import PARTY_WORDS
from patients.pathway.stages import STAGES, stage_said, words_of

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, provider, tier"),
    Column("Waiting", "Since"),
    Column("Stage", "Since"),
    Column("Whose move", "What to do"),
    Column("Why"),
)
ALL_STAGES = list(STAGES)


@dataclass(frozen=True)
class Share:
    """How many wait in one stage for one party, and since when the oldest does."""

    words: str
    number: int
    age: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Owner:
    """How many wait for one party, stage by stage."""

    words: str
    code: str
    number: int
    href: str
    is_chosen: bool
    stages: tuple[Share, ...]


def rows_of(user: User, filters: BoardFilters, *, today: dt.date) -> Any:
    """Return the running clocks that this user may see, through the filters."""
    return filters.of_clocks(PathwayClock.objects.visible_to(user).running(), today=today)


def owners_of(user: User, filters: BoardFilters, *, today: dt.date) -> list[Owner]:
    """Count by whose move it is and by stage, through the other filters, in one query."""
    running = PathwayClock.objects.visible_to(user).running()
    rows = filters.of_clocks(running, today=today, but=frozenset({"stage", "whose"}))
    counted = rows.order_by().values_list("whose", "stage").annotate(number=Count("*"), oldest=Min("began_on"))
    found = {(whose, stage): (number, oldest) for whose, stage, number, oldest in counted}
    address = reverse("not_started")
    owners = []
    for party, said in PARTY_WORDS.items():
        mine = [(code, *found[party, code]) for code in ALL_STAGES if (party, code) in found]
        if not mine:
            continue
        shares = tuple(
            Share(
                words_of(code),
                number,
                _age(oldest, today=today),
                f"{address}?{filters.query(whose=party, stage=code)}",
                filters.stage == code and filters.whose in {party, ""},
            )
            for code, number, oldest in mine
        )
        href = f"{address}?{filters.query(whose=party, stage='')}"
        is_chosen = filters.whose == party and not filters.stage
        owners.append(Owner(said, party, sum(share.number for share in shares), href, is_chosen, shares))
    return owners


def page(rows: Any, user: User, *, today: dt.date, after: Key | None, size: int) -> Page[Row]:
    """Return a page of running clocks, the oldest first, in a number of queries that does not grow."""
    found = page_by_day(
        rows,
        day="began_on",
        tie="id",
        after=after,
        size=size,
        joined=shown_with("enrolment__"),
    )
    situations = situations_of(found.rows, user, today=today)
    said = doses([clock.enrolment_id for clock in found.rows], today=today)
    shown = [_row(situations[clock.pk], said.get(clock.enrolment_id, ""), user, today=today) for clock in found.rows]
    return Page(shown, found.next_key, found.is_first)


def _row(situation: Situation, dose: str, user: User, *, today: dt.date) -> Row:
    clock, total = situation.clock, situation.journey.reading.total
    enrolment = clock.enrolment
    stage = stage_said(clock.stage, clock.kind, clock.prescription)
    hub = reverse("enrolment", args=[enrolment.pk])
    medicine = medicine_cell(enrolment, dose)
    provider = " · ".join(part for part in (medicine.more, str(enrolment.service.provider)) if part)
    waiting = [
        f"{words.count(total.net.calendar, 'day')} net" if total.net != total.gross else "",
        "stopped" if clock.is_stopped else "",
        "" if clock.kind == PathwayClock.Kind.START else clock.get_kind_display().lower(),
        f"since {words.day(clock.began_on, today=today)}",
    ]
    return Row(
        (
            patient_cell(enrolment.patient),
            replace(medicine, more=provider),
            Cell(words.count(total.gross.calendar, "day"), " · ".join(part for part in waiting if part)),
            Cell(stage.words, f"since {words.day(clock.stage_since_on, today=today)}", hub),
            Cell(PARTY_WORDS[clock.whose], stage.next_act, address_of_act(stage, enrolment.pk, user)),
            Cell(why(situation)),
        ),
        enrolment.patient_id,
    )


def _age(oldest: dt.date, *, today: dt.date) -> str:
    return f"oldest {words.count((today - oldest).days, 'day')}" if oldest < today else ""
