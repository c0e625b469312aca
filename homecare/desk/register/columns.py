"""Which column is which field: by what its heading says and by what its cells hold, or as somebody mapped it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from homecare.desk.register import dates, values
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.fields import BY_NAME, FIELDS, REQUIRED, Field, Kind
from homecare.desk.register.sheet_cells import Cell

_WORDS: Final = re.compile(r"[a-z]+|\d+")
_SAME_WORD: Final = {
    "no": "number", "nos": "number", "num": "number", "nr": "number", "hosp": "hospital", "rx": "prescription",
    "script": "prescription", "scripts": "prescription", "prescriptions": "prescription", "wks": "weeks",
    "wk": "weeks", "week": "weeks", "dt": "date", "tel": "telephone", "telno": "telephone", "mob": "mobile",
    "co": "company", "del": "delivery", "delivs": "deliveries", "dels": "deliveries", "deliver": "delivery",
    "reg": "registered", "blood": "bloods", "qty": "number", "medicines": "medicine", "drugs": "drug",
    "cons": "consultant",
    "forname": "forename", "fname": "forename", "sname": "surname", "lastname": "surname", "firstname": "forename",
    "nhsno": "nhs", "postal": "post", "organization": "organisation",
}  # fmt: skip
_NOISE: Final = frozenset({"patient", "patients", "pt", "pts", "s", "the", "of", "for", "in", "per", "on", "to", "a", "current"})  # fmt: skip  # noqa: E501
_SPLIT: Final = {"dob": ("birth", "date"), "dofb": ("birth", "date"), "mrn": ("mrn",)}
_SOMEBODY_ELSE: Final = frozenset({"kin", "nok", "carer", "nurse", "representative", "emergency", "previous", "old", "former", "invoice"})  # fmt: skip  # noqa: E501

EXACT: Final = 100.0
_EXACTLY: Final = 95.0
_WORTH_TAKING: Final = 45.0
_WORTH_BY_CONTENT: Final = 0.8


@dataclass(frozen=True, slots=True)
class Names:
    """Spellings by which columns of medicines and providers are known when their headings say nothing."""

    medicines: Collection[str] = ()
    providers: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of a sheet and the position of each field that has a column."""

    headings: tuple[str, ...]
    positions: Mapping[str, int]

    def heading_of(self, field: str) -> str:
        """Return the heading over a field's column, or nothing."""
        position = self.positions.get(field)
        return "" if position is None else self.headings[position]

    def as_mapping(self) -> dict[str, str]:
        """Return the mapping as a file for `--columns` holds it: field to heading."""
        return {field: self.headings[position] for field, position in self.positions.items()}


@cache
def heading_words(heading: str) -> tuple[str, ...]:
    """Return a heading's words in one spelling: "Hosp. No" and "Hospital Number" are the same."""
    words: list[str] = []
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).lower()
    for word in _WORDS.findall(spaced.replace("e-mail", "email").replace("d.o.b", "dob").replace("nhsno", "nhs no")):
        words += _SPLIT.get(word, (_SAME_WORD.get(word, word),))
    kept = tuple(word for word in words if word not in _NOISE)
    return kept or tuple(words)


def heading_score(heading: str, field: Field) -> float:
    """Return how well a heading names a field, from 0 to 100: exactly, or in part."""
    words = heading_words(heading)
    if not words or _SOMEBODY_ELSE.intersection(words):
        return 0.0
    present = frozenset(words)
    best = 0.0
    for rank, known in enumerate(field.headings):
        phrase = heading_words(known)
        if phrase == words or frozenset(phrase) == present:
            return EXACT - rank * 0.1
        if present.issuperset(phrase):
            best = max(best, 30 + 60 * len(phrase) / len(words))
    return best


def map_columns(headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int | None]:
    """Return the position somebody gave each field (None: it has no column), or refuse names that do not exist."""
    unknown = sorted(set(mapping) - set(BY_NAME))
    if unknown:
        raise FileRefused(f"There is no field called {', '.join(unknown)}. The fields are: {', '.join(BY_NAME)}.")
    places = {_plain(heading): n for n, heading in reversed(list(enumerate(headings)))}
    absent = [heading for heading in mapping.values() if heading and _plain(heading) not in places]
    if absent:
        raise FileRefused(f"The file has no column headed “{absent[0]}”.")
    return {field: places[_plain(heading)] if heading else None for field, heading in mapping.items()}


def require(columns: Columns) -> Columns:
    """Return the columns, or refuse the file because a field without which no row can be judged has none."""
    missing = [field.label for field in REQUIRED if field.name not in columns.positions]
    if missing:
        raise FileRefused(
            f"No column was found for: {', '.join(missing)}. Say which column holds it (match columns on the screen, "
            "or --columns on the command line)."
        )
    return columns


def guess_columns(
    headings: Sequence[str],
    sample: Sequence[Sequence[Cell]],
    *,
    as_at: date,
    names: Names | None = None,
    mapped: Mapping[str, int | None] | None = None,
) -> Columns:
    """Return the likeliest field for each column: what is mapped, then the best pairs first, each used once."""
    mapped = mapped or {}
    judge = _Judge(sample, as_at=as_at, names=names or Names())
    scored = [
        (score, -position, field.name)
        for position, heading in enumerate(headings)
        for field in FIELDS
        if (score := judge.score(heading, position, field)) >= _WORTH_TAKING
    ]
    positions = {name: position for name, position in mapped.items() if position is not None}
    for _, negative, name in sorted(scored, reverse=True):
        if name not in positions and name not in mapped and -negative not in positions.values():
            positions[name] = -negative
    ordered = {field.name: positions[field.name] for field in FIELDS if field.name in positions}
    return Columns(tuple(headings), ordered)


def is_heading_row(cells: Sequence[Cell]) -> int:
    """Return how many fields a row's cells name exactly: headings name many, data none."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    return sum(1 for field in FIELDS if any(heading_score(text, field) >= _EXACTLY for text in texts))


class _Judge:
    """Weigh a heading's words against what its column holds."""

    def __init__(self, sample: Sequence[Sequence[Cell]], *, as_at: date, names: Names) -> None:
        self._sample = sample
        self._tests = _content_tests(as_at, names)
        self._shares: dict[tuple[int, Kind], float | None] = {}

    def score(self, heading: str, position: int, field: Field) -> float:
        by_heading = heading_score(heading, field)
        share = self._share(position, field.kind)
        if share is None:
            return by_heading
        if by_heading >= _EXACTLY:
            return by_heading - 10 + 10 * share
        if by_heading:
            return by_heading * (0.5 + 0.5 * share) + (20 * share if field.kind in _TELLING else 0)
        by_content = (
            field.kind in _TELLING
            and share >= _WORTH_BY_CONTENT
            and not _SOMEBODY_ELSE.intersection(heading_words(heading))
        )
        return 50 * share if by_content else 0.0

    def _share(self, position: int, kind: Kind) -> float | None:
        """Return the share of the column's filled cells that look like the kind, or None when that says nothing."""
        key = position, kind
        if key not in self._shares:
            test = self._tests.get(kind)
            cells = [row[position] for row in self._sample if position < len(row) and row[position] not in (None, "")]
            self._shares[key] = sum(map(test, cells)) / len(cells) if test and cells else None
        return self._shares[key]


_TELLING: Final = frozenset({Kind.NHS_NUMBER, Kind.POSTCODE, Kind.MOBILE, Kind.EMAIL, Kind.MEDICINE, Kind.PROVIDER,
                             Kind.BIRTH, Kind.FREQUENCY, Kind.STRENGTH})  # fmt: skip
_FREQUENCY: Final = re.compile(
    r"daily|week|month|every|fortnight|twice|\bod\b|\bbd\b|\btds\b|\bq\d+w\b|days|eow|\d+/52|\d+/7"
)
_STRENGTH: Final = re.compile(
    r"\d\s*(mg|mcg|microgram|micrograms|g|ml|units?|iu|%)\b.*(pen|tab|cap|syr|vial|amp|inj|cart|sachet)"
)
_BIRTH_AGE_DAYS: Final = 30 * 365


def _content_tests(as_at: date, names: Names) -> dict[Kind, Callable[[Cell], bool]]:
    medicines, providers = frozenset(names.medicines), frozenset(names.providers)

    def known(spellings: frozenset[str]) -> Callable[[Cell], bool]:
        return lambda cell: values.lookup_key(values.written(cell)) in spellings

    def born(cell: Cell) -> bool:
        day = dates.read_birth(cell, as_at=as_at)
        return day is not None and (as_at - day).days > _BIRTH_AGE_DAYS

    tests: dict[Kind, Callable[[Cell], bool]] = {
        Kind.NHS_NUMBER: lambda cell: values.read_nhs_number(values.written(cell)) is not None,
        Kind.POSTCODE: lambda cell: values.read_postcode(values.written(cell)) is not None,
        Kind.MOBILE: lambda cell: values.read_mobile(values.written(cell)) is not None,
        Kind.EMAIL: lambda cell: values.read_email(cell) is not None,
        Kind.SEX: lambda cell: values.read_sex(cell) is not None,
        Kind.CONTACT_BY: lambda cell: values.read_contact_by(cell) is not None,
        Kind.STATUS: lambda cell: values.read_status(cell) is not None,
        Kind.CONSENT: lambda cell: (
            values.read_consent(cell) is not values.ConsentGiven.MISSING or _is_date(cell, as_at)
        ),
        Kind.WHOLE: lambda cell: values.read_whole(cell) is not None,
        Kind.DATE: lambda cell: _is_date(cell, as_at),
        Kind.BIRTH: born,
        Kind.NAME: lambda cell: isinstance(cell, str) and not any(map(str.isdigit, cell)),
        Kind.HOSPITAL_NUMBER: lambda cell: _is_hospital_number(values.tidy(cell)),
        Kind.FREQUENCY: lambda cell: _FREQUENCY.search(values.written(cell).lower()) is not None,
        Kind.STRENGTH: lambda cell: _STRENGTH.search(values.written(cell).lower()) is not None,
    }
    if medicines:
        tests[Kind.MEDICINE] = known(medicines)
    if providers:
        tests[Kind.PROVIDER] = known(providers)
    return tests


def _is_date(cell: Cell, as_at: date) -> bool:
    return dates.read_date(cell, as_at=as_at) is not None


def _is_hospital_number(text: str) -> bool:
    return 4 <= len(text) <= 20 and any(map(str.isdigit, text)) and " " not in text and "/" not in text


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()
