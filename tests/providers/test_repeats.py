"""Keys of repeats are kept as long as a repeat may come, and no longer."""

import datetime as dt

from homecare.accounts.models import User
from providers.models import ApiRequest
from providers.repeats import KEEP_FOR, claim, forget_old
from tests.providers.conftest import AT


def test_a_key_is_claimed_once(chief: User) -> None:
    first = claim(user=chief, key="key-00001", fingerprint="a", at=AT)
    second = claim(user=chief, key="key-00001", fingerprint="b", at=AT)
    assert (second.pk, second.fingerprint) == (first.pk, "a")


def test_old_keys_are_forgotten_and_young_ones_kept(chief: User) -> None:
    for key, age in (("old", KEEP_FOR + dt.timedelta(seconds=1)), ("young", KEEP_FOR)):
        claim(user=chief, key=key, fingerprint="a", at=AT - age)
    assert forget_old(at=AT) == 1
    assert list(ApiRequest.objects.values_list("key", flat=True)) == ["young"]
