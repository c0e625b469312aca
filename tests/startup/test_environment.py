"""`scripts/environment.sh` on machines that lack something: one clear sentence each, and nothing half made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("sh", "awk", "basename", "dirname", "df", "sha256sum", "rm")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout on a machine whose only programs are in `bin`."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment.sh", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    """Put a program on the machine in place of the real one."""
    path = machine / "bin" / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def prepare(machine: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script there."""
    return subprocess.run(
        [str(machine / "scripts" / "environment.sh"), "requirements.txt"],
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(machine: Path) -> str:
    """Return the one line it refuses with."""
    done = prepare(machine)
    assert done.returncode == 1
    assert done.stdout == ""
    assert not (machine / ".venv").exists()
    (line,) = done.stderr.splitlines()
    return line


def test_no_python(machine: Path) -> None:
    assert refusal(machine).startswith("Python 3.11 or later is needed and none was found")


def test_an_old_python(machine: Path) -> None:
    program(machine, "python3", 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    assert refusal(machine).startswith("Python 3.11 or later is needed, and python3 is Python 3.9.2")


def test_no_venv_module(machine: Path) -> None:
    program(machine, "python3", 'case "$2" in *venv*) exit 1;; esac')
    assert "apt install python3-venv" in refusal(machine)


def test_a_full_disk(machine: Path) -> None:
    program(machine, "python3", "exit 0")
    program(machine, "df", "echo header; echo disk 1000 998 12 99% /")
    assert refusal(machine) == "The disk is too full: 12 MB free here, 1500 MB are needed."


def test_a_newer_python_under_another_name_is_found(machine: Path) -> None:
    program(machine, "python3", "exit 1")
    program(machine, "python3.13", f'case "$2" in venv) echo made > {machine}/made; exit 1;; esac')
    assert prepare(machine).returncode != 0  # it is no real Python; but it was asked
    assert (machine / "made").exists()


def test_what_is_installed_is_not_installed_again(machine: Path) -> None:
    (machine / ".venv" / "bin").mkdir(parents=True)
    (machine / ".venv" / "bin" / "python").symlink_to("/bin/false")
    stamp = subprocess.run(["sha256sum", "requirements.txt"], cwd=machine, capture_output=True, text=True, check=True)
    (machine / ".venv" / "installed-requirements.txt").write_text(stamp.stdout)
    done = prepare(machine)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_script_is_run_by_every_command_that_needs_packages() -> None:
    told = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ)
    assert "scripts/environment.sh requirements.txt" in told.stdout
