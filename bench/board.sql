-- Everybody of the data set is put on the way to a first dose: so many in each stage, with the steps, stops, contacts,
-- registrations, visits, approvals and bridging supplies that the board reads. Parameters: day, by.
CREATE TEMPORARY TABLE stage (n int, status text, stage text, whose text, steps int);
INSERT INTO stage VALUES
    (0, 'IDENTIFIED', 'TO_ASSESS', 'CLINIC', 1), (1, 'SUITABLE', 'TO_CHOOSE', 'HOMECARE_TEAM', 2),
    (2, 'SUITABLE', 'AWAITING_CONSENT', 'PATIENT', 2), (3, 'CONSENTED', 'AWAITING_FUNDING', 'COMMISSIONER', 3),
    (4, 'CONSENTED', 'REGISTRATION_TO_COMPLETE', 'HOMECARE_TEAM', 3),
    (5, 'REGISTRATION_SENT', 'AWAITING_ACKNOWLEDGEMENT', 'PROVIDER', 5),
    (6, 'REGISTRATION_QUERIED', 'REGISTRATION_QUERIED', 'HOMECARE_TEAM', 5),
    (7, 'REGISTERED', 'AWAITING_FIRST_PRESCRIPTION', 'CLINIC', 6),
    (8, 'AWAITING_FIRST_DELIVERY', 'AWAITING_FIRST_CONTACT', 'PROVIDER', 7),
    (9, 'AWAITING_FIRST_DELIVERY', 'AWAITING_FIRST_DELIVERY', 'PROVIDER', 8),
    (10, 'AWAITING_TRAINING', 'AWAITING_TRAINING', 'PROVIDER', 9);
CREATE TEMPORARY TABLE path (k int, milestone text, stage text, whose text);
INSERT INTO path VALUES
    (1, 'REFERRED', 'TO_ASSESS', 'CLINIC'), (2, 'SUITABLE', 'AWAITING_CONSENT', 'PATIENT'),
    (3, 'CONSENTED', 'REGISTRATION_TO_COMPLETE', 'HOMECARE_TEAM'),
    (4, 'REGISTRATION_COMPLETE', 'REGISTRATION_TO_SEND', 'HOMECARE_TEAM'),
    (5, 'REGISTRATION_SENT', 'AWAITING_ACKNOWLEDGEMENT', 'PROVIDER'),
    (6, 'ACKNOWLEDGED', 'AWAITING_FIRST_PRESCRIPTION', 'CLINIC'),
    (7, 'FIRST_PRESCRIPTION_SENT', 'AWAITING_FIRST_CONTACT', 'PROVIDER'),
    (8, 'FIRST_CONTACT', 'AWAITING_FIRST_DELIVERY', 'PROVIDER'),
    (9, 'FIRST_DELIVERY', 'AWAITING_TRAINING', 'PROVIDER');
CREATE TEMPORARY TABLE way AS
SELECT e.id, e.patient_id, e.treatment_id, s.provider_id, e.h, stage.*,
       %(day)s::date - (stage.steps * 5 + e.h %% 150)::int AS began_on
FROM (SELECT *, ('x' || substr(md5('b' || id), 1, 8))::bit(32)::bigint AS h FROM patients_enrolment) e
JOIN providers_homecareservice s ON s.id = e.service_id
JOIN stage ON stage.n = e.h %% 11;
ANALYZE way;

UPDATE patients_enrolment e SET status = way.status, registered_on = NULL FROM way WHERE way.id = e.id;
UPDATE patients_cover SET is_live = false;
DELETE FROM patients_supplyfact;
DELETE FROM patients_remainingsupply;

INSERT INTO patients_pathwayclock (id, enrolment_id, patient_id, kind, began_on, stage, stage_since_on, whose, is_stopped,
                                   prescription, end_reason)
SELECT id, id, patient_id, 'START', began_on, stage, began_on + (steps - 1) * 5, whose, h %% 100 < 8, '', '' FROM way;

INSERT INTO patients_pathwaystep (clock_id, milestone, stage, whose, reached_on, at, by_id)
SELECT way.id, path.milestone, CASE WHEN path.k = way.steps THEN way.stage ELSE path.stage END,
       CASE WHEN path.k = way.steps THEN way.whose ELSE path.whose END,
       way.began_on + (path.k - 1) * 5, way.began_on + (path.k - 1) * 5 + time '09:00', %(by)s
FROM way JOIN path ON path.k <= way.steps ORDER BY way.id, path.k;

INSERT INTO patients_clockstop (clock_id, from_on, to_on, reason, note, stopped_by_id)
SELECT id, began_on + 1, CASE WHEN h %% 100 >= 8 THEN began_on + 4 END, 'AWAITING_BLOODS', '', %(by)s
FROM way WHERE h %% 100 < 16;

INSERT INTO patients_choice (enrolment_id, chosen_on, recorded_by_id, chosen, hospital_offered, reasons, reasons_text,
                             administration, device, place, slot, supplier_fixed_told, limits_told)
SELECT id, began_on, %(by)s, 'HOMECARE', true, '{}', '', 'SELF', '', '', '', false, '' FROM way WHERE n > 1;

INSERT INTO patients_fundingapproval (treatment_id, patient_id, system, purpose, status, reference, criteria_version,
                                      requested_on, decided_on, note)
SELECT treatment_id, patient_id, 'BLUETEQ', 'INITIATION', CASE WHEN n = 3 THEN 'REQUESTED' ELSE 'APPROVED' END, 'B' || id,
       '', began_on, CASE WHEN n = 3 THEN NULL ELSE began_on + 3 END, ''
FROM way WHERE n >= 3;

INSERT INTO patients_registration (id, enrolment_id, patient_id, provider_id, reference, attempt, channel, sent_at,
                                   sent_by_id, as_sent, sha256, outcome, provider_reference, reason)
SELECT id, id, patient_id, provider_id, gen_random_uuid(), 1, 'EMAIL', began_on + 20, %(by)s, '{}', '',
       CASE n WHEN 5 THEN 'WAITING' WHEN 6 THEN 'QUERIED' ELSE 'ACKNOWLEDGED' END, '', ''
FROM way WHERE n >= 5;

INSERT INTO patients_registrationquery (registration_id, question, asked_at, asked_by_id, answer)
SELECT id, 'Which telephone number is the right one?', began_on + 22, %(by)s, '' FROM way WHERE n = 6;

INSERT INTO patients_contactattempt (enrolment_id, patient_id, "on", made_by, outcome, note, recorded_by_id)
SELECT id, patient_id, began_on + 30 + g, 'PROVIDER', 'NO_ANSWER', '', %(by)s
FROM way, generate_series(1, 3) g WHERE n = 8;

INSERT INTO deliveries_delivery (prescription_id, enrolment_id, patient_id, provider_id, reference, sequence, status,
    planned_on, booked_on, failure_cause, failure_note, recipient_name, proof_reference, is_assumed)
SELECT p.id, way.id, way.patient_id, way.provider_id, gen_random_uuid(), 1, 'BOOKED', %(day)s::date + 3, %(day)s::date + 3,
       '', '', '', '', false
FROM way JOIN prescriptions_prescription p ON p.enrolment_id = way.id WHERE n = 9;

INSERT INTO patients_visit (enrolment_id, patient_id, kind, status, booked_on, nurse_name, person_trained, outcome,
                            missed_reason, note)
SELECT id, patient_id, 'TRAINING', 'BOOKED', %(day)s::date + 5, '', '', '', '', '' FROM way WHERE n = 10;

INSERT INTO patients_bridgingsupply (enrolment_id, supplied_on, units, covers_until_on, cost_pence, cause, cause_party,
                                     batch_number, recorded_by_id, note)
SELECT id, began_on + 20, 2, began_on + 48, 70450, 'BEFORE_START', 'PROVIDER', '', %(by)s, '' FROM way WHERE h %% 20 = 0;

SELECT setval(pg_get_serial_sequence('patients_pathwayclock', 'id'), max(id)) FROM patients_pathwayclock;
SELECT setval(pg_get_serial_sequence('patients_registration', 'id'), max(id)) FROM patients_registration;
DROP TABLE way, path, stage;
