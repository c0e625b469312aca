"""A file says one thing and a function does one thing: both stay short enough to read."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, ours

FILE_LINES, FUNCTION_LINES = 400, 60


@pytest.mark.parametrize("path", ours(with_tests=True), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") < FILE_LINES
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    long = {
        f.name: f.end_lineno - f.lineno for f in functions if f.end_lineno and f.end_lineno - f.lineno > FUNCTION_LINES
    }
    assert long == {}
