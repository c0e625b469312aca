"""Imports go down the house only, and rules know nothing of Django."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.sources import ROOT, ours


def test_imports_go_down_the_house_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


RULES = [path for path in ours() if path.name == "rules.py"]


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_take_values_and_know_no_django(path: Path) -> None:
    assert not imported(path) & {"django", "rest_framework", "time"}


SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals"}


def test_no_app_listens_to_another_by_signals() -> None:
    listeners = {
        (str(path.relative_to(ROOT)), name.name)
        for path in ours()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in SIGNALS
        for name in node.names
        if name.name != "post_migrate"  # what must be in the database after each migrate
    }
    assert listeners == set()
