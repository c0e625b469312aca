"""What the tests of messaging share: a purpose, a provider, and a run of the outbox."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from homecare.accounts.models import User
from homecare.messaging import registry, sending
from homecare.messaging.channels.choice import forget_carriers
from tests.messaging import factories
from tests.rig.provider import API_KEY, Provider


@pytest.fixture
def purpose() -> Iterator[Callable[..., None]]:
    """Register a purpose; a second call replaces it."""
    codes: set[str] = set()

    def register(code: str = "TEST_DUE", **values: Any) -> None:
        registry.forget(code)
        registry.register(factories.purpose(code, **values))
        codes.add(code)

    register()
    yield register
    for code in codes:
        registry.forget(code)


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """Run a provider, and send to it."""
    stub = Provider()
    settings.NOTIFY_BASE_URL, settings.NOTIFY_API_KEY = stub.url, API_KEY
    forget_carriers()
    yield stub
    stub.stop()
    forget_carriers()


@pytest.fixture
def outbox(purpose: object, provider: Provider) -> Callable[..., Counter[str]]:
    """Run the outbox once."""

    def run(at: Any = factories.AT, **values: Any) -> Counter[str]:
        return sending.send_all(now=lambda: at, by=User.objects.system("outbox"), **values)

    return run
