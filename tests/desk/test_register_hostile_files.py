"""Hostile files: each refused with one clear sentence, in under ten seconds and 300 MB (assurance goal S6).

Each is read by a process of its own, whose peak memory the kernel reports (VmHWM: `ru_maxrss` would count what the
test's own process held when it started the other). Seconds are the processor's, so that a busy machine does not count.
"""

import io
import json
import re
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desk.registers import DATA, PLAIN, csv_of

SECONDS = 10  # of the processor: what else this machine does is not the file's fault
MEGABYTES = 300

_READ = """
import json, sys, time
from pathlib import Path
from homecare.core.errors import Refused
from homecare.desk.register.reader import open_path
from homecare.desk.register.table import find_table
import datetime as dt
began, words, rows = time.process_time(), None, 0
try:
    with open_path(Path(sys.argv[1])) as source:
        table = find_table(source)
        columns = table.columns(as_at=dt.date(2026, 11, 2))
        rows = sum(1 for _ in table.rows(columns))
except Refused as refusal:
    words = refusal.message
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024
print(json.dumps({"words": words, "rows": rows, "seconds": time.process_time() - began, "megabytes": peak}))
"""


def read_apart(path: Path) -> dict[str, object]:
    """Read a file in a process of its own and return what it said, and what it took."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


SHEET = "xl/worksheets/sheet1.xml"
HEADINGS = list(PLAIN)
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _cells(values: list[str]) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)


def _sheet(rows: str = "", before: str = "") -> bytes:
    body = f"<row>{_cells(HEADINGS)}</row><row>{_cells(list(PLAIN.values()))}</row>{rows}"
    return f"{before}<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>".encode()


def _workbook(sheet: bytes | Iterator[bytes], *, more: dict[str, bytes] | None = None, pack: int = 8) -> bytes:
    """Return a workbook with this sheet, which may be given piece by piece, and more parts."""
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{links}"><sheets><sheet name="R" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>".encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
        b"</Relationships>",
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack, compresslevel=1) as container:
        for name, content in parts.items():
            container.writestr(name, content)
        with container.open(SHEET, "w", force_zip64=False) as part:
            for piece in [sheet] if isinstance(sheet, bytes) else sheet:
                part.write(piece)
    return out.getvalue()


def _zeros(megabytes: int) -> Iterator[bytes]:
    yield _sheet()[:-1]
    piece = b" " * (1024 * 1024)
    for _ in range(megabytes):
        yield piece
    yield b">"


def _lying_about_size() -> bytes:
    """A sheet of 500 MB that says it has 1,000 bytes."""
    content = bytearray(_workbook(_zeros(500)))
    at = content.rfind(SHEET.encode()) - 46
    content[at + 24 : at + 28] = struct.pack("<L", 1_000)
    return bytes(content)


def _claiming_4_gb() -> bytes:
    content = bytearray(_workbook(_sheet()))
    at = content.rfind(SHEET.encode()) - 46
    content[at + 24 : at + 28] = struct.pack("<L", 0xFFFFFFF0)
    return bytes(content)


def _overlapping() -> bytes:
    """Hundreds of parts that are all the same bytes."""
    content = _workbook(_sheet())
    end = content.rfind(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", content, end + 10)
    directory = content[offset : offset + size]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    copies = b"".join(last.replace(SHEET.encode(), SHEET.replace("1", str(n)).encode()) for n in range(2, 10))
    new_end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count + 8, count + 8, size + len(copies), offset, 0)
    return content[:offset] + directory + copies + new_end


def _with_part(name: str, *, link: bool = False) -> bytes:
    out = io.BytesIO(_workbook(_sheet()))
    with zipfile.ZipFile(out, "a") as container:
        entry = zipfile.ZipInfo(name)
        if link:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        container.writestr(entry, "/etc/passwd")
    return out.getvalue()


def _many_parts() -> bytes:
    out = io.BytesIO(_workbook(_sheet()))
    with zipfile.ZipFile(out, "a") as container:
        for n in range(40_000):
            container.writestr(f"x/{n:060}", b"")
    return out.getvalue()


def _nested() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as container:
        for n in range(4):
            container.writestr(f"{n}.zip", b"\0" * (120 * 1024 * 1024))
    return _workbook(
        _sheet(), more={f"xl/{n}.bin": b"\0" * (110 * 1024 * 1024) for n in range(4)} | {"i.zip": inner.getvalue()}
    )


def _encrypted() -> bytes:
    content = bytearray(_workbook(_sheet()))
    at = content.rfind(SHEET.encode()) - 46
    content[at + 8] |= 1
    return bytes(content)


_LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def _million_columns() -> bytes:
    return _workbook(_sheet(f"<row>{'<c><v>1</v></c>' * 1_000_000}</row>"))


def _cell_at(reference: str) -> bytes:
    return _workbook(_sheet(f'<row r="9"><c r="{reference}"><v>1</v></c></row>'))


def _many_rows() -> bytes:
    row = f"<row>{_cells(['M1'])}</row>".encode()
    return _workbook(iter([_sheet()[: -len("</sheetData></worksheet>")], row * 250_000, b"</sheetData></worksheet>"]))


def _shared(strings: bytes) -> bytes:
    return _workbook(_sheet('<row><c t="s"><v>0</v></c></row>'), more={"xl/sharedStrings.xml": strings})


LINE = csv_of(PLAIN)
WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (lambda: _workbook(_zeros(600)), "unpacks to more than 400 MB"),
    "a zip bomb that lies": (_lying_about_size, "damaged, or is not an Excel workbook"),
    "a sheet that claims 4 GB": (_claiming_4_gb, "unpacks to more than 400 MB"),
    "bombs within": (_nested, "unpacks to more than 400 MB"),
    "parts on top of each other": (_overlapping, "lie on top of each other|damaged"),
    "a part above the folder": (lambda: _with_part("../../etc/cron.d/x"), "points outside"),
    "a part with an absolute name": (lambda: _with_part("/etc/passwd"), "points outside"),
    "a part on a drive": (lambda: _with_part("C:\\x"), "points outside"),
    "a link": (lambda: _with_part("xl/media/x", link=True), "is a link"),
    "forty thousand parts": (_many_parts, "far more parts"),
    "a password": (_encrypted, "password"),
    "billion laughs": (lambda: _workbook(_sheet("<row><c><v>&j;</v></c></row>", f"{_LAUGHS}]>")), "XML entities"),
    "an external entity": (
        lambda: _workbook(_sheet(before='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')),
        "XML entities",
    ),
    "laughs in the shared texts": (lambda: _shared(f"{_LAUGHS}]><sst><si><t>&j;</t></si></sst>".encode()), "entities"),
    "a million columns": (_million_columns, "more than 200 columns"),
    "a cell far to the right": (lambda: _cell_at("XFD9"), "more than 200 columns"),
    "a column that is none": (lambda: _cell_at("ZZZZZZZZZ9"), "more than 200 columns"),
    "too many rows": (_many_rows, "more than 200,000 rows"),
    "a row number beyond the sheet": (
        lambda: _workbook(_sheet('<row r="999999999"><c><v>1</v></c></row>')),
        "more than 200,000 rows",
    ),
    "padding": (lambda: _workbook(_sheet("<x/>" * 3_000_000)), "mostly padding"),
    "endless nesting": (lambda: _workbook(_sheet("<g>" * 400_000)), "nest too deeply"),
    "an endless tag": (lambda: _workbook(_sheet(f'<row x="{"y" * 9_000_000}"/>')), "endless tag"),
    "an endless cell": (lambda: _workbook(_sheet(f"<row>{_cells(['y' * 90_000_000])}</row>")), "10,000 characters"),
    "a note that is too long": (lambda: _workbook(_sheet(f"<row>{_cells(['y' * 10_001])}</row>")), "10,000 characters"),
    "endless shared texts": (
        lambda: _shared(b"<sst>" + b"<si><t>abcdefgh</t></si>" * 4_000_000 + b"</sst>"),
        "more texts than",
    ),
    "a text that is not there": (lambda: _workbook(_sheet('<row><c t="s"><v>7</v></c></row>')), "does not hold"),
    "damaged XML": (lambda: _workbook(_sheet("<row><c></row>")), "damaged"),
    "half a workbook": (lambda: (DATA / "register.xlsx").read_bytes()[:300_000], "damaged"),
    "a spoilt workbook": (
        lambda: (
            (b := bytearray((DATA / "register.xlsx").read_bytes())) and bytes(b[:90_000] + bytes(5_000) + b[95_000:])
        ),
        "damaged",
    ),
    "a zip that is no workbook": (lambda: _zip({"a.txt": b"x"}), "not an Excel workbook"),
    "a workbook without sheets": (lambda: _zip({"xl/workbook.xml": b"<workbook/>"}), "no sheet"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), "old format"),
}
TEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is empty"),
    "more than 50 MB": (lambda: LINE * 500_000, "larger than 50 MB"),
    "one line of 49 MB": (lambda: LINE + b"x" * (49 * 1024 * 1024), "does not end"),
    "one line of commas": (lambda: LINE + b"," * 1_000_000, "does not end"),
    "too many columns": (lambda: LINE + b"," * 400_000, "more than 200 columns"),
    "a quotation mark never closed": (lambda: LINE + b'"' + b"x\n" * 1_000_000, "does not end"),
    "a quotation mark never closed, shortly": (lambda: LINE + b'M2,"999', "Line 3 cannot be read"),
    "too many rows": (lambda: LINE + b"M1,,\n" * 400_000, "more than 200,000 rows"),
    "NUL": (lambda: LINE + b"M2,\0", "not a text file"),
    "UTF-16": (lambda: LINE.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (lambda: LINE.decode().encode("utf-16-le"), "not a text file"),
    "UTF-32": (lambda: LINE.decode().encode("utf-32"), "UTF-16"),
    "EBCDIC": (lambda: (LINE * 50).decode().encode("cp500"), "not a text file|encoding"),
    "Shift-JIS": (lambda: LINE + ("日本語の名前," * 300).encode("shift-jis"), "encoding"),
    "two encodings": (lambda: LINE + "José,".encode() + "José".encode("cp1252"), "mixes two encodings"),
    "a mark and then no UTF-8": (lambda: b"\xef\xbb\xbf" + LINE + "José".encode("cp1252"), "mixes two encodings"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "not a text file"),
    "a picture that is a workbook too": (lambda: b"GIF89a" + (DATA / "register.xlsx").read_bytes(), "not a text file"),
    "a page": (lambda: b"<html><script>alert(1)</script></html>", "No row of headings"),
    "a cell that is too long": (lambda: csv_of({**PLAIN, "Notes": "x" * 10_001}), "10,000 characters"),
}


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [pytest.param(*made, id=name) for name, made in [*WORKBOOKS.items(), *TEXTS.items()]],
)
def test_a_hostile_file_is_refused_soon_and_cheaply(
    make: Callable[[], bytes], words: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(make())
    found = read_apart(path)
    path.unlink()
    assert found["words"] is not None, f"it was read: {found['rows']} rows"
    assert re.search(words, str(found["words"])), found["words"]
    assert float(str(found["seconds"])) < SECONDS
    assert float(str(found["megabytes"])) < MEGABYTES


def test_a_sheet_formatted_down_to_its_last_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(_workbook(_sheet("".join(f'<row r="{n}" s="1"/>' for n in range(3, 1_048_577)))))
    found = read_apart(path)
    assert (found["words"], found["rows"]) == (None, 1)


def test_the_hospitals_workbook_is_read_within_the_same_bounds() -> None:
    found = read_apart(DATA / "register.xlsx")
    assert (found["words"], found["rows"]) == (None, 3327)
    assert float(str(found["megabytes"])) < MEGABYTES
