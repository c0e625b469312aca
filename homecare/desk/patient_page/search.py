"""Finding a patient by NHS number, hospital number, name or date of birth, alone or together."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper

from homecare.accounts.models import User
from homecare.audit.models import PatientAccess
from patients.models import Patient

MOST = 50
SHORTEST_NAME = 2
_DAY_FIRST = re.compile(r"\b(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WRITTEN = re.compile(r"\b(\d{1,2}) ([a-z]{3,9}) (\d{4})\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Asked:
    """What somebody typed, taken apart."""

    nhs_number: str = ""
    hospital_number: str = ""
    born_on: dt.date | None = None
    family_name: str = ""
    given_name: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing can be looked for."""
        return not (self.nhs_number or self.hospital_number or self.born_on or len(self.family_name) >= SHORTEST_NAME)


def understand(text: str, *, today: dt.date) -> Asked:
    """Take apart what was typed: a date of birth, a number, names ("smith, jo", "jo smith" or "smith")."""
    born_on, rest = _take_date(text, today=today)
    digits = re.sub(r"[\s-]", "", rest)
    if len(digits) == 10 and digits.isascii() and digits.isdigit():
        return Asked(nhs_number=digits, born_on=born_on)
    rest = rest.strip(" ,;")
    if re.search(r"\d", rest):
        return Asked(hospital_number=re.sub(r"\s", "", rest).upper(), born_on=born_on)
    family, given = _names(rest)
    return Asked(born_on=born_on, family_name=family, given_name=given)


def read_day(text: str, *, today: dt.date) -> dt.date | None:
    """Return the day that was typed, day first ("14 3 1961", "14/3/61", "14031961", "14 Mar 1961"), or nothing."""
    written = text.strip()
    if re.fullmatch(r"\d{8}", written):
        written = f"{written[:2]}/{written[2:4]}/{written[4:]}"
    day, rest = _take_date(written, today=today)
    return None if rest.strip() else day


def _names(text: str) -> tuple[str, str]:
    if "," in text:
        family, _, given = text.partition(",")
        return family.strip().upper(), given.strip().upper()
    parts = text.upper().split()
    if len(parts) < 2:
        return "".join(parts), ""
    return " ".join(parts[1:]), parts[0]


def _take_date(text: str, *, today: dt.date) -> tuple[dt.date | None, str]:
    for pattern, order in ((_ISO, (1, 2, 3)), (_DAY_FIRST, (3, 2, 1)), (_WRITTEN, (3, 2, 1))):
        found = pattern.search(text)
        if found is None:
            continue
        year, month, day = (found.group(n) for n in order)
        number = (
            month
            if month.isdigit()
            else str(_MONTHS.index(month[:3].lower()) + 1)
            if month[:3].lower() in _MONTHS
            else "0"
        )
        try:
            born_on = dt.date(_full_year(year, today), int(number), int(day))
        except ValueError:
            continue
        return born_on, text[: found.start()] + " " + text[found.end() :]
    return None, text


def _full_year(year: str, today: dt.date) -> int:
    """Two figures never mean a year to come."""
    if len(year) == 4:
        return int(year)
    return 2000 + int(year) if 2000 + int(year) <= today.year else 1900 + int(year)


def find(user: User, asked: Asked) -> list[Patient]:
    """Return those who match, at most 51 (so that one can say that there are more), by name."""
    if asked.is_empty:
        return []
    rows: Any = Patient.objects.visible_to(user).annotate(family=Upper("family_name"), given=Upper("given_name"))
    if asked.born_on is not None:
        rows = rows.filter(date_of_birth=asked.born_on)
    if asked.nhs_number:
        rows = rows.filter(nhs_number=asked.nhs_number)
    if asked.hospital_number:
        rows = rows.filter(hospital_number=asked.hospital_number)
    if asked.family_name:
        rows = rows.filter(_named(asked.family_name, asked.given_name))
    return list(rows.order_by("family", "given", "pk")[: MOST + 1])


def _named(family: str, given: str) -> Q:
    """Match either order of two names, since people type both."""
    if not given:
        return _begins(family)
    either = _begins(family) & Q(given__startswith=given) | _begins(given) & Q(given__startswith=family)
    return either | Q(family__startswith=f"{given}-{family}") | Q(family__startswith=f"{given} {family}")


def _begins(family: str) -> Q:
    """Match a family name however its apostrophe was typed: O'Brien, O’Brien and OBrien are one name."""
    plain = family.replace("’", "'")
    bare = plain.replace("'", "")
    return Q(family__startswith=plain) | Q(family__startswith=bare) | Q(family__startswith=f"{bare[:1]}'{bare[1:]}")


def lately_seen(user: User, *, limit: int = 15) -> list[Patient]:
    """Return the patients whose pages this user opened last, the last first."""
    entries = PatientAccess.objects.by_user(user.pk).filter(view="patient")[: limit * 4]
    ids = list(dict.fromkeys(pk for entry in entries for pk in entry.patient_ids))[:limit]
    found = Patient.objects.visible_to(user).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
