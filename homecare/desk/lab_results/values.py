"""What a laboratory reported: its own words for ever, and a number only where it is plainly one."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,12}(?:\.[0-9]{1,8})?")
_COMPARED: Final = re.compile(r"(<=|>=|≤|≥|<|>)\s*[0-9]{1,12}(?:\.[0-9]{1,8})?")
_SAME: Final = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class LabValue:
    """A reported value. `number` is None for anything but a plain number: "<0.2" is no 0.2."""

    text: str
    number: Decimal | None = None
    comparator: str = ""


def read_lab_value(text: str) -> LabValue:
    """Return a value as reported, with its number if it is one and its comparator if it has one."""
    bare = text.strip()
    if _NUMBER.fullmatch(bare):
        return LabValue(text, Decimal(bare))
    if match := _COMPARED.fullmatch(bare):
        return LabValue(text, None, _SAME.get(match.group(1), match.group(1)))
    return LabValue(text)
