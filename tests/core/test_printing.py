"""What is printed is data: nothing in it is obeyed, and everybody can read the paper."""

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from homecare.core.printing import TEMPLATES, PrintingFailed, PrintStyle, clean, typst_pdf

NOON = dt.datetime(2026, 7, 2, 11, tzinfo=dt.UTC)  # noon in London
HOSTILE = [
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.2.0"',
    "#panic()",
    "$ x^2 $ #{ while true {} }",
    "\\ \\u{41} *bold* _it_ `raw` <label> @ref",
    "= heading\n- list\n+ list\n/ term: x",
    "// comment /* block",
    '"); #read("nhs.typ',
    "]#sys.inputs[",
]


def printed(**values: object) -> bytes:
    """Print the plainest document."""
    style = values.pop("style", PrintStyle.STANDARD)
    return typst_pdf("plain", values, title="A letter", printed_by="Dilys Technician", at=NOON, style=style)


def words(pdf: bytes) -> str:
    """Return the words of a PDF as a reader of the paper meets them."""
    command = reader("txtwrite", "3")
    read = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", read.stdout.decode())


def reader(device: str, text_format: str) -> list[str]:
    """Return the command that reads a PDF given to it; skip the test where there is none."""
    if shutil.which("gs") is None:
        pytest.skip("There is no Ghostscript to read the PDF with.")
    return [
        "gs",
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-dSAFER",
        f"-sDEVICE={device}",
        f"-dTextFormat={text_format}",
        "-sOutputFile=-",
        "-",
    ]


def test_it_is_an_accessible_pdf() -> None:
    pdf = printed(paragraphs=["Good morning."], facts=[["Name", "O'BRIEN"]], head=["A"], rows=[["1"]])
    assert pdf.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"A letter" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"en-GB" in pdf


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_and_not_obeyed(name: str) -> None:
    pdf = printed(paragraphs=[name], facts=[[name, name]], points=[name], head=[name], rows=[[name]])
    assert b"root:x" not in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_to_the_letter(name: str) -> None:
    assert words(printed(paragraphs=[name])).count(re.sub(r"\s+", " ", name)) == 1


def test_a_hostile_title_and_printer_are_printed() -> None:
    pdf = typst_pdf("plain", {}, title='#read("x")', printed_by="#panic()", at=NOON)
    assert "Printed by #panic() on 2 July 2026 at 12:00" in words(pdf)


def test_it_says_who_printed_it_and_when_and_which_page() -> None:
    said = words(printed(paragraphs=["Good morning."]))
    assert "Printed by Dilys Technician on 2 July 2026 at 12:00" in said
    assert "Page 1 of 1" in said


@pytest.mark.parametrize("style", PrintStyle)
def test_every_style_prints(style: PrintStyle) -> None:
    pdf = printed(paragraphs=["Good morning. " * 200], facts=[["Name", ""]], style=style)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_nothing_in_large_print_is_smaller_than_18_point() -> None:
    pdf = printed(paragraphs=["Good morning."], facts=[["Name", "O'Brien"]], style=PrintStyle.LARGE_PRINT)
    read = subprocess.run(reader("txtwrite", "0"), input=pdf, capture_output=True, check=True)
    sizes = [float(size) for size in re.findall(r'size="([\d.]+)"', read.stdout.decode())]
    assert sizes
    assert min(sizes) >= 18


def test_the_same_values_make_the_same_file() -> None:
    assert printed(paragraphs=["x"]) == printed(paragraphs=["x"])


def test_what_no_font_has_is_still_printed() -> None:
    assert printed(paragraphs=["name \U000130cb"]).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a\x00b", "ab"),
        ("a\u202eb", "ab"),
        ("a\ufeffb\ufffe", "ab"),
        ("Zoë\nO’Brien", "Zoë\nO’Brien"),
        ({"k": ["\x07x", 1, None, True]}, {"k": ["x", 1, None, True]}),
        (("\x1b[31m",), ["[31m"]),
    ],
)
def test_what_nobody_sees_is_left_out(given: object, said: object) -> None:
    assert clean(given) == said


@pytest.mark.parametrize("name", ["../layouts/page", "nothing", "/etc/passwd", "plain.typ", "", "Plain"])
def test_only_templates_print(name: str) -> None:
    with pytest.raises(PrintingFailed):
        typst_pdf(name, {}, title="x", printed_by="y", at=NOON)


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "print").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    for name, path in (("up", "../secret.txt"), ("absolute", str(tmp_path / "secret.txt"))):
        (tmp_path / "print" / f"{name}.typ").write_text(f'#set document(title: "x")\n#read("{path}")')
    monkeypatch.setattr("homecare.core.printing.TEMPLATES", tmp_path / "print")
    for name in ("up", "absolute"):
        with pytest.raises(PrintingFailed):
            typst_pdf(name, {}, title="x", printed_by="y", at=NOON)


def test_a_failure_says_nothing_of_the_patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.typ").write_text("#panic(sys.inputs.given)")
    monkeypatch.setattr("homecare.core.printing.TEMPLATES", tmp_path)
    with pytest.raises(PrintingFailed) as failure:
        typst_pdf("bad", {"name": "O'Brien"}, title="x", printed_by="y", at=NOON)
    assert "O'Brien" not in str(failure.value)
    assert failure.value.__suppress_context__


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.typ")), ids=lambda path: path.stem)
def test_no_template_evaluates_reads_or_fetches(template: Path) -> None:
    source = re.sub(r"//.*", "", template.read_text(encoding="utf-8"))
    assert re.findall(r"\beval\s*\(|\bread\s*\(|\bplugin\s*\(|mode:|[\"']@", source) == []
