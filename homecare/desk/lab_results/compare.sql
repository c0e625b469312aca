-- What becomes of each staged result: new, on record already, or another value on record for the same sample.
SELECT s.position,
       CASE WHEN r.id IS NULL THEN 'CREATED'
            WHEN r.value_text = s.value_text AND r.unit = s.unit THEN 'UNCHANGED'
            ELSE 'REVIEW' END
FROM lab_row s
LEFT JOIN monitoring_labresult r
       ON r.patient_id = s.patient_id AND r.analyte_id = s.analyte_id AND r.taken_at = s.taken_at
