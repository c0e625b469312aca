"""Reference data, and a dm+d release that a test may change."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from homecare.accounts.models import User
from medicines.actions import load_formulary
from medicines.drafts import read_formulary

SAMPLE = Path(__file__).parent.parent / "data" / "dmd"
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def reference(db: None) -> User:
    """Give the actor that loads reference data."""
    return User.objects.system("reference")


@pytest.fixture
def formulary(reference: User) -> dict[str, int]:
    """Load the drafts that ship."""
    return load_formulary(draft=read_formulary(), by=reference, at=AT)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Copy the sample release, so that a test may change it."""
    folder = tmp_path / "release"
    shutil.copytree(SAMPLE, folder)
    return folder
