"""Every address is listed, with whether it is open to those who have not signed in: none appears unnoticed.

The list is urls.txt beside this file. Write it anew by running this test with UPDATE_URLS=1 in the environment,
and look at what changed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny

LIST = Path(__file__).with_name("urls.txt")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Return a line for each address: the route, who may come, and the view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            view = pattern.callback
            kind = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
            yield f"{route:<80} {who(view, kind):<10} {kind.__module__}.{kind.__qualname__}"


def who(view: Any, kind: Any) -> str:
    """Say who may come: those signed in, those with a token, or everybody."""
    if getattr(view, "login_required", True):
        return "signed-in"
    return "token" if set(getattr(kind, "permission_classes", ())) - {AllowAny} else "open"


def test_every_address_is_listed() -> None:
    found = "\n".join(sorted(addresses(get_resolver().url_patterns))) + "\n"
    if os.environ.get("UPDATE_URLS"):
        LIST.write_text(found)
    assert found == LIST.read_text(), (
        "An address is new, gone, or open to others: see the words at the top of this file"
    )
