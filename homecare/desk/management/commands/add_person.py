"""Add somebody who signs in, and print the link for their password: how a hospital makes its first user."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.core.errors import Refused
from homecare.desk.people import links
from homecare.desk.people.actions import add_person

ROLE_NAMES = ", ".join(role.name.lower() for role in roles.HUMAN_ROLES)


class Command(BaseCommand):
    """Add one person."""

    help = (
        "Add a person and print a link, good once, by which they choose a password. "
        "The first is best a system administrator, who adds the others on screen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who it is and what they do."""
        parser.add_argument("username", help="what they type to sign in")
        parser.add_argument("--name", required=True, help='given name, then family name: "Siobhan O\'Brien"')
        parser.add_argument("--email", required=True, help="their work email address")
        parser.add_argument("--role", required=True, help=f"one of: {ROLE_NAMES}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the person, or say in one sentence why not."""
        given_name, _, family_name = " ".join(options["name"].split()).partition(" ")
        try:
            person = add_person(
                username=options["username"],
                given_name=given_name if family_name else "",
                family_name=family_name or given_name,
                email=options["email"],
                role=_role(options["role"]),
                by=User.objects.system("command"),
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"Added {person} ({person.username}), {person.role_name}.")
        self.stdout.write(f"Hand over this link. It works once, for {links.life()}:")
        self.stdout.write(settings.BASE_URL.rstrip("/") + links.link_path(person))


def _role(asked: str) -> type[roles.Role]:
    """Return the role somebody means, by its name or as people say it, in any case."""
    wanted = asked.strip().upper().replace("-", "_").replace(" ", "_")
    for role in roles.HUMAN_ROLES:
        if wanted in {role.name, role.display_name.upper().replace(" ", "_")}:
            return role
    raise Refused(f"There is no role “{asked}”. Give one of: {ROLE_NAMES}.", code="no_such_role")
