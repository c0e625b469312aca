"""Everybody's cover can be computed again from its facts, whatever became of the stored dates."""

import datetime as dt

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from patients.cover import actions, store
from patients.models import Cover
from tests.factories import enrolment_with_cover

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
FIELDS = [name for name in store.STORED if name != "computed_for"]


def stored() -> list[dict[str, object]]:
    return list(Cover.objects.order_by("pk").values("pk", *FIELDS))


def test_a_spoilt_date_is_put_right() -> None:
    enrolment_with_cover(as_at=DAY)
    before = stored()
    with acting(by=User.objects.system("command")):
        Cover.objects.update(prompt_due_on=None, first_uncovered_dose_on=dt.date(2030, 1, 1))
    call_command("recompute_cover", "--as-at", DAY.isoformat(), verbosity=0)
    assert stored() == before


def test_a_stopped_run_goes_on_after_the_last_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    enrolments = [enrolment_with_cover(as_at=DAY) for _ in range(3)]
    monkeypatch.setattr(actions, "BATCH", 2)
    by, at = User.objects.system("command"), at_local(DAY, 9)
    reached = actions.recompute_next(after=0, on=DAY, by=by, at=at)
    assert reached == enrolments[1].pk
    assert actions.recompute_next(after=reached, on=DAY, by=by, at=at) == enrolments[2].pk
    assert actions.recompute_next(after=enrolments[2].pk, on=DAY, by=by, at=at) is None


def test_the_number_of_queries_does_not_grow_with_the_enrolments(django_assert_num_queries) -> None:
    first = enrolment_with_cover(as_at=DAY)
    rest = [enrolment_with_cover(as_at=DAY) for _ in range(4)]
    with acting(by=User.objects.system("command")):
        with django_assert_num_queries(9):
            actions.recompute([first.pk], on=DAY)
        with django_assert_num_queries(9):
            actions.recompute([enrolment.pk for enrolment in rest], on=DAY)
