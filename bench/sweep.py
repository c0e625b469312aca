"""The sweep against one plain SQL statement that finds and writes the same rows, audit rows with them."""

import datetime as dt

from django.db import connection, transaction

from bench.dataset import DAY
from bench.measure import check_references, report, side_by_side
from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.sweep.actions import sweep

GOALS = {"catch-up": 1.5, "one more day": 1.8, "nothing new": 1.5}
# The same conditions, written by hand; the audit row of each renewal in the same statement, triggers off.
PLAIN = """
WITH renewal AS (
    INSERT INTO prescriptions_renewalrequest (enrolment_id, patient_id, clinic_id, status, asked_by, opened_on,
        opened_at, opened_by_id, prompt_due_on, prescription_needed_by_on, first_uncovered_dose_on)
    SELECT e.id, e.patient_id, e.clinic_id, 'REQUESTED', 'SWEEP', %(day)s, %(at)s, %(by)s, c.prompt_due_on,
           c.prescription_needed_by_on, c.first_uncovered_dose_on
    FROM patients_cover c JOIN patients_enrolment e ON e.id = c.enrolment_id
    JOIN patients_patient p ON p.id = e.patient_id
    WHERE c.is_live AND c.prompt_due_on <= %(day)s AND e.status = 'ACTIVE' AND NOT p.deceased AND c.stock_known
      AND EXISTS (SELECT FROM patients_consent k WHERE k.enrolment_id = e.id AND k.withdrawn_on IS NULL)
      AND NOT EXISTS (SELECT FROM patients_suspension s WHERE s.enrolment_id = e.id AND s.starts_on <= %(day)s
                      AND (s.ends_on IS NULL OR s.ends_on >= %(day)s))
      AND NOT EXISTS (SELECT FROM monitoring_monitoringplan mp JOIN medicines_monitoringprotocol pr
                      ON pr.id = mp.protocol_id WHERE mp.enrolment_id = e.id AND mp.ended_on IS NULL
                      AND pr.status = 'DRAFT')
      AND NOT EXISTS (SELECT FROM prescriptions_renewalrequest r WHERE r.enrolment_id = e.id AND r.status IN
          ('REQUESTED', 'AWAITING_CLINIC', 'APPROVED_TO_PRESCRIBE', 'APPOINTMENT_REQUIRED', 'BLOODS_REQUIRED',
           'PRESCRIBED'))
      AND NOT EXISTS (SELECT FROM prescriptions_renewalrequest d WHERE d.enrolment_id = e.id
                      AND d.status = 'DECLINED' AND d.prompt_due_on IS NOT DISTINCT FROM c.prompt_due_on)
    ORDER BY c.first_uncovered_dose_on, e.id
    RETURNING *
), renewal_history AS (
    INSERT INTO prescriptions_historicalrenewalrequest (id, enrolment_id, patient_id, clinic_id, status, asked_by,
        opened_on, opened_at, opened_by_id, prompt_due_on, prescription_needed_by_on, first_uncovered_dose_on,
        closed_at, merged_into_id, history_date, history_type, history_user_id, history_change_reason,
        history_source, history_request_id, history_db_role, history_txid)
    SELECT id, enrolment_id, patient_id, clinic_id, status, asked_by, opened_on, opened_at, opened_by_id,
        prompt_due_on, prescription_needed_by_on, first_uncovered_dose_on, closed_at, merged_into_id,
        clock_timestamp(), '+', %(by)s, '', 'APPLICATION', '', session_user, 0
    FROM renewal
), renewal_change AS (
    INSERT INTO prescriptions_renewalstatuschange (renewal_id, event, from_status, to_status, at, by_id, reason)
    SELECT id, 'open', '', status, %(at)s, %(by)s, '' FROM renewal
), wanted AS (
    SELECT p.recipient_id, 'BLOOD_TEST_DUE' AS purpose, 'PATIENT' AS subject_type, i.patient_id AS subject_id,
           to_char(max(i.due_on), 'YYYY-MM-DD') || '/' || LEAST((%(day)s::date - max(i.due_on)) / 14, 2) AS episode,
           max(i.due_on) AS due_on, 'SMS' AS channel
    FROM monitoring_monitoringitem i
    JOIN monitoring_monitoringplan pl ON pl.id = i.plan_id AND pl.ended_on IS NULL
    JOIN medicines_monitoringprotocol pr ON pr.id = pl.protocol_id AND pr.status = 'APPROVED'
    JOIN patients_enrolment e ON e.id = pl.enrolment_id AND e.status = 'ACTIVE'
    JOIN patients_patient p ON p.id = i.patient_id AND NOT p.deceased AND NOT p.do_not_contact
    WHERE i.status IN ('PLANNED', 'REQUESTED') AND i.due_on <= %(day)s
      AND EXISTS (SELECT FROM patients_consent k WHERE k.enrolment_id = e.id AND k.withdrawn_on IS NULL)
      AND NOT EXISTS (SELECT FROM patients_suspension s WHERE s.enrolment_id = e.id AND s.starts_on <= %(day)s
                      AND (s.ends_on IS NULL OR s.ends_on >= %(day)s))
    GROUP BY p.recipient_id, i.patient_id
    UNION ALL
    SELECT r.id, 'PRESCRIPTION_PROMPT', 'CLINIC', r.clinic_id, to_char(%(day)s::date, 'YYYY-MM-DD'), %(day)s, 'EMAIL'
    FROM messaging_recipient r WHERE r.kind = 'CLINIC' AND r.clinic_id IN (SELECT clinic_id FROM renewal)
), fresh AS (
    SELECT * FROM (SELECT {message_id} AS id, w.* FROM wanted w) k
    WHERE NOT EXISTS (SELECT FROM messaging_outboxmessage m WHERE m.id = k.id)
), message AS (
    INSERT INTO messaging_outboxmessage ({columns})
    SELECT f.id, f.recipient_id, f.purpose, f.subject_type, f.subject_id, f.episode, f.due_on, 0, f.channel, 50,
        'HELD', %(at)s, %(at)s, NULL, 0, 20, 0, '', '', '', '', '', NULL
    FROM fresh f RETURNING id, status
), event AS (
    INSERT INTO messaging_outboxevent (message_id, at, event, from_status, to_status, by_id, reason)
    SELECT id, %(at)s, 'plan', '', status, %(by)s, '' FROM message
)
SELECT (SELECT count(*) FROM renewal), (SELECT count(*) FROM message)
"""
COLUMNS = (
    "id, recipient_id, purpose, subject_type, subject_id, episode, due_on, step, channel, priority, status,"
    " planned_at, next_attempt_at, not_after, attempts, max_attempts, claim_no, rendered_sha256,"
    " recipient_snapshot, provider_id, provider_status, outcome_reason, batch_id"
)
WRITTEN = ("prescriptions_renewalrequest", "prescriptions_historicalrenewalrequest")
GROWING = (*WRITTEN, "prescriptions_renewalstatuschange", "messaging_outboxmessage", "messaging_outboxevent")


def _ours(day: dt.date) -> str:
    result = sweep(by=User.objects.system("sweep"), at=at_local(day, 9))
    return f"{result.opened} renewals, {result.planned} messages"


def _plain(day: dt.date) -> str:
    from homecare.messaging.rules import MESSAGE_ID_SQL

    message_id = MESSAGE_ID_SQL.format(
        recipient_id="w.recipient_id", purpose="w.purpose", episode="w.episode", due_on="w.due_on", step="0"
    )
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            PLAIN.replace("{message_id}", message_id).replace("{columns}", COLUMNS),
            {"day": day, "at": at_local(day, 9), "by": User.objects.system("sweep").pk},
        )
        renewals, messages = cursor.fetchone()
    return f"{renewals} renewals, {messages} messages"


def run(rounds: int) -> None:
    """Measure the three days; the sweep's own writes are kept between them."""
    from prescriptions.notifications import ensure_clinic_recipients

    ensure_clinic_recipients(by=User.objects.system("sweep"), at=at_local(DAY, 9))
    with transaction.atomic():
        _days(rounds)


def _analyse() -> None:
    """Tell the planner of the catch-up's rows, as the server does by itself within a minute of such a day."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(GROWING)}")


def _days(rounds: int) -> None:
    for name, day in (("catch-up", DAY), ("one more day", DAY + dt.timedelta(days=1)), ("nothing new", DAY)):
        timings = side_by_side(
            {"the sweep": lambda d=day: _ours(d), "one statement": lambda d=day: _plain(d)}, rounds=rounds
        )  # type: ignore[misc]
        report(f"sweep, {name}", timings, goal=GOALS[name])
        if name == "catch-up":
            _ours(day)
            check_references()
            _analyse()
