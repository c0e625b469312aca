"""A provider's client sees its own provider, contracts and services, and nothing else."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from homecare.accounts.models import User
from providers.models import (
    Activity,
    Contract,
    HomecareService,
    Provider,
    ProviderClient,
    ServiceActivity,
    ServiceMedicine,
)

SCOPED = [Provider, Contract, HomecareService, ServiceActivity, ServiceMedicine]


@pytest.fixture
def client_user(loaded: None) -> User:
    user = User.objects.create(username="api", kind="PROVIDER_CLIENT", role="PROVIDER_CLIENT")
    mine = Provider.objects.get(name="Alcura Health")
    ProviderClient.objects.create(user=user, provider=mine)
    for provider in Provider.objects.all():
        Contract.objects.create(provider=provider, reference="C1", funding_model="NHS", starts_on=dt.date(2026, 1, 1))
    return user


def provider_of(row: object) -> str:
    for path in ("service.provider.name", "provider.name", "name"):
        value = row
        for part in path.split("."):
            value = getattr(value, part, None)
        if value is not None:
            return str(value)
    raise AssertionError(row)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_a_client_sees_its_own_only(client_user: User, model: type) -> None:
    assert {provider_of(row) for row in model.objects.visible_to(client_user)} == {"Alcura Health"}


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_staff_see_every_provider(client_user: User, lead: User, model: type) -> None:
    assert len({provider_of(row) for row in model.objects.visible_to(lead)}) == 5


@pytest.mark.parametrize("model", [*SCOPED, Activity], ids=lambda model: model.__name__)
def test_somebody_who_is_not_signed_in_sees_nothing(loaded: None, model: type) -> None:
    assert not model.objects.visible_to(AnonymousUser()).exists()
