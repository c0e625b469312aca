"""What each cell says, put in one form: numbers, names, phones, consents; what cannot be read stays as written."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Final

import phonenumbers
from nhs_number import is_valid as is_valid_nhs_number  # type: ignore[attr-defined]

from homecare.desk.register.sheet_cells import Cell


class Sex(StrEnum):
    """Sex as written in the register."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    INDETERMINATE = "INDETERMINATE"
    NOT_KNOWN = "NOT_KNOWN"


class ConsentGiven(StrEnum):
    """What the register says of consent. Everything but GIVEN means that nobody is messaged."""

    GIVEN = "GIVEN"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    MISSING = "MISSING"


class RegisterStatus(StrEnum):
    """The enrolment's state in the register's words."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    STOPPED = "STOPPED"
    DECEASED = "DECEASED"


class ContactBy(StrEnum):
    """How the patient wants to hear from the hospital."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    LETTER = "LETTER"
    NONE = "NONE"


_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_MARKS: Final = _APOSTROPHES | str.maketrans({"®": "", "™": "", "‐": "-", "‑": "-", "–": "-", "—": "-"})
_PARTICLES: Final = frozenset({"van", "der", "den", "de", "la", "le", "von", "ter", "bin", "ibn", "al", "el", "da", "dos", "du", "di"})  # fmt: skip  # noqa: E501
_MANGLED_WHOLE: Final = re.compile(r"(\d+)\.0+")
_NOT_DIGITS: Final = re.compile(r"[\s\-.\u00a0]+")
_UK_MOBILE: Final = re.compile(r"\+447(?:[1-57-9]\d{8}|624\d{6})")
_PLAIN_MOBILE: Final = re.compile(r"0(7[1-57-9]\d{2}) ?(\d{3}) ?(\d{3})")
_PHONE_CHARACTERS: Final = re.compile(r"[\d\s()+.\-/]+")
_EMAIL: Final = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[A-Za-z]{2,}")
_POSTCODE: Final = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[ABD-HJLNP-UW-Z]{2})|(GIR) ?(0AA)")
_WHOLE: Final = re.compile(r"(\d{1,6})(?:\.0+)?(?:\s*[a-z]+\.?)?")

_SEXES: Final = {
    "f": Sex.FEMALE, "female": Sex.FEMALE, "woman": Sex.FEMALE, "2": Sex.FEMALE,
    "m": Sex.MALE, "male": Sex.MALE, "man": Sex.MALE, "1": Sex.MALE,
    "i": Sex.INDETERMINATE, "x": Sex.INDETERMINATE, "indeterminate": Sex.INDETERMINATE, "other": Sex.INDETERMINATE,
    "9": Sex.INDETERMINATE, "": Sex.NOT_KNOWN, "u": Sex.NOT_KNOWN, "unknown": Sex.NOT_KNOWN,
    "not known": Sex.NOT_KNOWN, "0": Sex.NOT_KNOWN, "n/k": Sex.NOT_KNOWN,
}  # fmt: skip
_CONSENTS: Final = {
    **dict.fromkeys(("y", "yes", "true", "1", "given", "signed", "consented", "obtained", "received", "✓", "✔", "ok", "in place"), ConsentGiven.GIVEN),  # noqa: E501
    **dict.fromkeys(("n", "no", "false", "0", "declined", "refused"), ConsentGiven.DECLINED),
    **dict.fromkeys(("withdrawn", "w", "revoked"), ConsentGiven.WITHDRAWN),
}  # fmt: skip
_STATUSES: Final = {
    **dict.fromkeys(("", "active", "current", "live", "on treatment", "ongoing", "open", "y", "yes", "a", "on homecare", "restarted"), RegisterStatus.ACTIVE),  # noqa: E501
    **dict.fromkeys(("on hold", "hold", "suspended", "paused", "pause", "held", "temporarily stopped", "temp stopped", "h"), RegisterStatus.SUSPENDED),  # noqa: E501
    **dict.fromkeys(("stopped", "stop", "discontinued", "ended", "ceased", "closed", "finished", "completed", "inactive", "withdrawn", "transferred", "transferred out", "left", "off treatment", "s", "n", "no"), RegisterStatus.STOPPED),  # noqa: E501
    **dict.fromkeys(("deceased", "died", "dead", "rip", "d", "death", "rip'd", "patient deceased", "passed away"), RegisterStatus.DECEASED),  # noqa: E501
}  # fmt: skip
_DEATH_WORDS: Final = re.compile(r"\b(rip|deceased|died|dead|death|passed away)\b")
_CONTACTS: Final = {
    **dict.fromkeys(("sms", "text", "txt", "mobile", "text message"), ContactBy.SMS),
    **dict.fromkeys(("email", "e-mail", "e mail", "mail (electronic)"), ContactBy.EMAIL),
    **dict.fromkeys(("phone", "tel", "telephone", "call", "landline", "voice", "phone call"), ContactBy.PHONE),
    **dict.fromkeys(("letter", "post", "mail", "postal"), ContactBy.LETTER),
    **dict.fromkeys(("none", "no contact", "do not contact"), ContactBy.NONE),
}  # fmt: skip


def written(cell: Cell) -> str:
    """Return a cell as a person would read it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return str(cell) if isinstance(cell, int | float) else f"{cell:%d/%m/%Y}"


def tidy(cell: Cell) -> str:
    """Return the text with its spaces made single; nothing else is changed."""
    text = cell if isinstance(cell, str) else written(cell)
    return " ".join(text.split())


@lru_cache(maxsize=50_000)
def tidy_name(text: str) -> str:
    """Return a name fit to show: EVANS becomes Evans, O'BRIEN O'Brien; a name in mixed case stays as it is."""
    name = " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())
    if name != name.upper() and name != name.lower():
        return name
    return " ".join(_capitalised(word, first=n == 0) for n, word in enumerate(name.lower().split(" "))) if name else ""


def _capitalised(word: str, *, first: bool) -> str:
    if word in _PARTICLES and (not first or word in {"van", "von", "der", "den"}):
        return word
    parts = re.split(r"([-'])", word)
    word = "".join(part[:1].upper() + part[1:] if len(part) > 1 or n == 0 else part for n, part in enumerate(parts))
    return "Mc" + word[2].upper() + word[3:] if word.startswith("Mc") and len(word) > 3 else word


@lru_cache(maxsize=100_000)
def read_nhs_number(cell: str) -> str | None:
    """Return the ten digits, or None when they are no NHS number (Modulus 11). Excel's 9991777636.0 is understood."""
    digits = _NOT_DIGITS.sub("", _MANGLED_WHOLE.sub(r"\1", cell.strip()))
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if is_valid_nhs_number(digits) else None


def read_sex(cell: Cell) -> Sex | None:
    """Return the sex, or None when the word is not known."""
    return _SEXES.get(tidy(cell).lower().rstrip("."))


def read_consent(cell: Cell) -> ConsentGiven:
    """Return what is said of consent; anything that is not a plain yes or no is missing."""
    return _CONSENTS.get(tidy(cell).lower().rstrip("."), ConsentGiven.MISSING)


def read_status(cell: Cell) -> RegisterStatus | None:
    """Return the state, or None when the word is not known. A word of death anywhere is heeded."""
    text = tidy(cell).lower().rstrip(".")
    found = _STATUSES.get(text)
    if found is None and _DEATH_WORDS.search(text):
        return RegisterStatus.DECEASED
    return found


def read_contact_by(cell: Cell) -> ContactBy | None:
    """Return the preferred way, or None when the word is not known."""
    return _CONTACTS.get(tidy(cell).lower().rstrip("."))


@lru_cache(maxsize=10_000)
def read_mobile(text: str) -> str | None:
    """Return a mobile that a text message can reach, as +447..., or None: a landline, a part, a remark."""
    if match := _PLAIN_MOBILE.fullmatch(text):
        return "+44" + "".join(match.groups())
    text = " ".join(text.split())
    if not _PHONE_CHARACTERS.fullmatch(text):
        return None
    text = _MANGLED_WHOLE.sub(r"\1", text)
    digits = re.sub(r"\D", "", text)
    if len(digits) == 10 and digits.startswith("7"):
        text = "0" + digits  # Excel took the leading nought for nothing
    try:
        parsed = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    usable = phonenumbers.is_possible_number(parsed) and _UK_MOBILE.fullmatch(number)
    return number if usable else None


def read_email(cell: Cell) -> str | None:
    """Return the address with its domain in small letters, or None when it is none."""
    text = tidy(cell)
    if not _EMAIL.fullmatch(text) or len(text) > 254:
        return None
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


@lru_cache(maxsize=50_000)
def read_postcode(text: str) -> str | None:
    """Return the postcode in capitals with its space, or None when it is none."""
    match = _POSTCODE.fullmatch(" ".join(text.upper().split()).replace(" ", "").strip("."))
    if match is None:
        return None
    outward, inward, *_ = [part for part in match.groups() if part]
    return f"{outward} {inward}"


def read_whole(cell: Cell) -> int | None:
    """Return a whole number ("24", 24.0, "24 weeks"), or None when it is none."""
    if isinstance(cell, int):
        return cell if 0 <= cell < 1_000_000 else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and 0 <= cell < 1_000_000 else None
    match = _WHOLE.fullmatch(tidy(cell).lower())
    return int(match.group(1)) if match else None


@lru_cache(maxsize=10_000)
def lookup_key(text: str) -> str:
    """Return the spelling under which medicines, brands and providers are looked up.

    Small letters, single spaces, no trade marks, plain dashes and apostrophes; nearly right is not right.
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold().split())
