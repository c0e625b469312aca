"""The one way by which a record changes status: locked, asked of its table, written with its status change."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from django.db.models import Model

from homecare.core.clock import LONDON, local_day
from homecare.core.errors import IllegalMove, NotAllowed
from homecare.core.models import StatusChange
from homecare.core.states import Transition, Transitions

Record = TypeVar("Record", bound=Model)


class Actor(Protocol):
    """Whoever asks for a move: says whether they may, and in words why not."""

    def may(self, permission: Any) -> bool:
        """Say whether this actor holds the permission."""
        ...

    def refusal(self, permission: Any) -> str:
        """Say in words why not, and who can."""
        ...


def move(
    record: Record,
    *,
    table: Transitions,
    event: str,
    by: Actor,
    at: dt.datetime,
    reason: str = "",
    also: Callable[[Record], Iterable[str]] | None = None,
) -> Record:
    """Lock the record, ask the table, require the permission, write status and status change together.

    Returns the locked record. `also` sets further fields on it, once its status is the new one, and returns their
    names; they are saved in the same statement. The record has a `status`, and its changes are its `status_changes`.
    Refused: a move that its status does not allow, or that this actor may not make. Only actions call this.
    """
    locked: Any = type(record)._default_manager.select_for_update().get(pk=record.pk)
    transition = _find(table, event, locked, at=at)
    if not by.may(transition.permission):
        raise NotAllowed(by.refusal(transition.permission))
    source, locked.status = locked.status, transition.target
    locked.save(update_fields=["status", *(also(locked) if also else ())])
    locked.status_changes.create(event=event, from_status=source, to_status=locked.status, at=at, by=by, reason=reason)
    moved: Record = locked
    return moved


def _find(table: Transitions, event: str, locked: Any, *, at: dt.datetime) -> Transition:
    """Ask the table; whoever is refused because somebody else was first is told who it was, and when."""
    try:
        return table.find(event, source=locked.status)
    except IllegalMove as refusal:
        raise IllegalMove(refusal.rule, latest=latest_change(locked, at=at)) from None


def latest_change(record: Any, *, at: dt.datetime) -> str:
    """Say who brought a record to its status and when: "Grace Lead recorded this as suitable at 14:03."."""
    change = record.status_changes.select_related("by").order_by("-at", "-pk").first()
    if change is None or change.to_status != record.status:
        return ""
    return f"{change_said(change, record, at=at)}."


def change_said(change: StatusChange, record: Any, *, at: dt.datetime, called: str = "this") -> str:
    """Say a change of a record: "Grace Lead recorded this as suitable at 14:03", with the day unless it is today."""
    when = f"at {change.at.astimezone(LONDON):%H:%M}"
    if local_day(change.at) != local_day(at):
        when = f"on {local_day(change.at):%-d %B %Y} {when}"
    words = dict(record._meta.get_field("status").flatchoices).get(change.to_status, change.to_status)
    return f"{change.by} recorded {called} as {words.lower()} {when}"
