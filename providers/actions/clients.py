"""A provider's system gets an id and a secret for the API."""

import datetime as dt
import secrets

from oauth2_provider.models import AccessToken, Application

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.accounts.roles import ProviderClient as ProviderClientRole
from homecare.audit.actions import action
from providers.models import Provider, ProviderClient


@action
def add_client(*, provider: Provider, by: User, at: dt.datetime, reason: str = "") -> tuple[str, str]:
    """Give a provider's system an id and a secret for the API. The secret is kept as a hash, so it is seen once.

    A provider has one client; asked for again, it gets a new secret and the old one ends with its tokens.
    """
    require(by, Permission.USER_MANAGE)
    existing = ProviderClient.objects.select_related("user").filter(provider=provider).first()
    if existing is None:
        user = User.objects.create(
            username=f"provider:{provider.pk}",
            last_name=f"{provider.name}'s system"[:150],
            kind=User.Kind.PROVIDER_CLIENT,
            role=ProviderClientRole.name,
            password="!",  # noqa: S106  # unusable: a client signs in nowhere
        )
        existing = ProviderClient.objects.create(user=user, provider=provider)
    secret = secrets.token_urlsafe(32)
    application = Application.objects.filter(user=existing.user).first() or Application(
        name=provider.name,
        user=existing.user,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    application.client_secret = secret
    application.save()
    AccessToken.objects.filter(application=application).delete()
    return application.client_id, secret
