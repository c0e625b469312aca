"""Which blood tests are due and may be reminded of: stated once, for planning and again at the moment of sending."""

# A patient is reminded of a waiting test if its protocol is approved and its enrolment active, not paused and
# consented to, and the patient is alive and may be contacted.
REMINDABLE = """
    FROM monitoring_monitoringitem i
    JOIN monitoring_monitoringplan pl ON pl.id = i.plan_id AND pl.ended_on IS NULL
    JOIN medicines_monitoringprotocol pr ON pr.id = pl.protocol_id AND pr.status = 'APPROVED'
    JOIN patients_enrolment e ON e.id = pl.enrolment_id AND e.status IN ('ACTIVE', 'TRANSFERRING')
    JOIN patients_patient p ON p.id = i.patient_id AND NOT p.deceased AND NOT p.do_not_contact
    WHERE i.status IN ('PLANNED', 'REQUESTED') AND i.due_on <= %(day)s
      AND EXISTS (SELECT FROM patients_consent co WHERE co.enrolment_id = e.id AND co.withdrawn_on IS NULL)
      AND NOT EXISTS (SELECT FROM patients_suspension s WHERE s.enrolment_id = e.id
                      AND s.starts_on <= %(day)s AND (s.ends_on IS NULL OR s.ends_on >= %(day)s))
"""

# One reminder for a patient, however many tests: the episode is the latest day on which a test became due, so that a
# further test makes a further reminder; it is repeated, twice at most, while nothing was done.
CANDIDATES = f"""
    SELECT recipient_id, 'PATIENT' AS subject_type, patient_id AS subject_id,
           to_char(due_on, 'YYYY-MM-DD') || '/'
               || LEAST((%(day)s::date - due_on) / %(repeat_days)s, %(repeats)s) AS episode,
           due_on, 'SMS' AS channel
    FROM (SELECT p.recipient_id, i.patient_id, max(i.due_on) AS due_on {REMINDABLE}
          GROUP BY p.recipient_id, i.patient_id) due
"""  # noqa: S608  the fragments are constants
STILL_DUE = f"SELECT DISTINCT i.patient_id {REMINDABLE} AND i.patient_id = ANY(%(patients)s)"
