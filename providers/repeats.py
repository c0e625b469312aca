"""What a provider's system sent before, by the key it chose: kept with the deed, in the same transaction."""

import datetime as dt

from homecare.accounts.models import User
from providers.models import ApiRequest

KEEP_FOR = dt.timedelta(days=90)


def claim(*, user: User, key: str, fingerprint: str, at: dt.datetime) -> ApiRequest:
    """Return the locked row of this key: a new one, or the one of an earlier request with its answer.

    While another transaction holds the key, this waits; where that one was undone, the key is free again.
    """
    ApiRequest.objects.get_or_create(user=user, key=key, defaults={"fingerprint": fingerprint, "received_at": at})
    return ApiRequest.objects.select_for_update().get(user=user, key=key)


def forget_old(*, at: dt.datetime) -> int:
    """Forget the keys of requests older than ninety days, and return how many."""
    return ApiRequest.objects.filter(received_at__lt=at - KEEP_FOR).delete()[0]
