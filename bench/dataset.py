"""A made-up country: so many patients, each with one treatment, its consent, cover and blood tests, set-based.

Triggers are off while it is loaded: the bench measures what comes after. Everything is a function of a row's number,
so that two runs have the same rows. "Today" is DAY.
"""

import datetime as dt

from django.core.management import call_command
from django.db import connection, transaction

from homecare.accounts.models import Clinic, Specialty, User
from homecare.audit.actions import acting
from homecare.core.clock import at_local

DAY = dt.date(2026, 11, 23)
SPREAD = 140  # days over which prompts are spread; 37 in 100 are due by DAY
CLINICS = 54
TABLES = (
    "messaging_recipient",
    "patients_patient",
    "patients_contactpoint",
    "patients_patientaddress",
    "patients_treatment",
    "patients_enrolment",
    "patients_consent",
    "patients_suspension",
    "patients_regimenphase",
    "patients_supplyfact",
    "patients_remainingsupply",
    "patients_cover",
    "prescriptions_prescription",
    "monitoring_monitoringplan",
    "monitoring_monitoringitem",
)
NUMBERED = (
    "messaging_recipient",
    "patients_patient",
    "patients_treatment",
    "patients_enrolment",
    "monitoring_monitoringplan",
)
NAMES = [
    *("Smith", "Jones", "Taylor", "Brown", "Davies", "Evans", "Wilson", "Thomas", "Roberts", "Johnson", "Lewis"),
    *("Walker", "Robinson", "Wood", "Thompson", "White", "Watson", "Jackson", "Wright", "Green", "Harris", "Cooper"),
    *("King", "Lee", "Martin", "Clarke", "James", "Morgan", "Hughes", "Edwards", "Hill", "Moore"),
]
LOAD = f"""
CREATE TEMPORARY TABLE person AS
SELECT g AS id, ('x' || substr(md5(g::text), 1, 8))::bit(32)::bigint AS h,
       ('x' || substr(md5(g::text), 9, 8))::bit(32)::bigint AS k,
       s.id AS service_id, s.medicine_id, 1 + g %% {CLINICS} AS clinic
FROM generate_series(1, %(size)s) g
JOIN (SELECT row_number() OVER (ORDER BY sm.id) - 1 AS n, sm.service_id AS id, sm.medicine_id
      FROM providers_servicemedicine sm) s
  ON s.n = g %% (SELECT count(*) FROM providers_servicemedicine);

INSERT INTO messaging_recipient (id, kind, display, mobile, email, preferred_channel, safe_to_message,
                                 silenced_reason, version)
SELECT id, 'PATIENT', 'B' || id, '+4477009' || lpad((id %% 100000)::text, 5, '0'), '', 'SMS', true, '', 1 FROM person;

INSERT INTO patients_patient (id, nhs_number, nhs_number_status, hospital_number, family_name, given_name,
    date_of_birth, sex, ethnicity, gp_practice, preferred_contact, language, interpreter_needed, deceased,
    restricted, do_not_contact, recipient_id)
SELECT id, '999' || lpad(id::text, 7, '0'), 'UNVERIFIED', 'B' || id,
       (%(names)s::text[])[1 + h %% {len(NAMES)}] || chr((65 + k %% 26)::int), 'Alex',
       date '1935-01-01' + (k %% 26000)::int, 'FEMALE', '', '', 'SMS', '', false, false, false, false, id
FROM person;

INSERT INTO patients_contactpoint (patient_id, kind, value, is_usable, safe_to_message)
SELECT id, 'MOBILE', '+4477009' || lpad((id %% 100000)::text, 5, '0'), true, true FROM person;

INSERT INTO patients_patientaddress (patient_id, use, line_1, line_2, town, postcode)
SELECT id, 'DELIVERY', (1 + h %% 200) || ' Nelson Road', '', 'Rochester', 'ME1 7NA' FROM person;

INSERT INTO patients_treatment (id, patient_id, medicine_id, brand, clinic_id, indication, indication_code,
                                is_ended, stop_reason)
SELECT p.id, p.id, p.medicine_id, '', c.id, '', '', false, ''
FROM person p JOIN (SELECT row_number() OVER (ORDER BY id) AS n, id FROM accounts_clinic) c ON c.n = p.clinic;

INSERT INTO patients_enrolment (id, treatment_id, patient_id, medicine_id, clinic_id, service_id, status,
                                registered_on, provider_reference, notes, is_assumed)
SELECT p.id, p.id, p.id, p.medicine_id, t.clinic_id, p.service_id,
       CASE WHEN p.h %% 100 < 3 THEN 'SUSPENDED' ELSE 'ACTIVE' END, date '2024-01-01' + (p.k %% 900)::int, '', '', false
FROM person p JOIN patients_treatment t ON t.id = p.id;

INSERT INTO patients_suspension (enrolment_id, starts_on, reason, note, is_assumed)
SELECT id, %(day)s::date - 30, 'INFECTION', '', false FROM person WHERE h %% 100 < 3;

INSERT INTO patients_consent (enrolment_id, version, method, given_on, taken_by, withdrawn_reason)
SELECT id, '1', 'SIGNED_FORM', date '2024-01-01', '', '' FROM person WHERE k %% 100 >= 2;

INSERT INTO patients_regimenphase (enrolment_id, starts_on, units_per_dose, pattern, every_days, dose_text,
                                   frequency_text, is_assumed)
SELECT id, %(day)s::date - (h %% 84)::int, 1, 'EVERY_DAYS', 14, '40mg', 'every 2 weeks', false FROM person;

INSERT INTO patients_supplyfact (enrolment_id, kind, "on", units, after_dose, method, recorded_at, recorded_by_id,
                                 is_assumed)
SELECT id, 'DELIVERY', %(day)s::date - (h %% 84)::int, 6, false, '', now(), %(by)s, false FROM person;

INSERT INTO patients_remainingsupply (enrolment_id, remaining, units_each, last_valid_on, is_assumed)
SELECT id, 1, 6, %(day)s::date + 90, false FROM person;

INSERT INTO prescriptions_prescription (enrolment_id, patient_id, provider_id, reference, status, artefact, signed_on,
    last_valid_on, deliveries, deliveries_made, units_each, interval_days, dose_text, purchase_order_number, sent_at,
    provider_reference, is_assumed)
SELECT p.id, p.id, s.provider_id, gen_random_uuid(), 'IN_USE', 'WET_INK_ORIGINAL', %(day)s::date - 90,
       %(day)s::date + 90, 2, 1, 6, 84, '', '', now(), '', false
FROM person p JOIN providers_homecareservice s ON s.id = p.service_id;

INSERT INTO patients_cover (enrolment_id, computed_for, recompute_on, stock_known, first_uncovered_dose_on,
    next_delivery_due_on, planned_deliveries_on, script_cover_ends_on, needs_prescription, prescription_needed_by_on,
    prompt_due_on, is_assumed, is_live)
SELECT id, %(day)s, %(day)s::date + 400, true, due + 45, due + 38, '{{}}', due + 45, false, due + 28, due, false, true
FROM (SELECT id, %(day)s::date - 51 + (h %% {SPREAD})::int AS due FROM person) d;

INSERT INTO monitoring_monitoringplan (id, enrolment_id, patient_id, protocol_id, started_on, is_assumed)
SELECT p.id, p.id, p.id, pr.id, date '2024-06-01', false
FROM person p JOIN LATERAL (SELECT min(id) AS id FROM medicines_monitoringprotocol m
                            WHERE m.medicine_id = p.medicine_id AND m.status = 'APPROVED') pr ON pr.id IS NOT NULL;

INSERT INTO monitoring_monitoringitem (plan_id, patient_id, test_type_id, due_on, status, is_assumed)
SELECT pl.id, pl.id, t.id, %(day)s::date - 30 + (p.k %% 180)::int + (t.n * 2)::int, 'PLANNED', false
FROM monitoring_monitoringplan pl JOIN person p ON p.id = pl.id
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM medicines_testtype ORDER BY id LIMIT 3) t;

DROP TABLE person;
"""


def load(size: int) -> None:
    """Fill an empty database."""
    call_command("load_reference", verbosity=0)
    by = User.objects.system("demo")
    with acting(by=by):
        specialty, _ = Specialty.objects.get_or_create(name="Rheumatology")
        for number in range(CLINICS):
            Clinic.objects.get_or_create(specialty=specialty, name=f"Clinic {number}", email="clinic@example.com")
    _approve(by)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(LOAD, {"size": size, "day": DAY, "by": by.pk, "names": NAMES})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in NUMBERED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    call_command("migrate", verbosity=0)  # the triggers again, ENABLE ALWAYS


def _approve(by: User) -> None:
    from medicines.models import MonitoringProtocol

    with acting(by=by):
        MonitoringProtocol.objects.filter(status="DRAFT", specialty_name="").update(
            status="APPROVED", approved_by=by, approved_at=at_local(DAY, 8)
        )
