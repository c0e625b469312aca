"""Tries are counted by account and address together, and each costs more."""

import datetime as dt

import pytest

from homecare.accounts import lockout
from homecare.accounts.models import SignInAttempt

NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 32), (11, 60), (500, 60)]
)
def test_the_wait_doubles_to_an_hour(failures: int, minutes: int) -> None:
    assert lockout.wait_after(failures) == dt.timedelta(minutes=minutes)


def tries_let_through(account: str, address: str, *, minutes: int) -> int:
    """Try once every ten seconds, and count the tries that were judged."""
    through = 0
    for second in range(0, minutes * 60, 10):
        try:
            lockout.count_try(account, address=address, at=NINE + dt.timedelta(seconds=second))
        except lockout.TooManyTries:
            continue
        through += 1
    return through


def is_judged(account: str, address: str) -> bool:
    """Try once at nine, and say whether the try was judged."""
    try:
        lockout.count_try(account, address=address, at=NINE)
    except lockout.TooManyTries:
        return False
    return True


@pytest.mark.django_db
def test_at_most_ten_tries_an_hour_are_judged() -> None:
    assert tries_let_through("dilys", "192.0.2.1", minutes=60) == 10


@pytest.mark.django_db
def test_the_same_account_from_elsewhere_is_not_held_up() -> None:
    tries_let_through("dilys", "192.0.2.1", minutes=10)
    assert is_judged("dilys", "192.0.2.2")


@pytest.mark.django_db
def test_another_account_from_the_same_address_is_not_held_up() -> None:
    tries_let_through("dilys", "192.0.2.1", minutes=10)
    assert is_judged("grace", "192.0.2.1")


@pytest.mark.django_db
def test_spelling_a_name_otherwise_gains_nothing() -> None:
    tries_let_through("dilys", "192.0.2.1", minutes=10)
    with pytest.raises(lockout.TooManyTries):
        lockout.count_try(" DILYS ", address="192.0.2.1", at=NINE)


@pytest.mark.django_db
def test_success_forgets_failures() -> None:
    tries_let_through("dilys", "192.0.2.1", minutes=1)
    assert not is_judged("dilys", "192.0.2.1")
    lockout.forget("dilys", address="192.0.2.1")
    assert is_judged("dilys", "192.0.2.1")


@pytest.mark.django_db
def test_a_day_forgets_failures() -> None:
    tries_let_through("dilys", "192.0.2.1", minutes=60)
    assert SignInAttempt.objects.get().failures == 10
    lockout.count_try("dilys", address="192.0.2.1", at=NINE + dt.timedelta(days=2))
    assert SignInAttempt.objects.get().failures == 1


@pytest.mark.django_db
def test_what_was_typed_is_not_kept() -> None:
    lockout.count_try("hunter2-typed-as-name", address="192.0.2.1", at=NINE)
    assert "hunter2" not in SignInAttempt.objects.get().account_key


@pytest.mark.django_db
def test_a_spray_over_many_accounts_is_seen() -> None:
    for number in range(lockout.SPRAY_ACCOUNTS):
        lockout.count_try(f"user{number}", address="192.0.2.9", at=NINE)
    assert lockout.sprayers(at=NINE) == ["192.0.2.9"]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7, 198.51.100.2", "198.51.100.2"),
        (2, "203.0.113.7, 198.51.100.2", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(rf, settings, trusted: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = rf.get("/", headers={"x-forwarded-for": forwarded})
    assert lockout.client_address(request) == address
