"""Growing delay after failed tries, by pair of account and address: nobody can lock out somebody else.

Each try is counted before it is judged, under the row's lock, so that many at once gain nothing. An account that
does not exist is counted and answered alike. From five failures on each try costs a wait that doubles, to an hour,
which lets at most ten tries an hour through. A day without a try forgets them.
"""

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest

from homecare.accounts.models import SignInAttempt
from homecare.core.errors import Refused

FREE_FAILURES = 5
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=1)
FORGOTTEN_AFTER = dt.timedelta(days=1)
SPRAY_ACCOUNTS = 20  # so many accounts failing from one address within an hour is no typing error
NOWHERE = "0.0.0.0"  # noqa: S104  # an address that no client has


class TooManyTries(Refused):
    """The pair of account and address has to wait."""

    code = "too_many_tries"


def wait_after(failures: int) -> dt.timedelta:
    """Return how long the next try must wait after this many failures."""
    if failures < FREE_FAILURES:
        return dt.timedelta(0)
    doublings: int = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * 2.0**doublings, LONGEST_WAIT)


def account_key(account: str) -> str:
    """Return a keyed hash of what was typed: a mistyped name is often a password."""
    return hmac.new(settings.SECRET_KEY.encode(), account.strip().lower().encode(), hashlib.sha256).hexdigest()


def client_address(request: HttpRequest) -> str:
    """Return the client's address, believing only as many proxies as are ours."""
    trusted: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if trusted and len(hops) >= trusted:
        return str(hops[-trusted])
    return str(request.META.get("REMOTE_ADDR") or NOWHERE)


@transaction.atomic
def count_try(account: str, *, address: str, at: dt.datetime) -> None:
    """Count one try as failed, or refuse it while the pair must wait. `forget` takes it back after a success."""
    key = account_key(account)
    SignInAttempt.objects.bulk_create(
        [SignInAttempt(account_key=key, address=address, last_tried_at=at)], ignore_conflicts=True
    )
    attempt = SignInAttempt.objects.select_for_update().get(account_key=key, address=address)
    if attempt.blocked_until is not None and at < attempt.blocked_until:
        raise TooManyTries(_words(attempt.blocked_until - at))
    if at - attempt.last_tried_at > FORGOTTEN_AFTER:
        attempt.failures = 0
    attempt.failures += 1
    attempt.last_tried_at = at
    attempt.blocked_until = at + wait_after(attempt.failures)
    attempt.save()


def forget(account: str, *, address: str) -> None:
    """Forget this pair's failures, after a success."""
    SignInAttempt.objects.filter(account_key=account_key(account), address=address).delete()


def sprayers(*, at: dt.datetime) -> list[str]:
    """Return the addresses from which many accounts failed within the hour."""
    recent = SignInAttempt.objects.filter(last_tried_at__gt=at - dt.timedelta(hours=1), failures__gt=0)
    many = recent.values("address").annotate(accounts=Count("id")).filter(accounts__gte=SPRAY_ACCOUNTS)
    return list(many.values_list("address", flat=True))


def _words(wait: dt.timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60) or 1
    unit = "minute" if minutes == 1 else "minutes"
    return f"Too many tries. Wait {minutes} {unit}, then try again, or ask your system administrator."
