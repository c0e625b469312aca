"""Deeds upon people, whoever asks for them: what the pages refuse, the deeds refuse too."""

import pytest
from django.utils import timezone

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused
from homecare.desk.people import actions
from tests.desk.people.steps import somebody, unchanged

pytestmark = pytest.mark.django_db
DEEDS = [actions.deactivate, actions.reactivate, actions.reset_second_factor, actions.forget_password]


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_does_it_to_themselves(deed) -> None:
    me = somebody(roles.SystemAdministrator)
    with unchanged(me), pytest.raises(Refused, match="Nobody changes their own account"):
        deed(person=me, by=me, at=timezone.now())


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_without_the_right_does_it(deed) -> None:
    jo, lead = somebody(), somebody(roles.HomecareLead, username="lead")
    with unchanged(jo), pytest.raises(NotAllowed):
        deed(person=jo, by=lead, at=timezone.now())


def test_of_two_administrators_who_deactivate_each_other_one_stays() -> None:
    one, other = (somebody(roles.SystemAdministrator, username=name) for name in ("one", "other"))
    actions.deactivate(person=other, by=one, at=timezone.now())
    with pytest.raises(NotAllowed):
        actions.deactivate(person=one, by=other, at=timezone.now())  # as it read itself before it was deactivated
    assert User.objects.active().in_role(roles.SystemAdministrator).get() == one


def test_system_actors_are_not_changed() -> None:
    with pytest.raises(Refused, match="Only people are changed here"):
        actions.deactivate(
            person=User.objects.system("sweep"), by=somebody(roles.SystemAdministrator), at=timezone.now()
        )


@pytest.mark.parametrize("role", [roles.SystemActor, roles.Demonstration, roles.ProviderClient])
def test_roles_that_are_not_for_people_are_not_given(role: type[roles.Role]) -> None:
    with pytest.raises(Refused, match="That role is not for people"):
        actions.change_role(person=somebody(), role=role, by=User.objects.system("command"), at=timezone.now())


@pytest.mark.parametrize("role", [role for role in roles.HUMAN_ROLES if role is not roles.SystemAdministrator])
def test_people_are_visible_to_system_administrators_only(role: type[roles.Role]) -> None:
    asking, admin = somebody(role), somebody(roles.SystemAdministrator, username="admin")
    assert not User.objects.visible_to(asking).exists()
    assert User.objects.visible_to(admin).filter(pk=asking.pk).exists()
