"""Files spoilt at random: each is read or refused in words, and none brings the reader down (assurance goal S6)."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from homecare.desk.register.errors import FileRefused
from homecare.desk.register.exports import to_xlsx
from homecare.desk.register.reader import open_file
from tests.desk.imports import full
from tests.desk.registers import csv_of, rows_of

FILES = 150
ALL_FILES = 2_000
ROWS = [full(Hosp_No=f"M{n}", Surname="D'Souza", Notes='rings, "twice"\nthen waits') for n in range(8)]
CSV = csv_of(*ROWS)
XLSX = to_xlsx(list(ROWS[0]), [list(row.values()) for row in ROWS], title="Register")
Spoil = Callable[[bytearray, random.Random], None]


def _change_bytes(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 3, 30])):
        content[chance.randrange(len(content))] = chance.randrange(256)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _take_out(content: bytearray, chance: random.Random) -> None:
    first = chance.randrange(len(content))
    del content[first : first + chance.randrange(1, 200)]


def _repeat(content: bytearray, chance: random.Random) -> None:
    first = chance.randrange(len(content))
    content[first:first] = content[first : first + chance.randrange(1, 400)] * chance.choice([1, 50])


def _insert(content: bytearray, chance: random.Random) -> None:
    what = chance.choice([b"\0", b'"', b"\r", b"\n", b",", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xe9", b"<", b"&j;", b"PK"])
    at = chance.randrange(len(content))
    content[at:at] = what * chance.choice([1, 1, 7, 500])


SPOILS: list[Spoil] = [_change_bytes, _cut, _take_out, _repeat, _insert]


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for spoil in chance.sample(SPOILS, chance.choice([1, 1, 2])):
        if found:
            spoil(found, chance)
    return bytes(found)


def _with_spoilt_part(chance: random.Random) -> bytes:
    """Return a whole container of which one part is spoilt within."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        names = [name for name in parts.namelist() if name.startswith("xl/")]
        chosen = chance.choice(names)
        for name in parts.namelist():
            content = parts.read(name)
            container.writestr(name, _spoilt(content, chance) if name == chosen else content)
    return out.getvalue()


def _read_or_refuse(seed: int) -> str:
    chance = random.Random(seed)
    make: Callable[[random.Random], bytes] = chance.choice(
        [lambda c: _spoilt(CSV, c), lambda c: _spoilt(XLSX, c), _with_spoilt_part, _with_spoilt_part]
    )
    content = make(chance)
    try:
        rows_of(open_file(io.BytesIO(content)))
    except FileRefused as refusal:
        return refusal.message
    return ""


def _try_all(seeds: range) -> None:
    said = [_read_or_refuse(seed) for seed in seeds]
    assert all(words.endswith(".") and "\n" not in words for words in said if words)
    assert 0.2 < sum(map(bool, said)) / len(said) < 0.95


def test_spoilt_files_are_read_or_refused() -> None:
    _try_all(range(FILES))


@pytest.mark.assure
def test_two_thousand_spoilt_files_are_read_or_refused() -> None:
    _try_all(range(ALL_FILES))
