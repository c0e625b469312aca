"""Reading a dm+d release as a stream: bounded memory whatever the file holds, and nothing but plain records.

Refused at once: document types, entities and external references (defusedxml), a record of more than 256 KiB,
values of the wrong kind, and a file that is not what its name says.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError  # only the types; defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, iterparse

from homecare.core.errors import Refused
from medicines.dmd.specification import FILES, LOOKUP, Field, Kind, Record

RECORD_LIMIT = 256 * 1024
FILE_NAME = re.compile(r"(?P<kind>f_[a-z]+2)_(?P<release>\d{7})\.xml", re.IGNORECASE)
Value = str | bool | None


class DmdRefused(Refused):
    """The release cannot be read, and why."""

    code = "dmd_refused"


def find_release(folder: Path) -> tuple[str, dict[str, Path]]:
    """Return the release's number and its files by kind. A missing, doubled or mixed release is refused."""
    if not folder.is_dir():
        raise DmdRefused(f"{folder} is not a folder. Unpack the release and name the folder with its XML files.")
    found: dict[str, list[tuple[str, Path]]] = {kind: [] for kind in FILES}
    for path in sorted(folder.iterdir()):
        name = FILE_NAME.fullmatch(path.name)
        if name and name["kind"].lower() in found:
            found[name["kind"].lower()].append((name["release"], path))
    wrong = [f"{kind}_*.xml ({len(files)} found)" for kind, files in found.items() if len(files) != 1]
    if wrong:
        raise DmdRefused(f"{folder} does not hold one whole release: {', '.join(wrong)}; one of each is needed.")
    releases = {files[0][0] for files in found.values()}
    if len(releases) > 1:
        raise DmdRefused(f"{folder} mixes releases {', '.join(sorted(releases))}. Use the files of one release.")
    return releases.pop(), {kind: files[0][1] for kind, files in found.items()}


def released_on(release: str) -> dt.date:
    """Return the day in a release's number (a digit, then day, month, year)."""
    try:
        return dt.datetime.strptime(release[1:], "%d%m%y").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise DmdRefused(f"{release} is not a release number: no date can be read from it.") from None


class _Metered:
    """A file that refuses to be read on when one record has grown too large."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream, self.name, self.since_record = stream, name, 0

    def read(self, size: int = -1) -> bytes:
        if self.since_record > RECORD_LIMIT:
            raise DmdRefused(f"{self.name} holds a record of more than {RECORD_LIMIT // 1024} KiB: not a release.")
        chunk = self.stream.read(16 * 1024)
        self.since_record += len(chunk)
        return chunk


def read_records(path: Path, kinds: tuple[Record, ...]) -> Iterator[tuple[Record, list[Value]]]:
    """Yield each record of these kinds in the file with its values, in the order of its fields."""
    wanted = {(kind.section, kind.tag): kind for kind in kinds}
    lookups = LOOKUP in kinds
    record_depth = 1 if kinds[0].at_root else 2
    number = 0
    with path.open("rb") as stream:
        source = _Metered(stream, path.name)
        for depth, parent, element in _finished_elements(source, path.name):
            if depth > record_depth:
                continue
            kind = LOOKUP if lookups and element.tag == LOOKUP.tag else wanted.get((parent.tag, element.tag))
            if kind is not None and depth == record_depth:
                number += 1
                yield kind, _values(kind, element, parent, where=f"{path.name}, record {number}")
            parent.clear()
            source.since_record = 0
    if number == 0:
        raise DmdRefused(f"{path.name} holds no record of the kind its name promises.")


def _finished_elements(source: _Metered, name: str) -> Iterator[tuple[int, Any, Any]]:
    stack: list[Element] = []
    try:
        for event, element in iterparse(source, ("start", "end"), DefusedXMLParser(forbid_dtd=True)):
            if event == "start":
                stack.append(element)
                continue
            stack.pop()
            if stack:
                yield len(stack), stack[-1], element
    except DefusedXmlException as error:
        raise DmdRefused(f"{name} declares a document type or an entity, which no release does: refused.") from error
    except (ParseError, UnicodeDecodeError, LookupError) as error:
        raise DmdRefused(f"{name} is not well-formed XML ({error}). Download the release again.") from error


def _values(kind: Record, element: Element, parent: Element, *, where: str) -> list[Value]:
    if kind is LOOKUP:
        return [parent.tag[:60], *(_value(f, element.findtext(f.tag), where=where) for f in kind.fields[1:])]
    return [_value(f, element.findtext(f.tag), where=where) for f in kind.fields]


def _value(field: Field, text: str | None, *, where: str) -> Value:
    text = (text or "").strip()
    if not text:
        if field.required:
            raise DmdRefused(f"{where}: {field.tag} is missing.")
        return False if field.kind is Kind.FLAG else None
    if len(text) > field.limit or "\x00" in text or not _looks_right(field.kind, text):
        raise DmdRefused(f"{where}: {field.tag} is not what a release holds there: {text[:40]!r}.")
    return text == "1" if field.kind is Kind.FLAG else text


def _looks_right(kind: Kind, text: str) -> bool:
    match kind:
        case Kind.CODE:
            return text.isascii() and text.isdigit()
        case Kind.NUMBER:
            return _is_number(text)
        case Kind.DATE:
            return _is_date(text)
        case Kind.FLAG:
            return text in {"0", "1"}
    return True


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and abs(Decimal(text)) < Decimal(10) ** 10
    except InvalidOperation:
        return False


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
