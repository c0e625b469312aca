"""From what is due to messages: once each, and a second person for what is unusual."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused
from homecare.messaging import actions, rules
from homecare.messaging.models import MessageBatch, OutboxMessage
from homecare.messaging.states import Status
from tests.messaging.factories import AT, DAY, person, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("purpose")]

Run = Callable[..., Counter[str]]


def statuses() -> Counter[str]:
    return Counter(OutboxMessage.objects.values_list("status", flat=True))


def test_the_same_need_is_planned_once() -> None:
    ids = recipients(3)
    assert (plan(ids).planned, plan(ids).planned) == (3, 0)


def test_a_second_run_leaves_no_batch_behind() -> None:
    ids = recipients(1)
    plan(ids)
    assert plan(ids).batch is None
    assert MessageBatch.objects.count() == 1


def test_one_candidate_named_twice_is_one_message() -> None:
    ids = recipients(1)
    twice = "SELECT %s AS recipient_id, 'test' AS subject_type, n AS subject_id, 'E' AS episode, %s::date AS due_on, "
    result = plan(ids, candidates_sql=twice + "'SMS' AS channel FROM generate_series(1, 2) n", params=[ids[0], DAY])
    assert result.planned == 1


def test_another_due_date_is_another_message() -> None:
    ids = recipients(1)
    plan(ids)
    assert plan(ids, due_on=DAY + dt.timedelta(days=28)).planned == 1


def test_a_text_with_a_per_cent_sign_is_planned() -> None:
    ids = recipients(1)
    sql = (
        "SELECT %s AS recipient_id, '5%%' AS subject_type, 1 AS subject_id, %s AS episode, %s::date AS due_on, "
        "'SMS' AS channel"
    )
    plan(ids, candidates_sql=sql, params=[ids[0], "50%", DAY])
    assert OutboxMessage.objects.values_list("subject_type", "episode").get() == ("5%", "50%")


def test_planning_is_the_same_few_statements_for_any_number(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    ids = recipients(40)
    User.objects.system("sweep")
    with django_assert_max_num_queries(10):
        plan(ids)


@given(
    recipient_id=st.integers(1, 2**62),
    purpose=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40),
    episode=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40),
    due_on=st.dates(dt.date(1000, 1, 1)),
    step=st.integers(0, 9),
)
def test_python_and_the_database_give_a_message_the_same_id(
    django_db_blocker: object, recipient_id: int, purpose: str, episode: str, due_on: dt.date, step: int
) -> None:
    sql = rules.MESSAGE_ID_SQL.format(
        recipient_id="%(recipient_id)s", purpose="%(purpose)s", episode="%(episode)s", due_on="%(due_on)s::date",
        step="%(step)s",
    )  # fmt: skip
    values = {"recipient_id": recipient_id, "purpose": purpose, "episode": episode, "due_on": due_on, "step": step}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", values)
        assert cursor.fetchone()[0] == rules.message_id(**values)  # type: ignore[arg-type]


# -- the brake --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "held"), [(1, 0), (50, 0), (51, 51), (60, 60)])
def test_more_than_fifty_without_history_wait_for_a_second_person(size: int, held: int) -> None:
    assert plan(recipients(size)).held == held


def test_fifty_now_and_one_more_the_same_day_is_more_than_fifty() -> None:
    plan(recipients(50))
    assert plan(recipients(1, first=50), at=AT + dt.timedelta(minutes=1)).held == 1


def test_a_new_day_begins_again_at_nothing() -> None:
    plan(recipients(50))
    assert plan(recipients(50, first=50), day=DAY + dt.timedelta(days=1)).held == 0


@pytest.mark.parametrize(("size", "held"), [(80, 0), (81, 81)])
def test_twice_the_usual_for_the_day_of_the_week_passes(size: int, held: int) -> None:
    for week in (1, 2):
        day = DAY - dt.timedelta(weeks=week)
        plan(recipients(40, first=1000 * week), day=day)
    assert plan(recipients(size)).held == held


def test_another_day_of_the_week_is_no_measure() -> None:
    for back in (1, 2):
        day = DAY - dt.timedelta(days=back)
        plan(recipients(45, first=1000 * back), day=day)
    assert plan(recipients(60)).held == 60


def test_the_first_after_an_import_waits_however_small() -> None:
    result = plan(recipients(2), initial_import=True)
    assert result.batch is not None
    assert (result.held, result.batch.hold_reasons) == (2, ["FIRST_AFTER_IMPORT"])


def test_the_same_text_to_very_many_waits_however_usual(purpose: Callable[..., None]) -> None:
    purpose(usual_batch=1000, same_text_limit=10)
    assert plan(recipients(11)).held == 11


@pytest.mark.parametrize(("patients", "held"), [(3, 0), (4, 4)])
def test_a_number_that_more_than_three_patients_share_waits(patients: int, held: int) -> None:
    shared = recipients(patients, mobile="+447911123456")
    result = plan([*shared, *recipients(5, first=100)])
    assert (result.planned, result.held) == (patients + 5, held)


def test_a_number_shared_by_people_of_whom_one_is_due_waits() -> None:
    shared = recipients(4, mobile="+447911123456")
    assert plan(shared[:1]).held == 1


def test_the_demonstration_shares_the_drama_range(settings: Settings) -> None:
    settings.DEMO = True
    assert plan(recipients(4, mobile="+447700900123")).held == 0


def test_a_hospital_does_not_share_the_drama_range(settings: Settings) -> None:
    settings.DEMO = False
    assert plan(recipients(4, mobile="+447700900123")).held == 4


def test_what_is_held_is_not_sent(outbox: Run, provider: Provider) -> None:
    plan(recipients(51))
    outbox()
    assert (statuses(), provider.requests) == ({Status.HELD: 51}, 0)


def test_a_second_person_lets_a_held_batch_go(outbox: Run, provider: Provider) -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    assert actions.release_batch(batch_id=batch.pk, by=person(), at=AT) == 51
    outbox()
    assert provider.counts().total() == len(provider.references()) == 51


def test_the_planner_cannot_release() -> None:
    planner = person()
    batch = plan(recipients(51), by=planner).batch
    assert batch is not None
    with pytest.raises(Refused, match="Somebody else"):
        actions.release_batch(batch_id=batch.pk, by=planner, at=AT)


def test_the_database_too_wants_a_second_person() -> None:
    planner = person()
    batch = plan(recipients(51), by=planner).batch
    assert batch is not None
    batch.status, batch.decided_by, batch.decided_at = MessageBatch.Status.RELEASED, planner, AT
    with pytest.raises(Exception, match="batch_decided_by_a_second_person"):
        batch.save()


@pytest.mark.parametrize("role", ["TECHNICIAN", "FINANCE", "SYSTEM_ADMINISTRATOR"])
def test_not_everybody_may_release(role: str) -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    with pytest.raises(NotAllowed):
        actions.release_batch(batch_id=batch.pk, by=person(role=role), at=AT)


def test_no_system_actor_is_a_second_person() -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    with pytest.raises(Refused):
        actions.release_batch(batch_id=batch.pk, by=User.objects.system("command"), at=AT)


def test_a_batch_is_released_once() -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    who = person()
    actions.release_batch(batch_id=batch.pk, by=who, at=AT)
    with pytest.raises(Refused, match="released already"):
        actions.release_batch(batch_id=batch.pk, by=who, at=AT)


def test_a_discarded_batch_is_never_sent(outbox: Run, provider: Provider) -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    actions.discard_batch(batch_id=batch.pk, reason="Wrong list", by=person(), at=AT)
    outbox()
    assert (statuses(), provider.requests) == ({Status.SUPPRESSED: 51}, 0)


def test_what_a_person_approved_does_not_use_up_the_day() -> None:
    batch = plan(recipients(51)).batch
    assert batch is not None
    actions.release_batch(batch_id=batch.pk, by=person(), at=AT)
    assert plan(recipients(5, first=100)).held == 0


# -- time -------------------------------------------------------------------------------------------------------------


def test_what_is_planned_for_later_is_queued_when_its_time_comes() -> None:
    from homecare.messaging.recover import turn_pages

    plan(recipients(1), not_before=AT + dt.timedelta(days=3))
    assert statuses() == {Status.PLANNED: 1}
    turn_pages(by=User.objects.system("outbox"), at=AT + dt.timedelta(days=3))
    assert statuses() == {Status.QUEUED: 1}


def test_what_has_lost_its_time_is_missed_in_sight(outbox: Run, provider: Provider) -> None:
    from homecare.messaging.recover import turn_pages

    queued()
    late = AT + dt.timedelta(days=8)
    outbox(at=late)
    turn_pages(by=User.objects.system("outbox"), at=late)
    assert (statuses(), provider.requests) == ({Status.MISSED: 1}, 0)
    assert OutboxMessage.objects.needs_attention().count() == 1


@pytest.mark.parametrize(("due_on", "last_day"), [(dt.date(2026, 3, 14), 21), (dt.date(2026, 1, 1), 17)])
def test_a_message_is_stale_a_week_after_it_was_due_or_planned(due_on: dt.date, last_day: int) -> None:
    plan(recipients(1), due_on=due_on)
    assert OutboxMessage.objects.get().not_after == dt.datetime(2026, 3, last_day, 20, tzinfo=dt.UTC)
