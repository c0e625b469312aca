"""What the database itself refuses: moves that are not in the table of moves, and the deletion of messages.

Installed after each migrate by whoever owns the tables, drawn from `states.TRANSITIONS`, so that the two cannot part.
"""

from typing import Any

from django.db import connections

from homecare.messaging.states import FIRST, TRANSITIONS

TABLE = "messaging_outboxmessage"


def triggers_sql() -> str:
    """Return the statements that install the triggers; running them twice is the same as once."""
    moves = sorted({f"'{source}>{move.target}'" for move in TRANSITIONS.transitions for source in move.sources})
    first = ", ".join(sorted(f"'{status}'" for status in FIRST))
    return f"""
CREATE OR REPLACE FUNCTION public.messaging_refuse_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'An outbox message cannot go from % to %.',
        CASE WHEN TG_OP = 'INSERT' THEN 'nothing' ELSE OLD.status END, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'message_move_in_the_table';
END $$;
CREATE OR REPLACE FUNCTION public.messaging_refuse_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('homecare.allow_purge', true) = 'on' THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'Outbox messages are not deleted.' USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE TRIGGER messaging_move BEFORE UPDATE OF status ON public.{TABLE} FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status
          AND OLD.status || '>' || NEW.status <> ALL (ARRAY[{", ".join(moves)}]))
    EXECUTE FUNCTION public.messaging_refuse_move();
CREATE OR REPLACE TRIGGER messaging_first BEFORE INSERT ON public.{TABLE} FOR EACH ROW
    WHEN (NEW.status NOT IN ({first})) EXECUTE FUNCTION public.messaging_refuse_move();
CREATE OR REPLACE TRIGGER messaging_kept BEFORE DELETE ON public.{TABLE} FOR EACH STATEMENT
    EXECUTE FUNCTION public.messaging_refuse_delete();
ALTER TABLE public.{TABLE} ENABLE ALWAYS TRIGGER messaging_move;
ALTER TABLE public.{TABLE} ENABLE ALWAYS TRIGGER messaging_first;
ALTER TABLE public.{TABLE} ENABLE ALWAYS TRIGGER messaging_kept;
"""


def install(*, using: str = "default", **kwargs: Any) -> None:
    """Install the triggers, if the tables are there (a receiver of Django's own `post_migrate`)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"public.{TABLE}"])
        if cursor.fetchone()[0] is not None:
            cursor.execute(triggers_sql())
