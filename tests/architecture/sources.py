"""Our own source files."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


def ours(*, with_tests: bool = False) -> list[Path]:
    """Return every Python file that we wrote, migrations excepted."""
    folders = [*PACKAGES, "tests"] if with_tests else PACKAGES
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)
