-- Point each enrolment at the row in which the register spoke of it last.
INSERT INTO desk_registerentry (enrolment_id, row_id, fingerprint)
SELECT enrolment_id, row_id, fingerprint FROM register_latest
ON CONFLICT (enrolment_id) DO UPDATE SET row_id = excluded.row_id, fingerprint = excluded.fingerprint;
