-- The other side of the import's bench: a register staged as text, validated and taken apart in plain SQL. It knows only
-- the one layout and spelling of the bench's file; the statements that then write (create.sql) are the import's own.

CREATE TEMPORARY TABLE raw_error ON COMMIT DROP AS
SELECT n, CASE
    WHEN date_of_birth !~ '^\d\d/\d\d/\d{4}$' OR to_date(date_of_birth, 'DD/MM/YYYY') > DATE '2026-11-02'
        THEN 'date_of_birth_invalid'
    WHEN nhs <> '' AND (nhs !~ '^\d{10}$' OR (11 - (10 * substr(nhs, 1, 1)::int + 9 * substr(nhs, 2, 1)::int
        + 8 * substr(nhs, 3, 1)::int + 7 * substr(nhs, 4, 1)::int + 6 * substr(nhs, 5, 1)::int
        + 5 * substr(nhs, 6, 1)::int + 4 * substr(nhs, 7, 1)::int + 3 * substr(nhs, 8, 1)::int
        + 2 * substr(nhs, 9, 1)::int) % 11) % 11 <> substr(nhs, 10, 1)::int) THEN 'nhs_number_invalid'
    WHEN EXISTS (SELECT FROM patients_patient p WHERE p.nhs_number = nhs
                 AND p.date_of_birth <> to_date(r.date_of_birth, 'DD/MM/YYYY')) THEN 'identity_conflict'
    WHEN m.id IS NULL THEN 'medicine_unknown'
    WHEN p.id IS NULL THEN 'provider_unknown'
    END AS reason
FROM (SELECT *, replace(nhs_number, ' ', '') AS nhs FROM raw) r
LEFT JOIN medicines_medicinename m ON m.spelling = lower(btrim(r.medicine))
LEFT JOIN providers_providername p ON p.spelling = lower(btrim(r.provider));

CREATE TEMPORARY TABLE good ON COMMIT DROP AS
SELECT r.*, m.medicine_id, m.brand, p.provider_id,
       nextval(pg_get_serial_sequence('patients_patient', 'id')) AS patient_id,
       nextval(pg_get_serial_sequence('messaging_recipient', 'id')) AS recipient_id,
       nextval(pg_get_serial_sequence('patients_treatment', 'id')) AS treatment_id,
       nextval(pg_get_serial_sequence('patients_enrolment', 'id')) AS enrolment_id,
       nextval(pg_get_serial_sequence('monitoring_monitoringplan', 'id')) AS plan_id,
       CASE frequency WHEN 'daily' THEN 1 WHEN 'twice daily' THEN 1 WHEN 'weekly' THEN 7 WHEN 'every 2 weeks' THEN 14
            WHEN 'every 4 weeks' THEN 28 WHEN 'monthly' THEN 28 WHEN 'every 8 weeks' THEN 56 END AS every_days,
       CASE frequency WHEN 'twice daily' THEN 2 ELSE 1 END
           * GREATEST(1, (substring(dose FROM '[0-9.]+')::numeric / substring(strength_form FROM '[0-9.]+')::numeric)::int)
           AS units_per_dose,
       prescription_weeks::int * 7 / number_of_deliveries::int AS interval_days,
       CASE WHEN mobile ~ '^07\d{3} \d{6}$' THEN '+44' || substr(replace(mobile, ' ', ''), 2) ELSE '' END AS usable_mobile,
       to_date(last_delivery_on, 'DD/MM/YYYY') AS delivered_on,
       to_date(last_prescription_on, 'DD/MM/YYYY') AS signed_on,
       to_date(registered_on, 'DD/MM/YYYY') AS started_on,
       CASE status WHEN 'Active' THEN 'ACTIVE' WHEN 'On hold' THEN 'SUSPENDED' WHEN 'Stopped' THEN 'STOPPED'
            ELSE 'DECEASED' END AS state
FROM raw r
JOIN raw_error e ON e.n = r.n AND e.reason IS NULL
JOIN medicines_medicinename m ON m.spelling = lower(btrim(r.medicine))
JOIN providers_providername p ON p.spelling = lower(btrim(r.provider));

INSERT INTO register_person
SELECT patient_id, recipient_id, nullif(replace(nhs_number, ' ', ''), ''), hospital_number, initcap(btrim(family_name)),
       given_name, to_date(date_of_birth, 'DD/MM/YYYY'), CASE sex WHEN 'F' THEN 'FEMALE' ELSE 'MALE' END, '', '',
       CASE contact_by WHEN '' THEN 'NONE' ELSE upper(contact_by) END, false, state = 'DECEASED', usable_mobile, mobile,
       email, address_line_1, '', town, postcode
FROM good;

INSERT INTO accounts_specialty (name) SELECT DISTINCT specialty FROM good ON CONFLICT (name) DO NOTHING;
INSERT INTO accounts_practitioner (name, registration_body, registration_number) SELECT DISTINCT consultant, '', '' FROM good;
INSERT INTO accounts_clinic (specialty_id, name, email, consultant_id)
SELECT DISTINCT s.id, s.name || ', ' || p.name, '', p.id
FROM good g JOIN accounts_specialty s ON s.name = g.specialty JOIN accounts_practitioner p ON p.name = g.consultant;

INSERT INTO register_treatment
SELECT g.patient_id, g.treatment_id, g.enrolment_id, g.medicine_id, g.brand, pr.id, c.id, c.consultant_id, '',
       s.service_id, g.provider_id, g.state, g.started_on, g.notes, upper(left(g.consent, 1)) = 'Y',
       to_date(nullif(g.consent_on, ''), 'DD/MM/YYYY'), g.delivered_on, g.units_per_dose, 'EVERY_DAYS', g.every_days, NULL,
       NULL, NULL, g.dose, g.frequency, g.delivered_on, g.units_per_dose * GREATEST(1, g.interval_days / g.every_days),
       g.interval_days, gen_random_uuid(), g.signed_on, (g.signed_on + interval '6 months' - interval '1 day')::date,
       g.number_of_deliveries::int,
       LEAST(g.number_of_deliveries::int, CASE WHEN g.delivered_on < g.signed_on THEN 0
             ELSE (g.delivered_on - g.signed_on) / g.interval_days + 1 END), 'IN_USE',
       CASE WHEN mp.id IS NOT NULL AND g.state IN ('ACTIVE', 'SUSPENDED') THEN g.plan_id END, mp.id, g.started_on
FROM good g
JOIN accounts_specialty sp ON sp.name = g.specialty
JOIN accounts_clinic c ON c.specialty_id = sp.id AND c.name = g.specialty || ', ' || g.consultant
LEFT JOIN LATERAL (SELECT x.id FROM medicines_product x WHERE x.medicine_id = g.medicine_id AND x.brand = g.brand
                   LIMIT 1) pr ON true
JOIN LATERAL (SELECT sm.service_id FROM providers_servicemedicine sm JOIN providers_homecareservice hs ON hs.id = sm.service_id
              WHERE sm.medicine_id = g.medicine_id AND hs.provider_id = g.provider_id LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT y.id FROM medicines_monitoringprotocol y WHERE y.medicine_id = g.medicine_id
                   AND y.specialty_name IN ('', g.specialty) ORDER BY y.specialty_name DESC LIMIT 1) mp ON true;

INSERT INTO register_test
SELECT t.plan_id, t.patient_id, pt.test_type_id, d.due_on, d.done_on
FROM register_treatment t
JOIN good g ON g.enrolment_id = t.enrolment_id
JOIN medicines_protocolphase ph ON ph.protocol_id = t.protocol_id
     AND ph."order" = (SELECT max(z."order") FROM medicines_protocolphase z WHERE z.protocol_id = t.protocol_id)
JOIN medicines_protocoltest pt ON pt.phase_id = ph.id
CROSS JOIN LATERAL (
    SELECT to_date(nullif(g.last_blood_test_on, ''), 'DD/MM/YYYY') AS due_on,
           to_date(nullif(g.last_blood_test_on, ''), 'DD/MM/YYYY') AS done_on
    UNION ALL
    SELECT coalesce(to_date(nullif(g.last_blood_test_on, ''), 'DD/MM/YYYY'), t.plan_started_on) + ph.interval_days, NULL) d
WHERE t.plan_id IS NOT NULL AND d.due_on IS NOT NULL;

ANALYZE register_person;
ANALYZE register_treatment;
ANALYZE register_test;
