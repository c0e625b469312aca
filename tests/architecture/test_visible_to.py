"""Whatever a view or the API reads begins with who is asking: `.objects.visible_to(user)`, and nothing else."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, ours

MANAGERS = {"objects", "history", "_base_manager", "_default_manager"}
# What may be read by everybody, and why.
ALLOWED: dict[str, str] = {
    "User.objects.system": "names who acts, shows nobody",
    "ProviderClient.objects": "says who is asking",
    "ApiRequest.objects": "the asker's own earlier requests",
    "PatientAddress.objects": "of the patient of a prescription that was reached through visible_to()",
    "ContactPoint.objects": "of the patient of a prescription that was reached through visible_to()",
    "AccessibleNeed.objects": "of the patient of a prescription that was reached through visible_to()",
}
# Whole files, and why.
EXCUSED: dict[str, str] = {
    "homecare/messaging/stand_in/views.py": "Plays an outside service, in the demonstration only.",
}


def asks_first(path: Path) -> bool:
    """Say whether the file is one whose reads must begin with who is asking."""
    return path.stem in {"views", "api"} or bool({"views", "api"} & set(path.parts))


def unasked(source: str) -> list[str]:
    """Return each read in the source that does not begin with who is asking, with its line."""
    tree = ast.parse(source)
    begun = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and (node.attr == "visible_to" or ast.unparse(node) in ALLOWED)
    } | {node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) in ALLOWED}
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and node not in begun
    ]


FILES = [path for path in ours() if asks_first(path) and str(path.relative_to(ROOT)) not in EXCUSED]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_read_begins_with_who_is_asking(path: Path) -> None:
    assert unasked(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "is_refused"),
    [
        ("Patient.objects.visible_to(user).get(pk=1)", False),
        ("Patient.objects.get(pk=1)", True),
        ("Patient.objects.filter(pk=1).visible_to(user)", True),
        ("Patient._base_manager.all()", True),
        ("rows = Patient.objects\nrows.all()", True),
        ("patient.history.all()", True),
        ("User.objects.system('sweep')", False),
    ],
)
def test_the_test_sees_what_it_should(source: str, is_refused: bool) -> None:
    assert bool(unasked(source)) is is_refused
