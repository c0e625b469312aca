"""A provider's id and secret are printed once, in the name of somebody who may."""

import pytest
from django.core.management import CommandError, call_command
from oauth2_provider.models import Application

from homecare.accounts.models import User


@pytest.fixture
def administrator(loaded: None) -> User:
    return User.objects.create(username="karl", role="SYSTEM_ADMINISTRATOR")


def test_the_secret_is_printed_and_kept_only_as_a_hash(administrator: User, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("add_provider_client", "HaH", "--by", "karl")
    printed = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines() if line.startswith("client_"))
    application = Application.objects.get(client_id=printed["client_id"].strip())
    assert application.name == "Sciensus Pharma Services"
    assert printed["client_secret"].strip() not in application.client_secret


@pytest.mark.parametrize(
    ("provider", "by", "words"),
    [
        ("Acme Deliveries", "karl", "No provider is known"),
        ("Alcura", "nobody", "Nobody with the username"),
        ("Alcura", "dilys", "may not add people"),
    ],
)
def test_the_command_refuses_in_words(administrator: User, provider: str, by: str, words: str) -> None:
    User.objects.create(username="dilys", role="TECHNICIAN")
    with pytest.raises(CommandError, match=words):
        call_command("add_provider_client", provider, "--by", by)
    assert not Application.objects.exists()
