"""Which renewals are due: stated once, as one statement, and why an enrolment that is due is held.

This is the one place of the prescriptions app where plain SQL reads better than the ORM: the sweep finds and opens
in a single statement, whatever the number of enrolments, and history is written by the database.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day

# An enrolment is held, however due it is, unless all of these are true; the first that is not is the reason shown.
UNLESS_HELD = {
    "NOTICE": "NOT p.deceased",
    "CONSENT_MISSING": """
        EXISTS (SELECT FROM patients_consent co WHERE co.enrolment_id = e.id AND co.withdrawn_on IS NULL)""",
    "STOCK_UNKNOWN": "c.stock_known IS TRUE",
    "PROTOCOL_UNAPPROVED": """
        NOT EXISTS (SELECT FROM monitoring_monitoringplan mp
                    JOIN medicines_monitoringprotocol pr ON pr.id = mp.protocol_id
                    WHERE mp.enrolment_id = e.id AND mp.ended_on IS NULL AND pr.status = 'DRAFT')""",
    "RENEWAL_DECLINED": """
        NOT EXISTS (SELECT FROM prescriptions_renewalrequest d
                    WHERE d.enrolment_id = e.id AND d.status = 'DECLINED'
                      AND d.prompt_due_on IS NOT DISTINCT FROM c.prompt_due_on)""",
}
# A pause holds from its day on, and until its end is known. The doses before a pause that is still to come, and those
# after one whose last day is on record, are asked for in time: the cover's dates reckon with both.
PAUSED = """
    CASE WHEN e.status = 'SUSPENDED'
         THEN NOT EXISTS (SELECT FROM patients_suspension s
                          WHERE s.enrolment_id = e.id AND s.ends_on IS NULL AND s.starts_on > %(day)s)
         ELSE EXISTS (SELECT FROM patients_suspension s
                      WHERE s.enrolment_id = e.id AND s.ends_on IS NULL AND s.starts_on <= %(day)s) END
"""
OPEN_RENEWAL = """
    EXISTS (SELECT FROM prescriptions_renewalrequest r
            WHERE r.enrolment_id = e.id AND r.status IN ('REQUESTED', 'AWAITING_CLINIC', 'APPROVED_TO_PRESCRIBE',
                  'APPOINTMENT_REQUIRED', 'BLOODS_REQUIRED', 'PRESCRIBED'))
"""
# While a treatment moves to another provider, the old enrolment asks unless the new one's first prescription was asked
# for already: exactly one of the two does.
ASKED_OF_NEW_PROVIDER = """
    EXISTS (SELECT FROM patients_transfer t JOIN prescriptions_renewalrequest r ON r.enrolment_id = t.to_enrolment_id
            WHERE t.from_enrolment_id = e.id AND t.finished_on IS NULL AND t.cancelled_on IS NULL
              AND r.status IN ('REQUESTED', 'AWAITING_CLINIC', 'APPROVED_TO_PRESCRIBE',
                  'APPOINTMENT_REQUIRED', 'BLOODS_REQUIRED', 'PRESCRIBED'))
"""
# Each condition stands alone, so that the planner can join against it. The ORDER BY makes it find all before it
# writes any: a look into the table that the same statement fills would grow dearer with each row.
OPEN_DUE = f"""
    WITH due AS (
        SELECT e.id, e.patient_id, e.clinic_id, c.prompt_due_on, c.prescription_needed_by_on, c.first_uncovered_dose_on
        FROM patients_cover c
        JOIN patients_enrolment e ON e.id = c.enrolment_id
        JOIN patients_patient p ON p.id = e.patient_id
        WHERE c.is_live AND c.prompt_due_on <= %(day)s AND e.status IN ('ACTIVE', 'SUSPENDED', 'TRANSFERRING')
          AND NOT ({PAUSED}) AND NOT {OPEN_RENEWAL} AND NOT {ASKED_OF_NEW_PROVIDER}
          AND {" AND ".join(UNLESS_HELD.values())}
        ORDER BY c.first_uncovered_dose_on, e.id
    ), opened AS (
        INSERT INTO prescriptions_renewalrequest
            (enrolment_id, patient_id, clinic_id, status, asked_by, opened_on, opened_at, opened_by_id,
             prompt_due_on, prescription_needed_by_on, first_uncovered_dose_on)
        SELECT id, patient_id, clinic_id, 'REQUESTED', 'SWEEP', %(day)s, %(at)s, %(by)s,
               prompt_due_on, prescription_needed_by_on, first_uncovered_dose_on
        FROM due
        ON CONFLICT DO NOTHING
        RETURNING id, clinic_id, status
    ), moved AS (
        INSERT INTO prescriptions_renewalstatuschange (renewal_id, event, from_status, to_status, at, by_id, reason)
        SELECT id, 'open', '', status, %(at)s, %(by)s, '' FROM opened
    )
    SELECT clinic_id, count(*) FROM opened GROUP BY clinic_id
"""  # noqa: S608  the fragments above are constants
HELD = "CASE " + " ".join(f"WHEN NOT ({fine}) THEN '{reason}'" for reason, fine in UNLESS_HELD.items()) + " END"
CLASSES = f"""
    SELECT class, CASE WHEN class = 'HELD' THEN held ELSE '' END AS reason, count(*)
    FROM (
        SELECT held, CASE WHEN {PAUSED} THEN 'SUSPENDED'
                          WHEN {OPEN_RENEWAL} OR {ASKED_OF_NEW_PROVIDER} THEN 'RENEWAL_OPEN'
                          WHEN held IS NOT NULL THEN 'HELD'
                          ELSE 'NOT_YET_DUE' END AS class
        FROM (SELECT e.id, e.status, {HELD} AS held
              FROM patients_enrolment e
              JOIN patients_patient p ON p.id = e.patient_id
              LEFT JOIN patients_cover c ON c.enrolment_id = e.id
              WHERE e.status IN ('ACTIVE', 'SUSPENDED', 'TRANSFERRING')) e
    ) classified
    GROUP BY 1, 2
"""  # noqa: S608


@dataclass(frozen=True)
class Opened:
    """How many renewals a run opened, by clinic."""

    by_clinic: dict[int, int]

    @property
    def total(self) -> int:
        """Return how many in all."""
        return sum(self.by_clinic.values())


@action
def open_due_renewals(*, by: User, at: dt.datetime, reason: str = "") -> Opened:
    """Open one renewal request for each enrolment whose prompt is due on or before the local day, however late.

    Held, suspended and already open ones are passed over; a second run on the day opens nothing.
    """
    require(by, Permission.RENEWAL_OPEN)
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DUE, {"day": local_day(at), "at": at, "by": by.pk})
        return Opened(dict(cursor.fetchall()))


def classes(*, day: dt.date) -> dict[str, dict[str, int]]:
    """Count every enrolment on treatment in exactly one class, and the held ones by reason."""
    counts: dict[str, dict[str, int]] = {
        "enrolments": {"NOT_YET_DUE": 0, "RENEWAL_OPEN": 0, "SUSPENDED": 0, "HELD": 0},
        "held_because": {},
    }
    with connection.cursor() as cursor:
        cursor.execute(CLASSES, {"day": day})
        for name, held, count in cursor.fetchall():
            counts["enrolments"][name] += count
            if held:
                counts["held_because"][held] = count
    return counts
