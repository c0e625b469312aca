"""What a laboratory reported: its own words for ever, and a number only where it is plainly one."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# as many digits as a result holds; a longer number stays text rather than be rounded
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,8}(?:\.[0-9]{1,4})?")
_COMPARED: Final = re.compile(r"(<=|>=|≤|≥|<|>)\s*[0-9]{1,12}(?:\.[0-9]{1,8})?")
_SAME: Final = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class LabValue:
    """A reported value. `number` is None for anything but a plain number: "<0.2" is no 0.2."""

    text: str
    number: Decimal | None = None
    comparator: str = ""


_RANGE: Final = re.compile(r"\(?\s*([0-9]{1,8}(?:\.[0-9]{1,4})?)\s*(?:-|–|to)\s*([0-9]{1,8}(?:\.[0-9]{1,4})?)\s*\)?")
_BELOW: Final = re.compile(r"\(?\s*(?:<|<=|≤|up to)\s*([0-9]{1,8}(?:\.[0-9]{1,4})?)\s*\)?")
_ABOVE: Final = re.compile(r"\(?\s*(?:>|>=|≥)\s*([0-9]{1,8}(?:\.[0-9]{1,4})?)\s*\)?")


def read_range(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of a reference range ("3.5-5.3", "<40"); None for an end that is not given."""
    if match := _RANGE.fullmatch(text.strip()):
        return Decimal(match.group(1)), Decimal(match.group(2))
    if match := _BELOW.fullmatch(text.strip()):
        return None, Decimal(match.group(1))
    if match := _ABOVE.fullmatch(text.strip()):
        return Decimal(match.group(1)), None
    return None, None


def read_lab_value(text: str) -> LabValue:
    """Return a value as reported, with its number if it is one and its comparator if it has one."""
    bare = text.strip()
    if _NUMBER.fullmatch(bare):
        return LabValue(text, Decimal(bare))
    if match := _COMPARED.fullmatch(bare):
        return LabValue(text, None, _SAME.get(match.group(1), match.group(1)))
    return LabValue(text)
