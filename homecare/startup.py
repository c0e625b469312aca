"""What must be so before a hospital's patients are served; without it the service refuses to start.

`manage.py` asks as a system check; the web server, the worker and beat ask when they start (`refuse_unless_safe`).
Nothing here is asked of the demonstration (DEMO=1), but that all it does will be on record.
"""

from collections.abc import Sequence

import redis
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

ADVICE = " (or DEMO=1 for a demonstration with made-up people)"


def must_be_set() -> list[str]:
    """Return a sentence for each thing that keeps this deployment from starting."""
    if settings.DEMO:
        return []
    refused: list[tuple[bool, str]] = [
        (len(_secret_key()) < 32, f"SECRET_KEY is not set, or short: set a random one of 50 characters{ADVICE}."),
        (settings.DEBUG, "DEBUG is on: it shows patients' data on error pages. Unset DEBUG."),
        (not settings.ALLOWED_HOSTS, f"ALLOWED_HOSTS is not set: name the host names you serve{ADVICE}."),
        ("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS allows every host name: name those you serve."),
        (not settings.ORGANISATION_NAME, "ORGANISATION_NAME is not set: patients must know who writes to them."),
    ]
    return [sentence for wrong, sentence in refused if wrong]


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own words for an empty one
        return ""


def redis_policy(url: str) -> str | None:
    """Return Redis' eviction policy, or nothing if it cannot be reached."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as connection:
            return str(connection.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError:
        return None


def check_redis() -> list[checks.CheckMessage]:
    """Refuse a Redis that may throw messages away; warn of one that does not answer."""
    if settings.DEMO:
        return []
    policy = redis_policy(settings.REDIS_URL)
    if policy is None:
        words = "Redis cannot be reached. The web works without it; messages wait until it is back."
        return [checks.Warning(words, id="homecare.W001")]
    if policy != "noeviction":
        words = f"Redis may throw messages away (maxmemory-policy {policy}). Set maxmemory-policy noeviction."
        return [checks.Error(words, id="homecare.E002")]
    return []


def check_settings(app_configs: Sequence[AppConfig] | None, **_options: object) -> list[checks.CheckMessage]:
    """Return all of it as a system check."""
    return [checks.Error(sentence, id="homecare.E001") for sentence in must_be_set()] + check_redis()


def refuse_unless_safe() -> None:
    """Raise ImproperlyConfigured, with all sentences, unless this process may serve."""
    from homecare.audit.checks import refusals  # needs the apps

    refused = must_be_set() or [str(found.msg) for found in check_redis() if found.level >= checks.ERROR]
    if not settings.RUNS_AS_OWNER:
        refused = refused or refusals()
    if refused:
        raise ImproperlyConfigured(" ".join(refused))


checks.register(check_settings, "homecare")
