"""NHS numbers and telephone numbers that belong to nobody.

NHS numbers 999 200 0000 to 999 999 9999 are never issued; those that stand in made-up registers and laboratory files
(reference/numbers_of_registers.txt) are passed over too, so that such a file can be imported beside the demonstration.
They are dealt out of order, as a hospital's are. Mobiles are Ofcom's for drama, 07700 900000 to 900999.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

FIRST = 200_000
LAST = 999_999
COUNT = LAST - FIRST + 1
STEP = 494_371  # shares no factor with COUNT, so that every number comes once before any comes again
HOSPITAL_PREFIX = "D"
NO_CHECK_DIGIT = 10


@cache
def kept_free() -> frozenset[int]:
    """Return the numbers (without 999 and check digit) that made-up registers use."""
    path = Path(__file__).parent / "reference" / "numbers_of_registers.txt"
    return frozenset(int(number) for number in path.read_text().split())


def check_digit(first_nine: int) -> int:
    """Return the Modulus 11 check digit; 10 means that no number begins so."""
    total, rest = 0, first_nine
    for weight in range(2, 11):
        rest, digit = divmod(rest, 10)
        total += weight * digit
    return -total % 11


def nhs_number(place: int) -> str | None:
    """Return the NHS number at this place of the order in which they are dealt; None where there is none."""
    serial = FIRST + place * STEP % COUNT
    digit = check_digit(999_000_000 + serial)
    return None if digit == NO_CHECK_DIGIT or serial in kept_free() else f"999{serial:06d}{digit}"


def nhs_numbers(first_place: int = 0) -> Iterator[tuple[int, str]]:
    """Return the numbers from a place on, each with its place, until they run out."""
    for place in range(first_place, COUNT):
        number = nhs_number(place)
        if number is not None:
            yield place, number


def hospital_number(place: int) -> str:
    """Return the hospital number of the patient at this place; no register's begins so."""
    return f"{HOSPITAL_PREFIX}{place:07d}"


def mobile(place: int) -> str:
    """Return a mobile number for drama. There are a thousand; a larger hospital shares them."""
    return f"+447700900{place * 7 % 1000:03d}"


def landline(place: int) -> str:
    """Return a landline number for drama."""
    return f"+441632960{place * 13 % 1000:03d}"
