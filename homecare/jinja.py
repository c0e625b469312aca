"""The Jinja environment: NHS England's macros beside our own templates."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader


def environment(**options: Any) -> Environment:
    """Make the environment that Django's Jinja backend asks for."""
    options["undefined"] = ChainableUndefined  # the NHS.UK macros look into parameters that are not given
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    made = Environment(**options)  # noqa: S701 - Django passes autoescape=True
    made.globals.update(static=static, url=reverse)
    return made
