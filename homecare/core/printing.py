"""Letters and forms on paper: Typst makes the PDF, and what is printed is data that can never become markup.

A template is `templates/print/<name>.typ`; it reads its values from `nhs.typ` as `given.values`. They travel as one
JSON text beside the program, so a name such as `#read("/etc/passwd")` is printed and not obeyed. A template reads
files below `templates/print/` only, and uses no package, so nothing is fetched.
"""

import datetime as dt
import json
import logging
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

from homecare.core.clock import LONDON

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "print"
ACCESSIBLE: Literal["ua-1"] = "ua-1"  # PDF/UA-1: tagged, titled, read aloud in order
UNDISPLAYABLE = "could not be displayed"
NAME = re.compile(r"[a-z][a-z0-9_]*")
KEPT_CONTROLS = "\n\t"
logger = logging.getLogger(__name__)


class PrintStyle(StrEnum):
    """How a document is set: for anybody, in large print (18 point), or for easy reading (16 point, short lines)."""

    STANDARD = "STANDARD"
    LARGE_PRINT = "LARGE_PRINT"
    EASY_READ = "EASY_READ"


class PrintingFailed(RuntimeError):  # noqa: N818 — said as people say it
    """A document could not be made. Says which, never what was in it."""


def typst_pdf(
    template_name: str,
    values: Mapping[str, Any],
    *,
    title: str,
    printed_by: str,
    at: dt.datetime,
    style: PrintStyle = PrintStyle.STANDARD,
) -> bytes:
    """Return the document as PDF/UA-1, with page numbers and a line that says who printed it, and when.

    `values` holds what JSON can say (texts, numbers, lists, mappings; dates are words by now). Where no font of this
    machine has a character, the document is made without the claim to PDF/UA rather than not at all.
    """
    local = at.astimezone(LONDON)
    given = {
        "values": values,
        "title": title,
        "organisation": settings.ORGANISATION_NAME,
        "service": settings.SERVICE_NAME,
        "nhs_logo": settings.NHS_LOGO,
        "printed": f"Printed by {printed_by} on {local.day} {local:%B %Y} at {local:%H:%M}",
        "style": str(style),
    }
    text = json.dumps(clean(given), ensure_ascii=False)
    try:
        return _compile(template_name, text, at=at, standard=ACCESSIBLE)
    except typst.TypstError as error:
        if UNDISPLAYABLE not in str(error):
            raise _failure(template_name, error) from None
    logger.warning("printed without PDF/UA: a character is in no font", extra={"template": template_name})
    try:
        return _compile(template_name, text, at=at, standard=None)
    except typst.TypstError as error:
        raise _failure(template_name, error) from None


def _compile(template_name: str, text: str, *, at: dt.datetime, standard: Literal["ua-1"] | None) -> bytes:
    path = TEMPLATES / f"{template_name}.typ"
    if not NAME.fullmatch(template_name) or not path.is_file():
        raise PrintingFailed(f"There is no printed document called {template_name!r}.")
    return typst.compile(
        str(path),
        root=str(TEMPLATES),
        format="pdf",
        sys_inputs={"given": text},
        pdf_standards=standard,
        timestamp=int(at.timestamp()),
    )


def _failure(template_name: str, error: Exception) -> PrintingFailed:
    """Name the template. The words of an error may quote a patient's data, and are not passed on."""
    return PrintingFailed(f"The document {template_name!r} could not be made ({type(error).__name__}).")


def clean(value: Any) -> Any:
    """Return the value without characters that nobody sees: controls, and those that turn the reading order round."""
    if isinstance(value, str):
        return "".join(letter for letter in value if _is_seen(letter))
    if isinstance(value, Mapping):
        return {str(key): clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean(one) for one in value]
    return value


def _is_seen(letter: str) -> bool:
    """Say whether a character is printed: no control, no bidirectional override, no unassigned or half character."""
    if letter in KEPT_CONTROLS:
        return True
    return unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Co"} and letter not in _TURNING


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
