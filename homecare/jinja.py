"""The Jinja environment: NHS England's own templates and macros, ours beside them, and a few words as filters."""

import datetime as dt
import json
from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup

from homecare import nhsforms
from homecare.core import words
from homecare.core.clock import local_day


def today() -> dt.date:
    """Return today in London."""
    return local_day(timezone.now())


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named page; its values follow, or stand in args= or kwargs= as for `reverse`."""
    if kwargs.keys() <= {"args", "kwargs"} and not args:
        return reverse(name, **kwargs)
    return reverse(name, args=args, kwargs=kwargs)


def day(value: dt.date | None) -> str:
    """Say a date, or a dash."""
    return words.day(value, today=today()) if value else "–"


def distance(value: dt.date | None) -> str:
    """Say how far off a date is."""
    return words.distance(value, today=today()) if value else ""


def at(value: dt.datetime | None) -> str:
    """Say an instant in London's time: "Tue 24 Nov, 14:05"."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{words.day(local.date(), today=today())}, {local:%H:%M}"


def ago(value: dt.datetime | None) -> str:
    """Say how long ago an instant was."""
    return words.ago(value, now=timezone.now()) if value else "never"


def number(value: int | None) -> str:
    """Say a whole number with its thousands apart."""
    return "–" if value is None else f"{value:,}"


def lower_first(text: str) -> str:
    """Begin in lower case, for the middle of a sentence; a name such as "Chief Pharmacist" keeps its capitals."""
    return text if len(text.split()) > 1 and text.split()[1][:1].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Begin in upper case."""
    return text[:1].upper() + text[1:]


def json_script(value: Any) -> Markup:
    """Write a value as JSON that is safe inside a script element of type application/json."""
    return Markup(json.dumps(value).translate(_JSON_ESCAPES))  # noqa: S704


_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def environment(**options: Any) -> Environment:
    """Make the environment that every page is rendered in."""
    options["undefined"] = ChainableUndefined
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    options["trim_blocks"] = options["lstrip_blocks"] = True
    env = Environment(**options)  # noqa: S701  # Django passes autoescape=True
    env.globals.update(static=static, url=url, get_messages=get_messages, today=today, now=timezone.now)
    env.globals.update(field_kind=nhsforms.kind, field_parameters=nhsforms.parameters, error_list=nhsforms.error_list)
    env.filters.update(
        day=day,
        distance=distance,
        at=at,
        ago=ago,
        number=number,
        lower_first=lower_first,
        upper_first=upper_first,
        json_script=json_script,
        birth_day=words.birth_day,
        nhs_number=words.nhs_number,
        count=lambda value, singular, plural="": words.count(value, singular, plural),
    )
    return env
