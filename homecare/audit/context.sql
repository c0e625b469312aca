-- Who acts in this transaction, and the refusals. Run by homecare/audit/install.py as the tables' owner.

CREATE UNLOGGED TABLE IF NOT EXISTS public.audit_context (
    txid xid8 PRIMARY KEY,
    actor_id bigint NOT NULL,
    reason text,
    request_id text NOT NULL,
    source text NOT NULL
);

-- What proves that the application itself asks, and not somebody who has come by its database role: a key that the
-- application's processes hold and the role cannot read. Kept as the two padded blocks of HMAC-SHA256 (RFC 2104).
CREATE TABLE IF NOT EXISTS public.audit_key (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    inner_block bytea NOT NULL,
    outer_block bytea NOT NULL
);

CREATE OR REPLACE FUNCTION public.audit_proof(message text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
    SELECT encode(sha256(outer_block || sha256(inner_block || convert_to(message, 'UTF8'))), 'hex')
    FROM public.audit_key;
$audit$;

-- Says who acts until the transaction ends, or until audit_end(). The proof is good for this transaction and this actor
-- only. Rows of ended transactions are swept now and then.
DROP FUNCTION IF EXISTS public.audit_begin(bigint, text, text, text);
CREATE FUNCTION public.audit_begin(actor bigint, why text, request text, proof text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
BEGIN
    IF proof IS DISTINCT FROM public.audit_proof(pg_current_xact_id()::text || ' ' || actor::text) OR proof IS NULL THEN
        RAISE EXCEPTION 'audit_begin: who acts was not proved' USING ERRCODE = 'insufficient_privilege',
            HINT = 'If SECRET_KEY was changed, run manage.py migrate with the new one.';
    END IF;
    INSERT INTO public.audit_context (txid, actor_id, reason, request_id, source)
    VALUES (pg_current_xact_id(), actor, nullif(why, ''), left(coalesce(request, ''), 64), 'APPLICATION')
    ON CONFLICT (txid) DO UPDATE
    SET actor_id = excluded.actor_id, reason = excluded.reason, request_id = excluded.request_id;
    IF random() < 0.01 THEN
        PERFORM public.audit_sweep();
    END IF;
END
$audit$;

-- Whether the asker holds the key: asked once before serving, so that a wrong key is told before the first deed.
CREATE OR REPLACE FUNCTION public.audit_key_fits(proof text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
    SELECT coalesce(proof = public.audit_proof('fits'), false);
$audit$;

-- Nobody acts any more in this transaction: what follows is outside the application.
CREATE OR REPLACE FUNCTION public.audit_end()
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
    DELETE FROM public.audit_context WHERE txid = pg_current_xact_id_if_assigned();
$audit$;

-- Removes the rows of transactions that have ended, and returns how many; waits for nobody.
CREATE OR REPLACE FUNCTION public.audit_sweep()
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
    WITH gone AS (
        DELETE FROM public.audit_context WHERE txid IN (
            SELECT txid FROM public.audit_context
            WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY txid LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*) FROM gone;
$audit$;

-- Refuses what would change the past. The owner of the tables may, having said so in its session: tests empty them.
CREATE OR REPLACE FUNCTION public.audit_refuse()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $audit$
BEGIN
    IF current_setting('homecare.allow_purge', true) = 'on'
        AND pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % is refused: what is on record stays on record', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$audit$;

REVOKE ALL ON FUNCTION public.audit_begin(bigint, text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_end() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_proof(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_key_fits(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_sweep() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_refuse() FROM PUBLIC;
