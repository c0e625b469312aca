-- What a register creates, from the staged rows of one transaction. Statement by statement in the order of the keys;
-- the database's triggers write the history of each. Parameters: at, by, as_at, why.

-- people ------------------------------------------------------------------------------------------------------------
INSERT INTO messaging_recipient (id, kind, display, mobile, email, preferred_channel, safe_to_message, silenced_at,
                                 silenced_reason, version)
SELECT recipient_id, 'PATIENT', hospital_number, mobile, email,
       CASE WHEN do_not_contact THEN 'NONE' WHEN preferred_contact = 'NONE' THEN 'SMS' ELSE preferred_contact END,
       NOT deceased AND NOT do_not_contact,
       CASE WHEN deceased THEN %(at)s::timestamptz END, CASE WHEN deceased THEN 'DECEASED' ELSE '' END, 1
FROM register_person;

INSERT INTO patients_patient (id, nhs_number, nhs_number_status, hospital_number, family_name, given_name, date_of_birth,
                              sex, ethnicity, gp_practice, preferred_contact, language, interpreter_needed, deceased,
                              restricted, do_not_contact, recipient_id)
SELECT patient_id, nhs_number, CASE WHEN nhs_number IS NULL THEN 'MISSING' ELSE 'UNVERIFIED' END, hospital_number,
       family_name, given_name, date_of_birth, sex, ethnicity, gp_practice, preferred_contact, '', false, deceased,
       false, do_not_contact, recipient_id
FROM register_person;

-- a number that no text can reach is kept, so that somebody can ask for the right one
INSERT INTO patients_contactpoint (patient_id, kind, value, is_usable, safe_to_message)
SELECT patient_id, 'MOBILE', CASE WHEN mobile <> '' THEN mobile ELSE mobile_written END, mobile <> '', mobile <> ''
FROM register_person WHERE mobile_written <> ''
UNION ALL
SELECT patient_id, 'EMAIL', email, true, true FROM register_person WHERE email <> '';

INSERT INTO patients_patientaddress (patient_id, use, line_1, line_2, town, postcode)
SELECT patient_id, 'DELIVERY', line_1, line_2, town, postcode
FROM register_person WHERE line_1 <> '' OR postcode <> '';

-- treatments and enrolments -----------------------------------------------------------------------------------------
INSERT INTO patients_treatment (id, patient_id, medicine_id, product_id, brand, clinic_id, consultant_id, indication,
                                indication_code, is_ended, stop_reason)
SELECT treatment_id, patient_id, medicine_id, product_id, brand, clinic_id, consultant_id, indication, '',
       status IN ('STOPPED', 'DECEASED'),
       CASE status WHEN 'STOPPED' THEN 'NOT_RECORDED' WHEN 'DECEASED' THEN 'DEATH' ELSE '' END
FROM register_treatment;

INSERT INTO patients_enrolment (id, treatment_id, patient_id, medicine_id, clinic_id, service_id, status, registered_on,
                                provider_reference, notes, is_assumed)
SELECT enrolment_id, treatment_id, patient_id, medicine_id, clinic_id, service_id, status, registered_on, '', notes, true
FROM register_treatment;

INSERT INTO patients_enrolmentstatuschange (enrolment_id, event, from_status, to_status, at, by_id, reason)
SELECT enrolment_id, 'import_register', '', status, %(at)s, %(by)s, %(why)s FROM register_treatment;

INSERT INTO patients_consent (enrolment_id, version, method, given_on, taken_by, withdrawn_reason)
SELECT enrolment_id, 'register', 'FROM_REGISTER', consent_on, '', '' FROM register_treatment WHERE consent_given;

INSERT INTO patients_suspension (enrolment_id, starts_on, reason, note, is_assumed)
SELECT enrolment_id, %(as_at)s, 'NOT_RECORDED', %(why)s, true FROM register_treatment WHERE status = 'SUSPENDED';

-- what cover is computed from -----------------------------------------------------------------------------------------
INSERT INTO patients_regimenphase (enrolment_id, starts_on, units_per_dose, pattern, every_days, cycle_on, cycle_off,
                                   weekdays, dose_text, frequency_text, is_assumed)
SELECT enrolment_id, starts_on, units_per_dose, pattern, every_days, cycle_on, cycle_off, weekdays, dose, frequency, true
FROM register_treatment WHERE starts_on IS NOT NULL;

INSERT INTO patients_supplyfact (enrolment_id, kind, "on", units, after_dose, method, recorded_at, recorded_by_id,
                                 is_assumed)
SELECT enrolment_id, 'DELIVERY', delivered_on, units_each, false, 'register', %(at)s, %(by)s, true
FROM register_treatment WHERE delivered_on IS NOT NULL;

-- prescriptions with the provider ---------------------------------------------------------------------------------------
WITH written AS (
    INSERT INTO prescriptions_prescription (enrolment_id, patient_id, provider_id, product_id, reference, status, artefact,
        signed_on, last_valid_on, deliveries, deliveries_made, units_each, interval_days, dose_text,
        purchase_order_number, sent_at, acknowledged_at, provider_reference, is_assumed)
    SELECT enrolment_id, patient_id, provider_id, product_id, reference, prescription_status, 'NOT_RECORDED',
           signed_on, last_valid_on, deliveries, deliveries_made, units_each, interval_days,
           concat_ws(' ', dose, frequency), '', signed_on::timestamp AT TIME ZONE 'Europe/London',
           signed_on::timestamp AT TIME ZONE 'Europe/London', '', true
    FROM register_treatment WHERE reference IS NOT NULL
    RETURNING id, status
)
INSERT INTO prescriptions_prescriptionstatuschange (prescription_id, event, from_status, to_status, at, by_id, reason)
SELECT id, 'import_register', '', status, %(at)s, %(by)s, %(why)s FROM written;

INSERT INTO patients_remainingsupply (enrolment_id, remaining, units_each, last_valid_on, is_assumed)
SELECT enrolment_id, deliveries - deliveries_made, units_each, last_valid_on, true
FROM register_treatment WHERE prescription_status IN ('IN_USE', 'ACKNOWLEDGED', 'EXPIRED');

-- monitoring --------------------------------------------------------------------------------------------------------------
INSERT INTO monitoring_monitoringplan (id, enrolment_id, patient_id, protocol_id, started_on, is_assumed)
SELECT plan_id, enrolment_id, patient_id, protocol_id, plan_started_on, true
FROM register_treatment WHERE plan_id IS NOT NULL;

WITH planned AS (
    INSERT INTO monitoring_monitoringitem (plan_id, patient_id, test_type_id, due_on, status, done_on, is_assumed)
    SELECT plan_id, patient_id, test_type_id, due_on, CASE WHEN done_on IS NULL THEN 'PLANNED' ELSE 'TAKEN' END, done_on,
           true
    FROM register_test
    RETURNING id, status
)
INSERT INTO monitoring_monitoringitemstatuschange (item_id, event, from_status, to_status, at, by_id, reason)
SELECT id, 'import_register', '', status, %(at)s, %(by)s, %(why)s FROM planned WHERE status = 'TAKEN';
