"""What tests of the desk may ask for."""

import pytest
from django.core.management import call_command


@pytest.fixture
def reference(db: None) -> None:
    """Load the medicines, providers and protocols that ship as drafts."""
    call_command("load_reference", verbosity=0)
