"""People for tests."""

from homecare.accounts import roles
from homecare.accounts.models import User

PASSWORD = "correct horse battery"


def person(role: type[roles.Role] | None = None, *, username: str = "", **fields: object) -> User:
    """Make somebody who can sign in with PASSWORD."""
    chosen = role or roles.Technician
    made = User(
        username=username or chosen.name.lower(),
        first_name="Dilys",
        last_name="Morgan",
        role=chosen.name,
        **fields,
    )
    made.set_password(PASSWORD)
    made.save()
    return made
