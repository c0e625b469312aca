"""The table of moves, and that the database knows it too."""

import itertools

import pytest
from django.db import DatabaseError, connection, transaction

from homecare.messaging.database import install
from homecare.messaging.models import OutboxMessage
from homecare.messaging.states import FINAL, FIRST, TRANSITIONS, Status
from tests.messaging.factories import queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("purpose")]

ALLOWED = {(source, move.target) for move in TRANSITIONS.transitions for source in move.sources}


def test_what_is_final_is_never_left() -> None:
    assert not [move for move in TRANSITIONS.transitions if move.sources & FINAL]


def test_nothing_goes_from_begun_straight_to_waiting_but_by_a_refusal_or_a_proof() -> None:
    assert {move.event for move in TRANSITIONS.transitions if move.target == Status.QUEUED} == {
        "queue", "release", "put_back", "prove_absent", "send_again",
    }  # fmt: skip


def test_the_database_allows_exactly_the_moves_in_the_table() -> None:
    """Ask the database for each pair: the trigger's name tells its refusals from those of other constraints."""
    (message,) = queued()
    refused = set()
    with connection.cursor() as cursor:
        for before, after in itertools.permutations(Status.values, 2):
            if _is_refused(cursor, message.id, before, after):
                refused.add((before, after))
    assert set(itertools.permutations(Status.values, 2)) - refused == ALLOWED


def _is_refused(cursor: object, pk: object, before: str, after: str) -> bool:
    columns = (
        "next_attempt_at = CASE WHEN %(s)s IN ('QUEUED', 'SENDING') THEN now() END, outcome_reason = 'X', "
        "lease_until = CASE WHEN %(s)s = 'SENDING' THEN now() END, uncertain_at = now(), "
        "lease_owner = CASE WHEN %(s)s = 'SENDING' THEN gen_random_uuid() END"
    )
    sql = f"UPDATE messaging_outboxmessage SET status = %(s)s, {columns} WHERE id = %(id)s"
    sid = transaction.savepoint()
    try:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # type: ignore[attr-defined]
        cursor.execute("ALTER TABLE messaging_outboxmessage DISABLE TRIGGER messaging_move")  # type: ignore[attr-defined]
        cursor.execute(sql, {"s": before, "id": pk})  # type: ignore[attr-defined]
        cursor.execute("ALTER TABLE messaging_outboxmessage ENABLE ALWAYS TRIGGER messaging_move")  # type: ignore[attr-defined]
        cursor.execute(sql, {"s": after, "id": pk})  # type: ignore[attr-defined]
    except DatabaseError as error:
        if "cannot go from" not in str(error):
            raise
        return True
    finally:
        transaction.savepoint_rollback(sid)
    return False


@pytest.mark.parametrize("status", sorted(set(Status.values) - FIRST))
def test_no_message_begins_its_life_sent(status: str) -> None:
    (message,) = queued()
    values = {field.attname: getattr(message, field.attname) for field in message._meta.concrete_fields}
    values |= {"id": "00000000-0000-4000-8000-000000000001", "status": status}
    with pytest.raises(DatabaseError, match="cannot go from nothing"):
        OutboxMessage.objects.create(**values)


def test_installing_the_triggers_again_changes_nothing() -> None:
    install()
    install()


@pytest.mark.parametrize("table", ["outboxmessage", "outboxevent", "outboxattempt"])
def test_nothing_is_deleted(table: str) -> None:
    queued()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL homecare.allow_purge = 'off'")
        with pytest.raises(DatabaseError):
            cursor.execute(f"DELETE FROM messaging_{table}")


@pytest.mark.parametrize("table", ["outboxevent", "outboxattempt"])
def test_what_happened_is_not_changed(table: str) -> None:
    queued()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL homecare.allow_purge = 'off'")
        with pytest.raises(DatabaseError):
            cursor.execute(f"UPDATE messaging_{table} SET message_id = message_id")
