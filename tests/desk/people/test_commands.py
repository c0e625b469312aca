"""People from the command line: a hospital's first user, and the demonstration's."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from homecare.accounts import roles
from homecare.accounts.demo import demo_sign_ins
from homecare.accounts.models import User
from homecare.desk.management.commands.add_person import Command
from tests.desk.people.steps import choose, link_in, may_sign_in

pytestmark = pytest.mark.django_db


def add(
    username: str = "karl", name: str = "Karl Weber", email: str = "k@example.com", role: str = "TECHNICIAN"
) -> str:
    out = StringIO()
    call_command("add_person", username, name=name, email=email, role=role, stdout=out)
    return out.getvalue()


def test_the_first_user_chooses_a_password_by_the_printed_link() -> None:
    choose(link_in(add(role="system_administrator")))
    karl = User.objects.get(username="karl")
    assert (karl.role_class, karl.first_name, karl.last_name) == (roles.SystemAdministrator, "Karl", "Weber")
    assert may_sign_in(karl)


def test_the_printed_link_is_whole_and_its_life_is_said(settings) -> None:
    settings.BASE_URL = "https://homecare.example.com/"
    printed = add()
    assert "https://homecare.example.com/accounts/password/reset/key/" in printed
    assert "It works once, for 24 hours:" in printed


@pytest.mark.parametrize(
    "said", ["CLINICAL_PHARMACIST", "clinical_pharmacist", "Clinical-Pharmacist", "clinical pharmacist"]
)
def test_a_role_is_taken_in_any_case(said: str) -> None:
    add(role=said)
    assert User.objects.get(username="karl").role_class is roles.ClinicalPharmacist


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"role": "wizard"}, "There is no role “wizard”. Give one of: technician, homecare_lead,"),
        ({"role": "system_actor"}, "There is no role “system_actor”"),
        ({"role": "demonstration"}, "There is no role “demonstration”"),
        ({"name": "  "}, "Give the person's name."),
        ({"email": "nowhere"}, "Email: Enter a valid email address."),
        ({"email": ""}, "Give the person's email address."),
        ({"username": "karl weber"}, "Username: Enter a valid username."),
        ({"username": "system:command"}, "Username: Enter a valid username."),
        ({"username": ""}, "Username: "),
        ({"name": "Karl " + "x" * 200}, "Family name: "),
    ],
)
def test_a_refusal_is_one_clear_sentence(given: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        add(**given)
    assert str(refused.value).startswith(words)
    assert not User.objects.filter(username__startswith="karl").exists()


def test_a_username_is_taken_once_in_whatever_case() -> None:
    add(username="Karl")
    with pytest.raises(CommandError, match="There is a person called “karl” already"):
        add(username="KARL")


def test_the_roles_stand_in_the_help() -> None:
    help_text = Command().create_parser("manage.py", "add_person").format_help()
    assert all(role.name.lower() in help_text for role in roles.HUMAN_ROLES)


def test_adding_is_on_record_as_the_commands() -> None:
    add()
    assert User.objects.get(username="karl").history.get().history_user == User.objects.system("command")


def test_the_demonstrations_people_are_added_once() -> None:
    for _ in range(2):
        call_command("add_demo_people", verbosity=0)
    assert User.objects.human().count() == len(demo_sign_ins())
    assert may_sign_in(User.objects.get(username="karl"), demo_sign_ins()[0].password)


def test_outside_the_demonstration_they_are_refused(settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="only in the demonstration"):
        call_command("add_demo_people")
    assert not User.objects.human().exists()
