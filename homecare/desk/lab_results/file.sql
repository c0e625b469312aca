-- File the staged results that are new. Parameters: at, source.
INSERT INTO monitoring_labresult (patient_id, test_type_id, analyte_id, taken_at, value_text, value_number, comparator, unit,
                                  reference_low, reference_high, source)
SELECT s.patient_id, s.test_type_id, s.analyte_id, s.taken_at, s.value_text, s.value_number, s.comparator, s.unit,
       s.reference_low, s.reference_high, %(source)s
FROM lab_row s
ON CONFLICT (patient_id, analyte_id, taken_at) DO NOTHING;

-- Put what cannot be filed on the review list, once however often the file comes.
INSERT INTO monitoring_labresulttoreview (row_hash, file_name, row_number, reason, "values", received_at, closed_reason)
SELECT row_hash, %(source)s, number, reason, "values", %(at)s, '' FROM lab_review
ON CONFLICT (row_hash) DO NOTHING;
