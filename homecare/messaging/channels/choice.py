"""Which carrier takes which channel: settings say."""

from functools import cache

from django.conf import settings

from homecare.messaging.channels.base import Carrier
from homecare.messaging.channels.notify import NotifyCarrier
from homecare.messaging.channels.smtp import SmtpCarrier


@cache
def _carrier(name: str) -> Carrier:
    if name == "notify":
        return NotifyCarrier(
            base_url=settings.NOTIFY_BASE_URL,
            api_key=settings.NOTIFY_API_KEY,
            sms_template=settings.NOTIFY_SMS_TEMPLATE,
            email_template=settings.NOTIFY_EMAIL_TEMPLATE,
        )
    if name == "smtp":
        return SmtpCarrier(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            starttls=settings.EMAIL_USE_TLS,
            sender=settings.DEFAULT_FROM_EMAIL,
        )
    raise ValueError(f"There is no carrier called {name}: MESSAGE_CARRIERS may name notify or smtp.")


def carrier_for(channel: str) -> Carrier:
    """Return the carrier for a channel, as `MESSAGE_CARRIERS` says (for example {"SMS": "notify", "EMAIL": "smtp"})."""
    return _carrier(settings.MESSAGE_CARRIERS[channel])


def forget_carriers() -> None:
    """Read the settings again at the next use: for tests."""
    _carrier.cache_clear()
