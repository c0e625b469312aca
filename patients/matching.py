"""Whether two descriptions may be of one person: what agrees, what nearly does, what differs. Plain values only.

A likeness is shown to somebody who decides; nothing is ever merged by it. Source: the product's own design, for the
hazard "wrong patient (similar names)" of the hazard log; what counts as alike is held by the table in
tests/patients/test_matching.py.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

SIMILAR = 0.88  # Jaro-Winkler: Smith and Smyth are alike (0.89), Jones and James are not (0.76)
SHORTEST = 3  # letters; in shorter names one letter is too much of the name
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


class Agreement(StrEnum):
    """What two values of one field have to do with each other."""

    SAME = "SAME"
    CLOSE = "CLOSE"
    DIFFERENT = "DIFFERENT"
    UNKNOWN = "UNKNOWN"


class Likeness(StrEnum):
    """What two people have to do with each other."""

    SAME_NUMBER = "SAME_NUMBER"
    LOOK_ALIKE = "LOOK_ALIKE"
    UNLIKE = "UNLIKE"


@dataclass(frozen=True)
class Identity:
    """What is known of who somebody is. What is not known is empty."""

    nhs_number: str = ""
    hospital_number: str = ""
    family_name: str = ""
    given_name: str = ""
    date_of_birth: dt.date | None = None


@dataclass(frozen=True)
class Compared:
    """How one field agrees, and in words what nearly does."""

    agreement: Agreement
    words: str = ""


@dataclass(frozen=True)
class Comparison:
    """How two people agree, field by field. A higher score is more alike."""

    nhs_number: Compared
    hospital_number: Compared
    family_name: Compared
    given_name: Compared
    date_of_birth: Compared

    @property
    def likeness(self) -> Likeness:
        """Say whether they share a number, look alike, or neither."""
        if Agreement.SAME in (self.nhs_number.agreement, self.hospital_number.agreement):
            return Likeness.SAME_NUMBER
        return Likeness.LOOK_ALIKE if _looks_alike(self) else Likeness.UNLIKE

    @property
    def score(self) -> int:
        """Return how much agrees, for the order in which they are shown."""
        return sum(WEIGHTS[name].get(getattr(self, name).agreement, 0) for name in WEIGHTS)

    @property
    def contradicts(self) -> tuple[str, ...]:
        """Return the fields that differ outright."""
        return tuple(name for name in WEIGHTS if getattr(self, name).agreement is Agreement.DIFFERENT)


A = Agreement
UNKNOWN, SAME, DIFFERENT = Compared(A.UNKNOWN), Compared(A.SAME), Compared(A.DIFFERENT)
WEIGHTS: dict[str, dict[Agreement, int]] = {
    "nhs_number": {A.SAME: 100, A.CLOSE: 40},
    "hospital_number": {A.SAME: 90, A.CLOSE: 20},
    "family_name": {A.SAME: 25, A.CLOSE: 15},
    "given_name": {A.SAME: 15, A.CLOSE: 8},
    "date_of_birth": {A.SAME: 30, A.CLOSE: 15},
}
AGREES = frozenset({A.SAME, A.CLOSE})


def compare(asked: Identity, known: Identity) -> Comparison:
    """Compare two descriptions field by field. Names that stand the other way round are close."""
    family = compare_names(asked.family_name, known.family_name)
    given = compare_names(asked.given_name, known.given_name)
    if DIFFERENT in (family, given) and _are_swapped(asked, known):
        family = given = Compared(A.CLOSE, "the two names stand the other way round")
    return Comparison(
        nhs_number=compare_numbers(asked.nhs_number, known.nhs_number),
        hospital_number=compare_numbers(asked.hospital_number, known.hospital_number),
        family_name=family,
        given_name=given,
        date_of_birth=compare_births(asked.date_of_birth, known.date_of_birth),
    )


def _looks_alike(found: Comparison) -> bool:
    """Say whether somebody should look at the two side by side although they share no number."""
    family, given, born = (found.family_name.agreement, found.given_name.agreement, found.date_of_birth.agreement)
    nhs, hospital = found.nhs_number.agreement, found.hospital_number.agreement
    if born is A.SAME and (family in AGREES or given is A.SAME):  # the last: a surname changes on marriage
        return True
    if born is A.CLOSE and family in AGREES and given in AGREES:
        return True
    if nhs is A.CLOSE:
        return family in AGREES or born in AGREES or (family, born) == (A.UNKNOWN, A.UNKNOWN)
    return hospital is A.CLOSE and family in AGREES and (given in AGREES or born in AGREES)


# -- fields -----------------------------------------------------------------------------------------------------------


def compare_names(one: str, other: str) -> Compared:
    """Compare two names however they are spelt: accents, apostrophes, hyphens and capitals say nothing."""
    first, second = fold(one), fold(other)
    if not first or not second:
        return UNKNOWN
    if first == second:
        return SAME
    if min(len(first), len(second)) == 1:
        return Compared(A.CLOSE, "the initial agrees") if first[0] == second[0] else DIFFERENT
    shared = _words(one) & _words(other)
    if any(len(word) >= SHORTEST for word in shared):
        return Compared(A.CLOSE, "part of the name agrees")
    if min(len(first), len(second)) < SHORTEST:
        return DIFFERENT
    if DamerauLevenshtein.distance(first, second) <= 1 or JaroWinkler.similarity(first, second) >= SIMILAR:
        return Compared(A.CLOSE, "spelt nearly alike")
    return DIFFERENT


def compare_numbers(one: str, other: str) -> Compared:
    """Compare two identifiers however they are typed: spaces, dashes, capitals and leading noughts."""
    first, second = plain_number(one), plain_number(other)
    if not first or not second:
        return UNKNOWN
    if first == second:
        return SAME
    if _without_noughts(first) == _without_noughts(second):
        return Compared(A.CLOSE, "the same but for noughts")
    if DamerauLevenshtein.distance(first, second) == 1:
        swapped = sorted(first) == sorted(second)
        return Compared(A.CLOSE, "two characters change places" if swapped else "one character differs")
    return DIFFERENT


def compare_births(one: dt.date | None, other: dt.date | None) -> Compared:
    """Compare two dates of birth: day and month changed over, or one slip of the finger, is close."""
    if one is None or other is None:
        return UNKNOWN
    if one == other:
        return SAME
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Compared(A.CLOSE, "day and month change places")
    if DamerauLevenshtein.distance(f"{one:%d%m%Y}", f"{other:%d%m%Y}") == 1:
        return Compared(A.CLOSE, "one slip of the finger apart")
    return DIFFERENT


def fold(name: str) -> str:
    """Return the letters of a name alone, small and without accents."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    return "".join(letter for letter in apart if letter.isalnum())


def plain_number(text: str) -> str:
    """Return an identifier without spaces and dashes, in capitals."""
    return re.sub(r"[\s\-./]", "", text).upper()


def _words(name: str) -> set[str]:
    return {fold(word) for word in re.split(r"[\s\-]+", name)}


def _without_noughts(number: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", number)


def _are_swapped(asked: Identity, known: Identity) -> bool:
    crossed = (
        compare_names(asked.family_name, known.given_name).agreement,
        compare_names(asked.given_name, known.family_name).agreement,
    )
    return A.SAME in crossed and set(crossed) <= AGREES


# -- what to look for -------------------------------------------------------------------------------------------------


def near_numbers(number: str) -> list[str]:
    """Return the number and every other one slip away: a digit mistyped, two characters changed over, noughts."""
    plain = plain_number(number)
    if not plain or len(plain) > 20:
        return []
    near = {plain, _without_noughts(plain), *_transposed(plain)}
    for place, character in enumerate(plain):
        if character.isdigit():
            near |= {plain[:place] + digit + plain[place + 1 :] for digit in "0123456789"}
    return sorted(near)


def near_births(born: dt.date) -> list[dt.date]:
    """Return the day and every other that `compare_births` calls the same or close."""
    near = {born}
    if born.day <= 12:
        near.add(dt.date(born.year, born.day, born.month))
    written = f"{born:%d%m%Y}"
    slips = set(_transposed(written))
    for place in range(len(written)):
        slips |= {written[:place] + digit + written[place + 1 :] for digit in "0123456789"}
    return sorted(near | set(_days(slips)))


def _days(written: Iterable[str]) -> Iterator[dt.date]:
    for text in written:
        try:
            day = dt.date(int(text[4:]), int(text[2:4]), int(text[:2]))
        except ValueError:
            continue
        if 1880 <= day.year <= 2150:
            yield day


def _transposed(text: str) -> list[str]:
    return [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(len(text) - 1)]
