"""Who sees which patients: the trust's staff all of them, a provider's client its own, everybody else none.

Whoever is fetched this way is noted as shown (homecare/audit/access.py).
"""

from typing import Any, TypeVar

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import WatchedQuerySet

Rows = TypeVar("Rows", bound="WatchedQuerySet[Any]")


def scoped(rows: Rows, user: User, *, provider_path: str) -> Rows:
    """Keep the rows this user may see. A provider's client is asked first: its rows reach it by `provider_path`.

    A provider that is no longer active reads nothing.
    """
    if not user.may(Permission.PATIENT_VIEW):
        return rows.none()
    if user.kind == User.Kind.PROVIDER_CLIENT:
        mine = {f"{provider_path}__client__user": user, f"{provider_path}__active": True}
        return rows.filter(**mine).watched()
    return rows.watched()


def staff_only(rows: Rows, user: User) -> Rows:
    """Keep the rows for the trust's staff; a provider's client gets none this way."""
    if user.kind == User.Kind.PROVIDER_CLIENT or not user.may(Permission.PATIENT_VIEW):
        return rows.none()
    return rows.watched()
